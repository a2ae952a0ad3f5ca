//! The only thing that files accept.

use std::{cell::RefCell, mem};

use crate::record::Level;

/// How many texts a thread keeps to be used again: those of a batch out of a spool. One that is
/// longer is not kept.
const SPARE: usize = 512;
const SPARE_BYTES: usize = 2 * 1024;
/// Room for most lines.
const USUAL: usize = 1024;

thread_local! {
    static SPARES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// An empty text for a line; making one costs nothing once a thread is warm.
pub(super) fn spare() -> String {
    let spare = SPARES.try_with(|spares| spares.try_borrow_mut().ok()?.pop()).ok().flatten();
    spare.unwrap_or_else(|| String::with_capacity(USUAL))
}

/// Keeps a text for the next line.
pub(super) fn give_back(mut text: String) {
    if text.capacity() < USUAL || text.capacity() > SPARE_BYTES {
        return;
    }
    text.clear();
    // A thread that is ending keeps no texts.
    let _ = SPARES.try_with(|spares| {
        if let Ok(mut spares) = spares.try_borrow_mut()
            && spares.len() < SPARE
        {
            spares.push(text);
        }
    });
}

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
        // Many bytes at a time, as there is none.
        let is_feed = |byte: &u8| *byte == b'\n';
        if text.as_bytes().iter().fold(false, |found, byte| found | is_feed(byte)) {
            text = text.replace('\n', " ");
        }
        text.push('\n');
        Self { text, level: Level::Info }
    }

    /// The same as the line of a record of that level.
    #[must_use]
    pub(super) fn at(mut self, level: Level) -> Self {
        self.level = level;
        self
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

impl Drop for Line {
    fn drop(&mut self) {
        give_back(mem::take(&mut self.text));
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
