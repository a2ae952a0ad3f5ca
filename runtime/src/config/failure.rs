//! What becomes of lines that the file of their category does not take.

use std::fmt;

use crate::record::Category;

/// What becomes of lines that the file of their category does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Another place takes them.
    Continue,
    /// They are dropped and counted; a line in the file says so once it takes lines again. Not for
    /// the audit category.
    Drop,
    /// Another place takes them, but a function with `required` does not run unless its record is
    /// in the file itself. For the audit category alone.
    Deny,
    /// Another place takes them; where none of them is a file, the process aborts. For the audit
    /// category alone.
    Abort,
}

impl OnFailure {
    /// The words for them.
    pub(super) const NAMED: [(&'static str, Self); 4] = [
        ("continue", Self::Continue),
        ("drop", Self::Drop),
        ("deny", Self::Deny),
        ("abort", Self::Abort),
    ];

    /// Whether a category can do so.
    pub(super) fn suits(self, category: Category) -> bool {
        match self {
            Self::Continue => true,
            Self::Drop => category != Category::Audit,
            Self::Deny | Self::Abort => category == Category::Audit,
        }
    }
}

impl fmt::Display for OnFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMED.iter().find(|(_, on_failure)| on_failure == self);
        f.write_str(named.map_or("", |(word, _)| word))
    }
}
