//! Which keys name a secret.

/// Words that make a key secret wherever they stand in it.
const WORDS: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "signingkey",
    "encryptionkey",
    "authorization",
    "credential",
    "cookie",
    "sessionid",
    "accesstoken",
    "refreshtoken",
    "connectionstring",
];

/// Words that make a key secret as a segment of their own only; within longer words they are harmless.
const SEGMENTS: [&str; 13] = [
    "token", "pwd", "pass", "auth", "bearer", "jwt", "pin", "otp", "cvv", "cvc", "ssn", "iban",
    "creds",
];

/// A key that ends so tells of a secret's measure, not of the secret.
const MEASURES: [&str; 9] =
    ["count", "len", "length", "size", "total", "limit", "age", "ttl", "expired"];

/// The rules by which a key names a secret: the built-in words and further ones.
#[derive(Clone, Debug, Default)]
pub struct KeyRules {
    further: Vec<String>,
}

impl KeyRules {
    /// The built-in words and `further` ones, which match wherever they stand in a key, in any
    /// case, with or without separators.
    #[must_use]
    pub fn new(further: &[String]) -> Self {
        let further = further.iter().map(|word| squeezed(word)).filter(|w| !w.is_empty()).collect();
        Self { further }
    }

    /// Whether a value under this key is a secret. It allocates only where there are further words.
    #[must_use]
    pub fn is_secret(&self, key: &str) -> bool {
        if key.len() > LONGEST {
            // Nobody names a secret so; and the work stays bounded.
            return false;
        }
        // Most keys lack a letter of each word, which is told faster than where the words stand.
        (!key.is_ascii() || self.has_letters_of_a_word(letters(key))) && self.names(key)
    }

    /// The same, letter by letter.
    #[inline(never)]
    fn names(&self, key: &str) -> bool {
        if !self.further.is_empty() {
            let whole = squeezed(key);
            if self.further.iter().any(|word| whole.contains(word.as_str())) {
                return true;
            }
        }
        let mut whole = Word::<LONGEST>::default();
        let mut segment = Word::<SEGMENT>::default();
        let mut is_segment = false;
        let mut is_measure = false;
        let mut after_lower = false;
        let mut close = |segment: &mut Word<SEGMENT>| {
            if !segment.is_empty() {
                is_segment |= segment.is_one_of(&SEGMENTS);
                is_measure = segment.is_one_of(&MEASURES);
                segment.clear();
            }
        };
        for c in key.chars() {
            if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
                close(&mut segment);
            }
            if c.is_alphanumeric() {
                segment.push(c);
                whole.push(c);
            }
            after_lower = c.is_lowercase() || c.is_numeric();
        }
        close(&mut segment);
        !is_measure && (is_segment || whole.contains_one_of(&WORDS))
    }
}

impl KeyRules {
    fn has_letters_of_a_word(&self, letters_of_key: u32) -> bool {
        // Only where nothing is lacking does the subtraction reach the top bit; all at once, without
        // a branch.
        let lacks_none = |word: u32| (word & !letters_of_key).wrapping_sub(1);
        let found = LETTERS.iter().fold(0, |found, word| found | lacks_none(*word));
        let further = self.further.iter().map(|word| lacks_none(letters(word)));
        further.fold(found, |found, one| found | one) >> 31 == 1
    }
}

/// The letters of each word that is listed.
const LETTERS: [u32; WORDS.len() + SEGMENTS.len()] = {
    let mut all = [0; WORDS.len() + SEGMENTS.len()];
    let mut at = 0;
    while at < all.len() {
        let word = if at < WORDS.len() { WORDS[at] } else { SEGMENTS[at - WORDS.len()] };
        all[at] = letters(word);
        at += 1;
    }
    all
};

/// The bit of each byte: those of letters of either case; none of others.
const BITS: [u32; 256] = {
    let mut bits = [0; 256];
    let mut byte = b'a';
    while byte <= b'z' {
        bits[byte as usize] = 1 << (byte - b'a');
        bits[byte.to_ascii_uppercase() as usize] = 1 << (byte - b'a');
        byte += 1;
    }
    bits
};

/// The ASCII letters of a text in either case, one bit each.
const fn letters(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut found = 0;
    let mut at = 0;
    while at < bytes.len() {
        found |= BITS[bytes[at] as usize];
        at += 1;
    }
    found
}

