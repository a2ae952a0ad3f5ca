//! The lines that are written, and later looked for: what a line holds follows from its number.

use std::fmt;

const WORDS: [&str; 16] = [
    "alder", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel", "iris", "juniper", "kapok",
    "larch", "maple", "nutmeg", "oak", "pine",
];

/// The message of one line: `#a-0000012:alder oak …$`.
#[derive(Clone, Copy, Debug)]
pub struct Line<'w> {
    /// Who writes it.
    pub writer: &'w str,
    /// Its number.
    pub number: u64,
    /// The bytes between `:` and `$`.
    pub size: usize,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { writer, number, size } = self;
        write!(f, "#{writer}-{number:07}:")?;
        // Words, as anything more random would be taken for a secret by who looks for secrets.
        let mut seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut left = *size;
        while left > 0 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let word = WORDS[(seed % 16) as usize];
            let part = &word[..word.len().min(left)];
            f.write_str(part)?;
            left -= part.len();
            if left > 0 {
                f.write_str(" ")?;
                left -= 1;
            }
        }
        f.write_str("$")
    }
}

/// That message.
#[must_use]
pub fn text(writer: &str, number: u64, size: usize) -> String {
    Line { writer, number, size }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_size_and_is_the_same_again() {
        for size in [0, 1, 80, 65_536] {
            let line = text("a", 12, size);
            assert_eq!(line.len(), "#a-0000012:$".len() + size);
            assert_eq!(line, text("a", 12, size));
        }
        assert_ne!(text("a", 12, 80)[11..], text("a", 13, 80)[11..]);
    }
}
