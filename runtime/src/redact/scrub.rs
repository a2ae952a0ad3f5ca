//! Secrets in free text: `key = value` pairs under a secret key, authorization
//! schemes, passwords in URLs, private keys, and tokens of well-known shapes.
//!
//! The scanner sees one text at a time and errs on the side of removing too much. It cannot
//! recognize a bare secret that nothing announces; that is what `Sensitive` is for.

use super::{KeyRules, REDACTED};

/// How many characters a token has at least behind its beginning.
const SHORTEST_BODY: usize = 10;

/// Beginnings of tokens that services issue; each is followed by token characters.
const TOKEN_PREFIXES: [&str; 24] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxs-",
    "AKIA",
    "ASIA",
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "AIza",
    "ya29.",
    "eyJ",
    "npm_",
    "pypi-",
    "hf_",
    "SG.",
];

/// Which bytes those begin with.
const BEGINNINGS: [bool; 256] = {
    let (mut beginnings, mut at) = ([false; 256], 0);
    while at < TOKEN_PREFIXES.len() {
        beginnings[TOKEN_PREFIXES[at].as_bytes()[0] as usize] = true;
        at += 1;
    }
    beginnings
};

/// No word that is shorter is a token.
pub(super) const SHORTEST_TOKEN: usize = 3 + SHORTEST_BODY;

/// Authorization schemes whose next word is the credential (RFC 9110, section 11.6.2).
pub(super) const SCHEMES: [&str; 5] = ["bearer", "basic", "digest", "negotiate", "apikey"];

/// Words after which a secret may follow without `=` or `:`.
pub(super) const ANNOUNCING: [&str; 8] =
    ["password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "api_key"];

/// The text without its secrets; `None` when it has none.
pub(super) fn scrub(keys: &KeyRules, text: &str) -> Option<String> {
    Scanner { keys, text, at: 0, copied: 0, clean: String::new() }.run()
}

struct Scanner<'a> {
    keys: &'a KeyRules,
    text: &'a str,
    at: usize,
    copied: usize,
    clean: String,
}

impl<'a> Scanner<'a> {
    fn run(mut self) -> Option<String> {
        while self.at < self.text.len() {
            let rest = self.rest();
            match rest.as_bytes().first() {
                Some(b'-') if rest.starts_with("-----BEGIN ") && self.private_key() => continue,
                Some(b':') if rest.starts_with("://") => {
                    self.url_password();
                    continue;
                }
                _ => {}
            }
            match rest.chars().next() {
                Some(c) if is_word(c) => self.word(),
                Some(c) => self.at += c.len_utf8(),
                None => break,
            }
        }
        if self.copied == 0 && self.clean.is_empty() {
            return None;
        }
        self.clean.push_str(self.text.get(self.copied..).unwrap_or_default());
        Some(self.clean)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Puts the mark in the place of `start..end` and goes on behind it.
    fn replace(&mut self, start: usize, end: usize) {
        self.clean.push_str(self.text.get(self.copied..start).unwrap_or_default());
        self.clean.push_str(REDACTED);
        self.copied = end;
        self.at = end;
    }

    /// A PEM block (RFC 7468) of a private key, up to its end line or the end of the text.
    fn private_key(&mut self) -> bool {
        let rest = self.rest();
        let is_private = rest.get(11..).unwrap_or_default().split("-----").next();
        if !is_private.is_some_and(|label| label.ends_with("PRIVATE KEY")) {
            self.at += 11;
            return true;
        }
        let length = match rest.find("-----END ") {
            Some(end) => {
                let tail = rest.get(end + 9..).unwrap_or_default();
                tail.find("-----").map_or(rest.len(), |dashes| end + 9 + dashes + 5)
            }
            None => rest.len(),
        };
        self.replace(self.at, self.at + length);
        true
    }

    /// `scheme://user:password@host` (RFC 3986, section 3.2.1): the password.
    fn url_password(&mut self) {
        let start = self.at + 3;
        self.at = start;
        let authority = self.rest().split(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c));
        let authority = authority.into_iter().next().unwrap_or_default();
        let Some(end) = authority.rfind('@') else { return };
        if let Some(colon) = authority.get(..end).and_then(|user| user.find(':'))
            && colon + 1 < end
        {
            self.replace(start + colon + 1, start + end);
        }
    }

    /// A word: a token by its shape, an authorization scheme, or a key before a value.
    fn word(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let end = start + length;
        if is_token(word) {
            return self.replace(start, end);
        }
        let is_one_of = |words: &[&str]| words.iter().any(|other| other.eq_ignore_ascii_case(word));
        self.at = end;
        if is_one_of(&SCHEMES) {
            return self.credential(end);
        }
        if self.keys.is_secret(word) {
            if let Some(value) = self.value_start(end) {
                return self.secret_value(value);
            }
            if is_one_of(&ANNOUNCING) {
                self.announced(end);
            }
        }
    }

