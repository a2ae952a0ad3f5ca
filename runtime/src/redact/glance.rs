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
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    if are_lower(bytes) && (bytes.len() < LONG || !has_long_word(bytes)) {
        // No ordinary word is a secret, nor the beginning of a token.
        return true;
    }
    looked_through(text)
}

/// The same, class by class.
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

/// Whether there are only small letters and spaces.
fn are_lower(bytes: &[u8]) -> bool {
    // Pieces of a fixed length, of which the compiler makes a few instructions each; the last one
    // begins where it must to end with the text.
    let (sixteens, rest) = bytes.as_chunks::<16>();
    sixteens.iter().all(are_all_lower)
        && match (bytes.last_chunk::<16>(), bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            _ if rest.is_empty() => true,
            (Some(last), _, _) => are_all_lower(last),
            (_, Some(first), Some(last)) => are_all_lower(first) && are_all_lower(last),
            _ => bytes.iter().all(|byte| is_lower(*byte)),
        }
}

#[inline]
fn are_all_lower<const N: usize>(bytes: &[u8; N]) -> bool {
    // No early end: it is one piece.
    bytes.iter().fold(0, |others, byte| others | u8::from(!is_lower(*byte))) == 0
}

#[inline]
fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte == b' '
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(SIGN)
}

fn has_long_word(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b' ').any(|word| word.len() >= LONG)
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
