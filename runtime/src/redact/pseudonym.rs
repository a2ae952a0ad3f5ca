//! Keyed pseudonyms: HMAC-SHA-256 (RFC 2104, FIPS 180-4), cut to 64 bits.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key under which `hash(x)` makes pseudonyms.
///
/// Whoever has it can find out a value by trying; it is never written.
#[derive(Clone)]
pub struct PseudonymKey(Vec<u8>);

impl PseudonymKey {
    /// A key of the given bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub(super) fn pseudonym(&self, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            // HMAC takes keys of every length.
            return super::REDACTED.to_owned();
        };
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().iter().take(8).fold(String::new(), |mut hex, byte| {
            for digit in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
            hex
        })
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_4231_case_2() {
        let key = PseudonymKey::new("Jefe");
        assert_eq!(key.pseudonym("what do ya want for nothing?"), "5bdcc146bf60754e");
    }

    #[test]
    fn another_key_gives_another_pseudonym() {
        let of = |key: &str| PseudonymKey::new(key).pseudonym("jane");
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
    }
}
