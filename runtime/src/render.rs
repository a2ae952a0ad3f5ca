//! A frame becomes one complete line.

/// A complete line: text without a line feed, and a line feed at its end.
///
/// Files accept nothing else, so that half a line or an unredacted value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

impl Line {
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