/// The longest key that is looked at, and more than the longest segment that is listed, in bytes.
const LONGEST: usize = 256;
const SEGMENT: usize = 16;

/// Letters and digits in lower case; what is not ASCII counts as a letter that no list has.
struct Word<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Default for Word<N> {
    fn default() -> Self {
        Self { bytes: [0; N], length: 0 }
    }
}

impl<const N: usize> Word<N> {
    fn push(&mut self, c: char) {
        // One that is too long for its place is in no list; its end does not matter.
        if let Some(byte) = self.bytes.get_mut(self.length) {
            *byte = u8::try_from(c).map_or(u8::MAX, |byte| byte.to_ascii_lowercase());
            self.length += 1;
        }
    }

    fn clear(&mut self) {
        self.length = 0;
    }

    fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| word.as_bytes() == self.text())
    }

    fn contains_one_of(&self, words: &[&str]) -> bool {
        let mut rest = self.text();
        while let Some((first, behind)) = rest.split_first() {
            let starts = |word: &&str| {
                word.as_bytes().first() == Some(first) && rest.starts_with(word.as_bytes())
            };
            if words.iter().any(starts) {
                return true;
            }
            rest = behind;
        }
        false
    }
}

/// Lower case, letters and digits only.
fn squeezed(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_name_a_secret() {
        let rules = KeyRules::new(&[]);
        for key in [
            "password",
            "user_password",
            "PASSWORD",
            "newPassword",
            "db.passwd",
            "client_secret",
            "api_key",
            "apiKey",
            "X-Api-Key",
            "api-key",
            "Authorization",
            "token",
            "auth_token",
            "accessToken",
            "idToken",
            "id.token",
            "private_key",
            "set-cookie",
            "aws_secret_access_key",
            "credentials",
            "pin",
            "cvv",
            "session_id",
            "jwt",
        ] {
            assert!(rules.is_secret(key), "{key}");
        }
    }

    #[test]
    fn keys_that_do_not() {
        let rules = KeyRules::new(&[]);
        for key in [
            "id",
            "title",
            "author",
            "authored_by",
            "tokenizer",
            "tokens",
            "token_count",
            "password_length",
            "spinner",
            "passed",
            "compass",
            "key",
            "monkey",
            "pinned",
            "",
        ] {
            assert!(!rules.is_secret(key), "{key}");
        }
    }

    /// The same rules, written for the reader and not for speed.
    fn plainly(key: &str) -> bool {
        let mut segments = vec![String::new()];
        let mut after_lower = false;
        for c in key.chars() {
            if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
                segments.push(String::new());
            }
            if c.is_alphanumeric() {
                segments.last_mut().expect("one segment").push(c.to_ascii_lowercase());
            }
            after_lower = c.is_lowercase() || c.is_numeric();
        }
        segments.retain(|segment| !segment.is_empty());
        let whole = segments.concat();
        let is = |list: &[&str], segment: &String| list.contains(&segment.as_str());
        key.len() <= LONGEST
            && !segments.last().is_some_and(|last| is(&MEASURES, last))
            && (WORDS.iter().any(|word| whole.contains(word))
                || segments.iter().any(|segment| is(&SEGMENTS, segment)))
    }

    proptest::proptest! {
        #[test]
        fn any_key_is_judged_by_the_plain_rules(
            key in "(pass|Word|token|Api|_|-|key|secret|count|é|9|pin|size|Auth|or|[a-zA-Z_]){0,12}",
        ) {
            proptest::prop_assert_eq!(KeyRules::default().is_secret(&key), plainly(&key), "{}", key);
        }
    }

    #[test]
    fn further_words_match_in_any_spelling() {
        let rules = KeyRules::new(&["Customer-Name".to_owned(), "--".to_owned()]);
        assert!(rules.is_secret("customer_name"));
        assert!(rules.is_secret("theCustomerNameLen"));
        assert!(!rules.is_secret("customer"));
        assert!(KeyRules::new(&["größe7".to_owned()]).is_secret("GRÖSSE_größe_7"));
        assert!(KeyRules::new(&["42".to_owned()]).is_secret("x4_2"));
    }
}
