//! The seven statuses, the steps allowed between them and the folders they once were.

use std::fmt;

use crate::text;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In the backlog.
    Pending,
    /// Cannot go on, for a reason the notes give.
    Blocked,
    /// Waits for another task.
    BlockedBy,
    /// Ready to be taken.
    Todo,
    /// Somebody works on it.
    InProgress,
    /// Done.
    Complete,
    /// Given up.
    Cancelled,
}

impl Status {
    /// Every status, in the order messages list them.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Blocked,
        Self::BlockedBy,
        Self::Todo,
        Self::InProgress,
        Self::Complete,
        Self::Cancelled,
    ];

    /// The word in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Blocked => "blocked",
            Self::BlockedBy => "blocked_by",
            Self::Todo => "todo",
            Self::InProgress => "in_progress",
            Self::Complete => "complete",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// The statuses a task may go to from this one.
    pub fn next(self) -> &'static [Self] {
        use Status::{Blocked, BlockedBy, Cancelled, Complete, InProgress, Pending, Todo};
        match self {
            Pending => &[Todo, Blocked, Cancelled, BlockedBy],
            Blocked => &[Todo, Pending, Cancelled, BlockedBy],
            Todo => &[InProgress, Blocked, Cancelled, Complete, BlockedBy],
            InProgress => &[Complete, Todo, Blocked, BlockedBy, Cancelled],
            Complete => &[InProgress, BlockedBy],
            Cancelled => &[Pending, Todo, BlockedBy],
            BlockedBy => &[Pending, Todo, InProgress, Complete, Cancelled],
        }
    }

    /// Whether a task may go from this status to `to`.
    pub fn allows(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// Complete and cancelled tasks are over; the rest is open.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Complete | Self::Cancelled)
    }

    /// The status that a folder of the older layout stands for (`📋 todo`, `in-progress`, …).
    pub fn from_folder(name: &str) -> Option<Self> {
        let name = name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        match name {
            "backlog" => Some(Self::Pending),
            "done" => Some(Self::Complete),
            "in-progress" => Some(Self::InProgress),
            other => Self::from_word(other),
        }
    }

    /// The status that a wrong word was probably meant to be.
    pub fn meant(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace(['-', ' '], "_");
        match word.as_str() {
            "done" | "completed" | "finished" | "closed" => Some(Self::Complete),
            "doing" | "started" | "wip" | "active" => Some(Self::InProgress),
            "canceled" => Some(Self::Cancelled),
            "backlog" => Some(Self::Pending),
            "open" | "ready" => Some(Self::Todo),
            other => text::nearest(other, Self::ALL.map(Self::word)).and_then(Self::from_word),
        }
    }

    /// `pending, blocked, …` for messages.
    pub fn list() -> String {
        Self::ALL.map(Self::word).join(", ")
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as people read it; the code must agree on all 49 pairs.
    const TABLE: [(&str, &str); 7] = [
        ("pending", "todo blocked cancelled blocked_by"),
        ("blocked", "todo pending cancelled blocked_by"),
        ("todo", "in_progress blocked cancelled complete blocked_by"),
        ("in_progress", "complete todo blocked blocked_by cancelled"),
        ("complete", "in_progress blocked_by"),
        ("cancelled", "pending todo blocked_by"),
        ("blocked_by", "pending todo in_progress complete cancelled"),
    ];

    #[test]
    fn transitions_are_the_table() {
        for (from, allowed) in TABLE {
            let from = Status::from_word(from).unwrap();
            let allowed: Vec<_> = allowed.split(' ').collect();
            assert_eq!(from.next().iter().map(|s| s.word()).collect::<Vec<_>>(), allowed);
            for to in Status::ALL {
                assert_eq!(from.allows(to), allowed.contains(&to.word()), "{from} -> {to}");
            }
            assert!(!from.allows(from), "{from} to itself");
        }
    }

    #[test]
    fn folders_of_the_older_layout_are_known() {
        for (folder, status) in [
            ("📦 backlog", Status::Pending),
            ("🚫 blocked", Status::Blocked),
            ("🔗 blocked_by", Status::BlockedBy),
            ("📋 todo", Status::Todo),
            ("🔄 in-progress", Status::InProgress),
            ("✅ done", Status::Complete),
            ("❌ cancelled", Status::Cancelled),
            ("in_progress", Status::InProgress),
        ] {
            assert_eq!(Status::from_folder(folder), Some(status), "{folder}");
        }
        assert_eq!(Status::from_folder("repeatable"), None);
    }

    #[test]
    fn wrong_words_are_guessed() {
        assert_eq!(Status::meant("done"), Some(Status::Complete));
        assert_eq!(Status::meant("Completed"), Some(Status::Complete));
        assert_eq!(Status::meant("in-progress"), Some(Status::InProgress));
        assert_eq!(Status::meant("tood"), None);
        assert_eq!(Status::meant("xyzzy"), None);
    }
}
