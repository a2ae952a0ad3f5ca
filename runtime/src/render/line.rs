//! The only thing that files accept.

use std::{cell::RefCell, mem};

use crate::record::Level;

/// How many buffers a thread keeps to be used again: those of a batch out of a spool. One that is
/// longer is not kept.
const SPARE: usize = 512;
const SPARE_BYTES: usize = 2 * 1024;
/// Room for most lines.
const USUAL: usize = 1024;

thread_local! {
    static SPARES: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer for a line; making one costs nothing once a thread is warm.
pub(super) fn spare() -> Vec<u8> {
    let spare = SPARES.try_with(|spares| spares.try_borrow_mut().ok()?.pop()).ok().flatten();
    spare.unwrap_or_else(|| Vec::with_capacity(USUAL))
}

/// An empty text for a line.
pub(super) fn spare_text() -> String {
    // It has no bytes that could be wrong.
    String::from_utf8(spare()).unwrap_or_default()
}

/// Keeps a buffer for the next line.
pub(super) fn give_back(mut bytes: Vec<u8>) {
    if !is_usual(&bytes) {
        return;
    }
    bytes.clear();
    // A thread that is ending keeps no buffers.
    let _ = SPARES.try_with(|spares| {
        if let Ok(mut spares) = spares.try_borrow_mut()
            && spares.len() < SPARE
        {
            spares.push(bytes);
        }
    });
}

fn is_usual(bytes: &Vec<u8>) -> bool {
    (USUAL..=SPARE_BYTES).contains(&bytes.capacity())
}

/// A complete line: text without a line feed, and a line feed at its end.
///
/// Only the renderer makes one, so that half a line or an unredacted value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    bytes: Vec<u8>,
    level: Level,
}

impl Line {
    /// A line of that text; a line feed inside becomes a space.
    #[must_use]
    pub(crate) fn new(mut text: String) -> Self {
        // Many bytes at a time, as there is none.
        let is_feed = |byte: &u8| *byte == b'\n';
        if text.as_bytes().iter().fold(false, |found, byte| found | is_feed(byte)) {
            text = text.replace('\n', " ");
        }
        let mut bytes = text.into_bytes();
        bytes.push(b'\n');
        Self { bytes, level: Level::Info }
    }

    /// One that is to be filled by way of [`Line::bytes_mut`].
    pub(super) fn spare() -> Self {
        Self { bytes: spare(), level: Level::Info }
    }

    /// The bytes, for those who put text without a line feed in their place, and one behind it.
    #[inline]
    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Makes it the line of a record of that level.
    #[inline]
    pub(super) fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    /// Whether its buffer is one for lines to come.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        is_usual(&self.bytes)
    }

    /// How important it is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The bytes, with the line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text, without the line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = str::from_utf8(&self.bytes).unwrap_or_default();
        text.strip_suffix('\n').unwrap_or(text)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        give_back(mem::take(&mut self.bytes));
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
