//! Which characters are written as escape sequences.

use super::numbers::Buffer;

/// Appends a text with what is special escaped.
#[inline]
pub(super) fn escape(out: &mut impl Buffer, text: &str) {
    // Nearly every text is, which its bytes tell faster than its characters.
    if is_plain(text.as_bytes()) {
        return out.text(text);
    }
    escape_each(out, text);
}

/// The same for a text that has something to escape, or characters that are not ASCII.
#[inline(never)]
pub(super) fn escape_each(out: &mut impl Buffer, text: &str) {
    let mut copied = 0;
    for (at, c) in text.char_indices() {
        if !is_special(c) {
            continue;
        }
        out.text(text.get(copied..at).unwrap_or_default());
        copied = at + c.len_utf8();
        match c {
            '"' => out.text("\\\""),
            '\\' => out.text("\\\\"),
            '\n' => out.text("\\n"),
            '\r' => out.text("\\r"),
            '\t' => out.text("\\t"),
            // Readers in C end a string at NUL, escaped or not.
            '\0' => out.text("\\ufffd"),
            c => out.format(format_args!("\\u{:04x}", u32::from(c))),
        }
    }
    out.text(text.get(copied..).unwrap_or_default());
}

/// Whether bytes are ASCII of which nothing is escaped; many at a time, without a branch.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
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

/// The upper bit of each byte up to the lowest one that is not ASCII or is escaped, at least of that
/// one; none where there is no such byte.
#[inline]
pub(super) const fn special(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    // What is below a space or is a quote is below `!` then.
    let low = (word ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    let high = word.wrapping_add(ONES) | word;
    (low | backslash | high) & (ONES * 0x80)
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_bytes_of_a_word_that_are_not_plain_are_found(
            bytes in prop_oneof![
                any::<[u8; 8]>(),
                // Nearly all are plain, and some next to those that are not.
                prop::array::uniform8(prop::sample::select(b" !\"#[\\]~\x7f\x80\xff\x1f\0ab".to_vec())),
                prop::array::uniform8(b'a'..=b'z'),
            ],
            length in 1..=8_usize,
        ) {
            let found = special(u64::from_le_bytes(bytes)) << (64 - 8 * length);
            prop_assert_eq!(found == 0, is_plain(&bytes[..length]));
        }
    }

    #[test]
    fn each_byte_is_told_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut bytes = [b'~'; 8];
                bytes[at] = byte;
                let plain = special(u64::from_le_bytes(bytes)) == 0;
                assert_eq!(plain, is_plain(&[byte]), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn a_plain_text_has_nothing_to_escape() {
        for c in (0..=0x2fff).filter_map(char::from_u32) {
            for width in [1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 31, 32, 40] {
                for text in [format!("{c:>width$}"), format!("{c:<width$}")] {
                    assert_eq!(
                        is_plain(text.as_bytes()),
                        c.is_ascii() && !is_special(c),
                        "{text:?}"
                    );
                }
            }
        }
    }
}
