//! Telling at a glance that a text has nothing of what `scrub` looks for, as most have not.
//!
//! What it looks for needs one of a few things: a sign or a quote between a key and its value, a
//! word that announces a secret and one behind it that is no ordinary word, or a word that begins as
//! tokens do. Where one of them may be there, the scanner decides.

use super::scrub::{ANNOUNCING, SCHEMES, SHORTEST_TOKEN, is_token};

const LOWER: u8 = 1;
const SPACE: u8 = 2;
const UPPER: u8 = 4;
const DIGIT: u8 = 8;
/// What stands within words.
const JOIN: u8 = 16;
/// What stands between words.
const BETWEEN: u8 = 32;
/// What may stand between a key and its value, and whatever is not ASCII.
const SIGN: u8 = 64;

const WORD: u8 = LOWER | UPPER | DIGIT | JOIN;

const CLASSES: [u8; 256] = {
    let mut classes = [SIGN; 256];
    let mut byte = b'!';
    while byte < 0x7f {
        classes[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'_' | b'-' | b'.' => JOIN,
            b'=' | b':' | b'"' | b'\'' | b'`' | b'\\' => SIGN,
            _ => BETWEEN,
        };
        byte += 1;
    }
    classes[b' ' as usize] = SPACE;
    classes
};

/// A word of so many bytes is taken for a secret behind a word that announces one.
const LONG: usize = 20;

/// Whether the scanner would find nothing in it; `false` says only that it has to look.
#[inline]
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    if are_lower(bytes) && (bytes.len() < LONG || !has_long_word(bytes)) {
        // No ordinary word is a secret, nor the beginning of a token.
        return true;
    }
    looked_through(text)
}

/// Copies a text of more than 8 bytes into words, the last one filled up with zeros, where the
/// scanner would find nothing in it; whether it did. There are as many words as it takes.
#[inline]
pub(super) fn copy_plain(text: &str, to: &mut [[u8; 8]]) -> bool {
    let bytes = text.as_bytes();
    copy_lower(bytes, to) && (bytes.len() < LONG || !has_long_word(bytes))
        || copy_looked_through(text, to)
}

/// Copies small letters and spaces, up to where there is something else; whether that was all.
#[inline]
fn copy_lower(bytes: &[u8], to: &mut [[u8; 8]]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let ([.., to_last], Some(last)) = (&mut *to, bytes.last_chunk::<8>()) else { return false };
    // It begins where it must to end with the text; what is not the rest is shifted out.
    let last = u64::from_le_bytes(*last);
    *to_last = (last >> (8 * (8 - rest.len()) % 64)).to_le_bytes();
    if others(last) != 0 {
        return false;
    }
    for (word, to) in words.iter().zip(to) {
        let word = u64::from_le_bytes(*word);
        // An early end, so that the compiler makes a short loop of it: most texts are short.
        if others(word) != 0 {
            return false;
        }
        *to = word.to_le_bytes();
    }
    true
}

#[inline(never)]
fn copy_looked_through(text: &str, to: &mut [[u8; 8]]) -> bool {
    to.fill([0; 8]);
    let is_plain = looked_through(text);
    if let (true, Some(to)) = (is_plain, to.as_flattened_mut().get_mut(..text.len())) {
        to.copy_from_slice(text.as_bytes());
    }
    is_plain
}

/// The same, class by class.
#[inline(never)]
fn looked_through(text: &str) -> bool {
    let bytes = text.as_bytes();
    let seen = bytes.iter().fold(0, |seen, byte| seen | class(*byte));
    if seen & SIGN != 0 {
        return false;
    }
    if seen & SPACE == 0 {
        // One word announces nothing.
        return bytes.len() < SHORTEST_TOKEN || words(text).all(|word| !is_token(word));
    }
    words(text).all(is_harmless)
}

/// Each byte of a word.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The bit of each byte that ASCII leaves 0.
const HIGH: u64 = each(0x80);

