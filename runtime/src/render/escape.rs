//! Which characters are written as escape sequences.

/// Whether a text is ASCII of which nothing is escaped; sixteen bytes at a time, without a branch.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |byte: &u8| byte.wrapping_sub(b' ') < 0x5f && *byte != b'"' && *byte != b'\\';
    let (chunks, rest) = text.as_bytes().as_chunks::<16>();
    chunks.iter().all(|chunk| chunk.iter().fold(true, |all, byte| all & plain(byte)))
        && rest.iter().all(plain)
}

/// Whether a character is written as an escape sequence: what JSON demands, and what a terminal or
/// an editor would act upon (DEL, C1 controls, bidirectional controls of UAX #9, line separators).
pub(super) fn is_special(c: char) -> bool {
    match c {
        '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        c if c < '\u{61c}' => false,
        c => matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_has_nothing_to_escape() {
        for c in (0..=0x2fff).filter_map(char::from_u32) {
            for text in [format!("{c}"), format!("{c:>16}"), format!("{c:<40}"), format!("{c:>17}")]
            {
                assert_eq!(is_plain(&text), c.is_ascii() && !is_special(c), "{text:?}");
            }
        }
    }
}
