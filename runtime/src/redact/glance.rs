//! Telling at a glance that a text has nothing of what `scrub` looks for, as most have not.
//!
//! What it looks for needs one of a few things: a sign or a quote between a key and its value, a
//! word that announces a secret and one behind it that is no ordinary word, or a word that begins as
//! tokens do. Where one of them may be there, the scanner decides.

use super::scrub::{self, ANNOUNCING, SCHEMES, SHORTEST_TOKEN};

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

/// A text of fewer than 20 small letters and spaces as words, the last one filled up with zeros;
/// the scanner finds nothing in it. None for others, which may be as harmless, and for the empty one.
#[inline]
pub(super) fn lower(text: &str) -> Option<[u64; 3]> {
    let (bytes, length) = (text.as_bytes(), text.len());
    let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) else {
        let word = few(bytes);
        let spaces = each(b' ') << (8 * length);
        return (length > 0 && others(word | spaces) == 0).then_some([word, 0, 0]);
    };
    if length >= LONG {
        return None;
    }
    // The last word begins where it must to end with the text; what is not its own is shifted out.
    let whole = |word: &[u8; 8]| u64::from_le_bytes(*word);
    if let (Some(front), Some(behind)) = (bytes.first_chunk::<16>(), bytes.last_chunk()) {
        let second = bytes.get(8..).and_then(<[u8]>::first_chunk).map_or(0, whole);
        let third = if length > 16 { whole(last) >> (8 * (24 - length)) } else { 0 };
        return are_small(front, behind).then_some([whole(first), second, third]);
    }
    let second = if length > 8 { whole(last) >> (8 * (16 - length)) } else { 0 };
    are_small(first, last).then_some([whole(first), second, 0])
}

/// Whether there are only small letters and spaces.
#[inline]
fn are_small<const N: usize>(front: &[u8; N], behind: &[u8; N]) -> bool {
    // The compiler makes one step of it for all bytes.
    let mut others = [0; N];
    for ((other, front), behind) in others.iter_mut().zip(front).zip(behind) {
        *other = no_small(*front) | no_small(*behind);
    }
    others == [0; N]
}

/// 0 for a small letter or a space only.
#[inline]
fn no_small(byte: u8) -> u8 {
    byte.wrapping_sub(b'a').saturating_sub(b'z' - b'a').min(byte ^ b' ')
}

/// Up to 7 bytes as a word.
#[inline]
pub(crate) fn few(bytes: &[u8]) -> u64 {
    let half = |half: &[u8; 4]| u64::from(u32::from_le_bytes(*half));
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>(), bytes) {
        (Some(first), Some(last), _) => half(first) | half(last) << (8 * (bytes.len() - 4) % 64),
        (_, _, [a, b, c]) => u64::from_le_bytes([*a, *b, *c, 0, 0, 0, 0, 0]),
        (_, _, [a, b]) => u64::from_le_bytes([*a, *b, 0, 0, 0, 0, 0, 0]),
        (_, _, [a]) => u64::from(*a),
        _ => 0,
    }
}

/// The same, class by class.
#[inline(never)]
fn looked_through(text: &str) -> bool {
    let bytes = text.as_bytes();
    let seen = bytes.iter().fold(0, |seen, byte| seen | class(*byte));
    if seen & SIGN != 0 {
        return false;
    }
    if seen & !WORD == 0 {
        // One word announces nothing.
        return !scrub::is_token(text);
    }
    if seen & SPACE == 0 {
        // Nor do several with no space between them.
        return bytes.len() < SHORTEST_TOKEN || words(bytes).all(|word| !is_token(word));
    }
    words(bytes).all(is_harmless)
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
    // One that long has eight bytes at a place that is a multiple of that.
    let has_space = |word: &[u8; 8]| {
        let others = u64::from_le_bytes(*word) ^ each(b' ');
        others.wrapping_sub(each(1)) & !others & HIGH != 0
    };
    let (words, _) = bytes.as_chunks::<8>();
    !words.iter().all(has_space) && bytes.split(|byte| *byte == b' ').any(|word| word.len() >= LONG)
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(SIGN)
}

fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| class(*byte) & WORD == 0)
}

fn is_token(word: &[u8]) -> bool {
    // Whatever is no text is looked at more closely.
    word.len() >= SHORTEST_TOKEN && std::str::from_utf8(word).map_or(true, scrub::is_token)
}

/// Which bytes the words begin with that announce a secret, in either case.
const BEGINNINGS: [bool; 256] =
    with_beginnings(&ANNOUNCING, with_beginnings(&SCHEMES, [false; 256]));

const fn with_beginnings(words: &[&str], mut beginnings: [bool; 256]) -> [bool; 256] {
    let mut at = 0;
    while at < words.len() {
        let byte = words[at].as_bytes()[0];
        beginnings[byte as usize] = true;
        beginnings[byte.to_ascii_uppercase() as usize] = true;
        at += 1;
    }
    beginnings
}

/// Whether a word is neither a token nor announces a secret, nor begins a private key.
fn is_harmless(word: &[u8]) -> bool {
    let is_one_of =
        |words: &[&str]| words.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(word));
    let begins = |byte: &u8| BEGINNINGS.get(usize::from(*byte)).copied().unwrap_or(true);
    match word.len() {
        0..3 => true,
        3..=10 if word.first().is_some_and(begins) => {
            !is_one_of(&SCHEMES) && !is_one_of(&ANNOUNCING)
        }
        3..=10 => !word.starts_with(b"-----BEGIN"),
        _ => !word.starts_with(b"-----BEGIN") && !is_token(word),
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
            prop_assert!(lower(&text).is_none() || is_plain(&text), "{:?}", text);
        }

        #[test]
        fn a_text_as_words_is_that_text(text in "[a-z ]{0,24}|[a-z ]{0,20}[^a-z ]?[a-z ]{0,3}") {
            let is_lower = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ');
            let words = lower(&text);
            prop_assert_eq!(words.is_some(), is_lower && (1..20).contains(&text.len()));
            if let Some(words) = words {
                let bytes = words.map(u64::to_le_bytes);
                let (own, filling) = bytes.as_flattened().split_at(text.len());
                prop_assert_eq!(own, text.as_bytes());
                prop_assert!(filling.iter().all(|byte| *byte == 0));
            }
        }
    }

    #[test]
    fn every_byte_but_small_letters_and_spaces_is_another() {
        for byte in 0..=u8::MAX {
            let is_small = byte.is_ascii_lowercase() || byte == b' ';
            assert_eq!(no_small(byte) == 0, is_small, "{byte}");
            for place in 0..8 {
                for around in [b'a', b'z', b' '] {
                    let mut word = [around; 8];
                    word[place] = byte;
                    let is_other = others(u64::from_le_bytes(word)) != 0;
                    assert_eq!(is_other, !(byte.is_ascii_lowercase() || byte == b' '), "{byte}");
                }
            }
        }
    }

    #[test]
    fn a_long_word_is_seen_wherever_it_begins() {
        for before in 0..24 {
            for (letters, is_long) in [(LONG - 1, false), (LONG, true), (LONG + 9, true)] {
                for behind in ["", " ", " and more"] {
                    let text = format!("{}{}{behind}", " ".repeat(before), "z".repeat(letters));
                    assert_eq!(has_long_word(text.as_bytes()), is_long, "{text:?}");
                }
            }
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
