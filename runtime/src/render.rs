//! A frame becomes one complete line.

/// A complete line: text without a line feed, and a line feed at its end.
///
/// Files accept nothing else, so that half a line or an unredacted value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// The line of that text; line feeds inside it become spaces.
    pub(crate) fn new(text: String) -> Self {
        let mut text = if text.contains('\n') { text.replace('\n', " ") } else { text };
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
        self.0.trim_end_matches('\n')
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
