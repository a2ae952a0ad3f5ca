//! Which characters are written as escape sequences.

/// Whether a text is ASCII of which nothing is escaped; many bytes at a time, without a branch.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // The last bytes of a text are looked at once more rather than one by one.
    if let Some(last) = bytes.last_chunk() {
        return is_plain_chunk::<16>(last) && bytes.as_chunks().0.iter().all(is_plain_chunk::<16>);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return is_plain_chunk::<8>(first) & is_plain_chunk::<8>(last);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return is_plain_chunk::<4>(first) & is_plain_chunk::<4>(last);
    }
    bytes.iter().all(|byte| is_plain_chunk(&[*byte]))
}

#[inline]
fn is_plain_chunk<const N: usize>(chunk: &[u8; N]) -> bool {
    let plain = |byte: &u8| byte.wrapping_sub(b' ') < 0x5f && *byte != b'"' && *byte != b'\\';
    chunk.iter().fold(true, |all, byte| all & plain(byte))
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
            for width in [1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 31, 32, 40] {
                for text in [format!("{c:>width$}"), format!("{c:<width$}")] {
                    assert_eq!(is_plain(&text), c.is_ascii() && !is_special(c), "{text:?}");
                }
            }
        }
    }
}
