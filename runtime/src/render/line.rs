//! The only thing that files accept.

use crate::record::Level;

/// A complete line: text without a line feed, and a line feed at its end.
///
/// Only the renderer makes one, so that half a line or an unredacted value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    text: String,
    level: Level,
}

impl Line {
    /// A line of that text; a line feed inside becomes a space.
    #[must_use]
    pub(crate) fn new(mut text: String) -> Self {
        if text.contains('\n') {
            text = text.replace('\n', " ");
        }
        text.push('\n');
        Self { text, level: Level::Info }
    }

    /// The same as the line of a record of that level.
    #[must_use]
    pub(super) fn at(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// How important it is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The bytes, with the line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The text, without the line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.strip_suffix('\n').unwrap_or(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        let line = Line::new("a\nb\n".to_owned());
        assert_eq!((line.as_bytes(), line.as_str()), (&b"a b \n"[..], "a b "));
    }
}
