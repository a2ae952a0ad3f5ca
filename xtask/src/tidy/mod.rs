//! `cargo xtask tidy`: rules of the repository that a machine can check.
//!
//! Each rule is a pure function over a path and a text, with tests that show it failing; `check`
//! decides which rule meets which file, `source` tells code from comments and strings.

mod check;
mod manifest;
mod order;
mod prose;
mod rust;
pub(crate) mod source;
mod tree;

pub(crate) use check::run;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    text: String,
}

impl Finding {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, text: text.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}
