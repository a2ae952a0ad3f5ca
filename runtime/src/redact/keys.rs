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

    /// Whether a value under this key is a secret.
    #[must_use]
    pub fn is_secret(&self, key: &str) -> bool {
        if key.len() > 256 {
            // Nobody names a secret so; and the work stays bounded.
            return false;
        }
        let whole = squeezed(key);
        if self.further.iter().any(|word| whole.contains(word.as_str())) {
            return true;
        }
        let segments = segments(key);
        if segments.last().is_some_and(|last| MEASURES.contains(&last.as_str())) {
            return false;
        }
        WORDS.iter().any(|word| whole.contains(word))
            || segments.iter().any(|segment| SEGMENTS.contains(&segment.as_str()))
    }
}

/// Lower case, letters and digits only.
fn squeezed(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a key in snake, kebab, dotted or camel case, in lower case.
fn segments(key: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut after_lower = false;
    for c in key.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            segments.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(last) = segments.last_mut()
        {
            last.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase() || c.is_numeric();
    }
    segments.retain(|segment| !segment.is_empty());
    segments
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

    #[test]
    fn further_words_match_in_any_spelling() {
        let rules = KeyRules::new(&["Customer-Name".to_owned(), "--".to_owned()]);
        assert!(rules.is_secret("customer_name"));
        assert!(rules.is_secret("theCustomerNameLen"));
        assert!(!rules.is_secret("customer"));
    }
}
