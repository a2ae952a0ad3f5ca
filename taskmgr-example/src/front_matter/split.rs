//! Where front matter begins and ends.

use std::ops::Range;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The parts of a task file, as byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    /// Between the two fences.
    pub(super) matter: Range<usize>,
    /// First byte after the closing fence.
    pub(super) body: usize,
}

/// Why a file has no front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoMatter {
    /// The first line is not `---`.
    NoFence,
    /// No second `---` line.
    Unclosed,
}

/// Finds the lines between the first line `---` and the next one.
pub(super) fn split(bytes: &[u8]) -> Result<Parts, NoMatter> {
    let start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let first = line_end(bytes, start);
    if !is_fence(&bytes[start..first]) || first == bytes.len() {
        return Err(NoMatter::NoFence);
    }
    let mut at = first;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        if is_fence(&bytes[at..end]) {
            return Ok(Parts { matter: first..at, body: end });
        }
        at = end;
    }
    Err(NoMatter::Unclosed)
}

/// The offset after the line that begins at `at`.
fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1)
}

/// `---`, perhaps followed by blanks. A lone CR ends no line: such a file is refused, not guessed at.
fn is_fence(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.strip_prefix(b"---").is_some_and(|rest| rest.iter().all(|b| matches!(b, b' ' | b'\t')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Result<(&str, &str), NoMatter> {
        split(text.as_bytes()).map(|p| (&text[p.matter], &text[p.body..]))
    }

    #[test]
    fn fences_are_found() {
        assert_eq!(cut("---\na: 1\n---\n\nbody"), Ok(("a: 1\n", "\nbody")));
        assert_eq!(cut("\u{feff}---\r\na: 1\r\n---\r\nbody\r\n"), Ok(("a: 1\r\n", "body\r\n")));
        assert_eq!(cut("--- \na: 1\n---"), Ok(("a: 1\n", "")));
        assert_eq!(cut("---\n---\n"), Ok(("", "")));
        assert_eq!(cut("---\na: |\n  ---\n----\n---\n---\n"), Ok(("a: |\n  ---\n----\n", "---\n")));
    }

    #[test]
    fn files_without_them_are_named() {
        for text in ["", "---", "a: 1\n", "\n---\na: 1\n---\n", "---\ra: 1\r---\rbody"] {
            assert_eq!(cut(text), Err(NoMatter::NoFence), "{text:?}");
        }
        assert_eq!(cut("---\na: 1\n"), Err(NoMatter::Unclosed));
    }
}
