//! What may not be written: key rules, patterns in text, and the words that clear a value.
//!
//! Pure: the rules come in from the settings, the key of the pseudonyms from the caller.

mod glance;
mod json;
mod keys;
mod pseudonym;
mod scrub;

pub use crate::value::REDACTED;
pub(crate) use glance::few;
pub use keys::KeyRules;
pub use pseudonym::PseudonymKey;

use std::sync::atomic::{AtomicU32, Ordering};

/// The rules that every captured value passes before it is framed.
#[derive(Debug)]
pub struct Rules {
    keys: KeyRules,
    pseudonyms: PseudonymKey,
    number: u32,
}

impl Rules {
    /// The built-in rules, with further keys and the key of the pseudonyms.
    #[must_use]
    pub fn new(keys: KeyRules, pseudonyms: PseudonymKey) -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        Self { keys, pseudonyms, number: LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1) }
    }

    /// A number that no other rules of this process have, and never 0: what these said can be
    /// kept under it.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether a value under this key is a secret by its name alone.
    #[must_use]
    pub fn is_secret_key(&self, key: &str) -> bool {
        self.keys.is_secret(key)
    }

    /// Whether a text is known at a glance to have nothing that looks like a secret; `false` says
    /// only that one has to look.
    #[inline]
    #[must_use]
    pub fn is_plain(&self, text: &str) -> bool {
        glance::is_plain(text)
    }

    /// A text of fewer than 20 small letters and spaces as words, the last one filled up with zeros;
    /// it [is plain](Self::is_plain). None for others, which may be as plain, and for the empty one.
    #[inline]
    #[must_use]
    pub fn lower(&self, text: &str) -> Option<[u64; 3]> {
        glance::lower(text)
    }

    /// The text with [`REDACTED`] in the place of what looks like a secret; `None` when nothing does.
    #[must_use]
    pub fn scrub(&self, text: &str) -> Option<String> {
        if self.is_plain(text) { None } else { scrub::scrub(&self.keys, text) }
    }

    /// The JSON text without its secrets, by key and by pattern, and whether there were any;
    /// `None` when it is not JSON.
    #[must_use]
    pub fn scrub_json(&self, json: &str) -> Option<(String, bool)> {
        json::scrub(&self.keys, json)
    }

    /// The keyed pseudonym of `text`: 16 hexadecimal digits.
    #[must_use]
    pub fn pseudonym(&self, text: &str) -> String {
        self.pseudonyms.pseudonym(text)
    }
}

/// Its first and last character around `***`; `***` alone where it has fewer than 8 characters.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.next_back()) {
        (Some(first), Some(last)) if characters.count() >= 6 => format!("{first}***{last}"),
        _ => "***".to_owned(),
    }
}

/// Its last four characters behind `***`; `***` alone where it has fewer than 8 characters.
#[must_use]
pub fn last4(text: &str) -> String {
    let count = text.chars().count();
    if count < 8 {
        return "***".to_owned();
    }
    format!("***{}", text.chars().skip(count - 4).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_show_nothing() {
        assert_eq!(mask("1234567"), "***");
        assert_eq!(last4("1234567"), "***");
        assert_eq!(mask(""), "***");
    }

    #[test]
    fn long_texts_show_neither_length_nor_middle() {
        assert_eq!(mask("jane@example.org"), "j***g");
        assert_eq!(last4("4111111111111111"), "***1111");
        assert_eq!(mask("größe-äöü"), "g***ü");
    }
}