    /// Where the value of the key that ends at `end` starts, if one is assigned to it.
    fn value_start(&self, end: usize) -> Option<usize> {
        let tail: &'a str = self.text.get(end..)?;
        let quoted = tail.starts_with(['"', '\'', '`']) || tail.starts_with("\\\"");
        let unquoted = tail.trim_start_matches(['"', '\'', '`', '\\']).trim_start();
        let assigned = ["=>", ":=", "==", "=", ":"];
        let after = match assigned.into_iter().find_map(|sign| unquoted.strip_prefix(sign)) {
            Some(after) => after,
            // A pair such as ("token", "…"), as `Debug` shows a list of headers.
            None if quoted => {
                let after = unquoted.strip_prefix(',')?;
                after.trim_start().starts_with(['"', '\'']).then_some(after)?
            }
            None => return None,
        };
        let value = after.trim_start();
        (!value.is_empty()).then(|| self.text.len() - value.len())
    }

    fn secret_value(&mut self, start: usize) {
        let length = value_length(self.text.get(start..).unwrap_or_default());
        let value = self.text.get(start..start + length).unwrap_or_default();
        if SCHEMES.iter().any(|scheme| value.eq_ignore_ascii_case(scheme)) {
            return self.credential(start + length);
        }
        if value.is_empty() || matches!(value, "None" | "null" | REDACTED) {
            self.at = start + length.max(1).min(self.text.len() - start);
            while !self.text.is_char_boundary(self.at) {
                self.at += 1;
            }
            return;
        }
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        match quote {
            // The quotes stay, so that what was JSON or Debug stays readable.
            Some(q) if length >= 2 && value.ends_with(q) => {
                let end = start + length;
                self.replace(start + 1, end - 1);
                self.at = end;
            }
            _ => self.replace(start, start + length),
        }
    }

    /// The word after an authorization scheme.
    fn credential(&mut self, end: usize) {
        let tail = self.text.get(end..).unwrap_or_default();
        let value = tail.trim_start_matches([' ', '\t']);
        if value.len() == tail.len() {
            return;
        }
        let start = self.text.len() - value.len();
        let length = value
            .find(|c: char| c.is_whitespace() || "\"'`,;<>)]}".contains(c))
            .unwrap_or(value.len());
        let word = value.get(..length).unwrap_or_default();
        if looks_random(word) && word != REDACTED {
            self.replace(start, start + length);
        }
    }

    /// `password hunter2`, `token is "abc"`: the word behind, where it does not look like prose.
    fn announced(&mut self, end: usize) {
        let mut tail = self.text.get(end..).unwrap_or_default().trim_start();
        for filler in ["is ", "was ", "of ", "value "] {
            tail = tail.strip_prefix(filler).unwrap_or(tail).trim_start();
        }
        let start = self.text.len() - tail.len();
        if start == end {
            return;
        }
        if tail.starts_with(['"', '\'', '`']) {
            return self.secret_value(start);
        }
        let length = tail.find(char::is_whitespace).unwrap_or(tail.len());
        let word = tail.get(..length).unwrap_or_default().trim_end_matches([',', '.', ';', ')']);
        if looks_random(word) && !word.starts_with('[') {
            self.replace(start, start + word.len());
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether a word is a token by its shape.
pub(super) fn is_token(word: &str) -> bool {
    let begins = |byte: &u8| BEGINNINGS.get(usize::from(*byte)).copied().unwrap_or_default();
    word.len() >= SHORTEST_TOKEN
        && word.as_bytes().first().is_some_and(begins)
        && TOKEN_PREFIXES.iter().any(|prefix| {
            word.strip_prefix(prefix).is_some_and(|body| {
                body.len() >= SHORTEST_BODY
                    && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
                    && (prefix.len() > 3 || body.bytes().any(|b| b.is_ascii_digit()))
            })
        })
}

/// Whether a word is no ordinary word: it has a digit, an inner symbol or capital, or is long.
fn looks_random(word: &str) -> bool {
    let inner = |c: char| c.is_ascii_digit() || c.is_uppercase() || (!c.is_alphabetic());
    word.len() >= 20
        || word.chars().skip(1).any(inner)
        || word.starts_with(|c: char| c.is_numeric())
}

/// The length in bytes of the value that `text` begins with: a quoted string, something in
/// brackets with or without a name, or everything up to a separator.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        if let Some(open) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == open {
                quote = None;
                if depth == 0 {
                    return after;
                }
            }
            continue;
        }
        let ends = c.is_whitespace() || ")]},;&<>|".contains(c) || (c == '"' && at > 0);
        if depth == 0 && ends {
            return at;
        }
        match c {
            '"' | '\'' | '`' if at == 0 || depth > 0 => quote = Some(c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return after;
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
