//! Task ids: what may be one, and how a title becomes one.

use std::fmt;
use std::str::FromStr;

use crate::text;

const MAX: usize = 100;

/// A checked task id, which is also the stem of its file's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct TaskId(String);

impl TaskId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that a title gives: lower case, words joined by `-`, at most 60 characters.
    /// `None` when the title has no letter or digit that an id may carry.
    pub fn from_title(title: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in title.chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') && c != '\'' {
                slug.push('-');
            }
        }
        slug.truncate(60);
        let slug = slug.trim_end_matches('-');
        (!slug.is_empty()).then(|| Self(slug.to_owned()))
    }

    /// The `n`-th other id for a task whose own is taken: `id-2`, `id-3`, …
    #[must_use]
    pub fn numbered(&self, n: usize) -> Self {
        let suffix = format!("-{n}");
        let room = MAX - suffix.len();
        let stem = self.0.get(..room.min(self.0.len())).unwrap_or(&self.0);
        Self(format!("{stem}{suffix}"))
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for TaskId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Text that is no task id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId(String);

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid id '{}': letters, digits, '-', '_', '.' only, \
             starting with a letter or digit, at most {MAX}",
            text::one_line(&self.0)
        )
    }
}

impl std::error::Error for InvalidId {}

impl FromStr for TaskId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let starts_well = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        if starts_well && text.len() <= MAX && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_leave_the_folder_are_refused() {
        for bad in
            ["", ".", "..", "../../escape", "a/b", "-x", ".hidden", "a b", "é", "a\0b", "a\n"]
        {
            assert!(bad.parse::<TaskId>().is_err(), "{bad:?} was taken");
        }
        assert!("a".repeat(101).parse::<TaskId>().is_err());
        for good in ["t-1", "a", "A_b.c-9", "2024-plan"] {
            assert_eq!(good.parse::<TaskId>().unwrap().as_str(), good);
        }
        assert!("a".repeat(100).parse::<TaskId>().is_ok());
    }

    #[test]
    fn the_message_says_what_an_id_is() {
        assert_eq!(
            "../../escape".parse::<TaskId>().unwrap_err().to_string(),
            "invalid id '../../escape': letters, digits, '-', '_', '.' only, \
             starting with a letter or digit, at most 100"
        );
    }

    #[test]
    fn a_title_becomes_a_slug() {
        let slug = |title| TaskId::from_title(title).map(|id| id.to_string());
        assert_eq!(slug("Fix the Parser's  (second) bug!").unwrap(), "fix-the-parsers-second-bug");
        assert_eq!(slug("✅ Ünïcode"), Some("n-code".to_owned()));
        assert_eq!(slug("../../etc/passwd"), Some("etc-passwd".to_owned()));
        assert_eq!(slug("日本"), None);
        assert_eq!(slug(&"word ".repeat(40)).unwrap().len(), 59);
    }

    #[test]
    fn a_numbered_id_stays_an_id() {
        let long: TaskId = "a".repeat(100).parse().unwrap();
        let other = long.numbered(12);
        assert!(other.as_str().ends_with("a-12"));
        assert!(other.as_str().parse::<TaskId>().is_ok());
    }
}
