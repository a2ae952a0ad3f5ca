//! The only thing that files accept.

/// A complete line: text without a line feed, and a line feed at its end.
///
/// Only the renderer makes one, so that half a line or an unredacted value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// A line of that text; a line feed inside becomes a space.
    #[must_use]
    pub(crate) fn new(mut text: String) -> Self {
        if text.contains('\n') {
            text = text.replace('\n', " ");
        }
        text.push('\n');
        Self(text)
    }

    /// The bytes, with the line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text, without the line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.strip_suffix('\n').unwrap_or(&self.0)
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