/// Whether there are only small letters and spaces.
#[inline]
fn are_lower(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let others = |word: &[u8; 8]| others(u64::from_le_bytes(*word));
    let seen = words.iter().fold(0, |seen, word| seen | others(word));
    if rest.is_empty() {
        return seen == 0;
    }
    match bytes.last_chunk::<8>() {
        // It begins where it must to end with the text.
        Some(last) => seen | others(last) == 0,
        None => rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b' '),
    }
}

/// The high bits of those bytes that are no small letters and no spaces; none only where there are
/// none.
#[inline]
fn others(word: u64) -> u64 {
    // Bytes of more than 7 bits are others, whatever they do to their neighbours.
    let below = !(word | HIGH).wrapping_sub(each(b'a'));
    let above = word.wrapping_add(each(0x7f - b'z'));
    let no_space = (word ^ each(b' ')).wrapping_add(each(0x7f));
    ((below | above) & no_space | word) & HIGH
}

/// Whether a word in it is longer than ordinary ones are.
#[inline(never)]
fn has_long_word(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b' ').any(|word| word.len() >= LONG)
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(SIGN)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| u8::try_from(c).is_ok_and(|byte| class(byte) & WORD == 0))
}

/// Whether a word is neither a token nor announces a secret, nor begins a private key.
fn is_harmless(word: &str) -> bool {
    let is_one_of = |words: &[&str]| words.iter().any(|other| other.eq_ignore_ascii_case(word));
    match word.len() {
        0..3 => true,
        3..=10 => {
            !is_one_of(&SCHEMES) && !is_one_of(&ANNOUNCING) && !word.starts_with("-----BEGIN")
        }
        _ => !word.starts_with("-----BEGIN") && !is_token(word),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::redact::{KeyRules, scrub::scrub};

    /// What scanners look for, whole and in pieces, and what stands around it.
    const PIECES: &str = "(password|passwd|Pwd|pwd|secret|token|Token|api_key|apikey|passphrase|\
        bearer|Basic|digest|negotiate|is |was |of |value |ghp_|gho_|github_pat_|glpat-|xoxb-|AKIA|\
        ASIA|sk-|sk_live_|AIza|ya29\\.|eyJ|npm_|pypi-|hf_|SG\\.|-----BEGIN |PRIVATE KEY-----|-----|\
        a1b2c3d4e5|abcdefghij|ABCDEFGHIJ|hunter2|Jane|door| |  |\t|\n|=|:|://|\"|'|`|,|;|\\(|\\)|\
        /|@|-|_|\\.|é|7|x|X|zzzzzzzzzzzzzzzzzzzz|[ -~]|[a-z ]{1,30}){0,12}";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_looks_plain_has_nothing_that_the_scanner_finds(text in PIECES) {
            let keys = KeyRules::new(&["door".to_owned(), "x".to_owned()]);
            let found = scrub(&keys, &text);
            prop_assert!(!is_plain(&text) || found.is_none(), "{:?} to {:?}", text, found);
        }
    }

    #[test]
    fn ordinary_texts_look_plain() {
        for text in [
            "",
            "jane",
            "leave at the door",
            "Jane Doe",
            "ord-2026-000123",
            "0af7651916cd43dd8448eb211c80319c",
            "a/b/file.rs",
            "jane@example.org",
            "Call back on 555-1234, please (before noon).",
            "a sentence that has more than twenty letters and no long word",
            "donaudampfschifffahrtsgesellschaft",
        ] {
            assert!(is_plain(text), "{text}");
        }
    }

    #[test]
    fn what_the_scanner_must_see_does_not() {
        for text in [
            "password hunter2",
            "the token is abc123",
            "Bearer abc123",
            "a=b",
            "a: b",
            "say \"it\"",
            "ghp_abcdefghij",
            "see ghp_abcdefghij",
            "-----BEGIN RSA PRIVATE KEY-----",
            "größe",
            "two\nlines",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
