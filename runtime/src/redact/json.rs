//! Secrets in JSON: members under a secret key, and those in its texts.

use super::KeyRules;
#[cfg(any(feature = "json", test))]
use super::{REDACTED, scrub::scrub as scrub_text};

/// Replaces secrets in a JSON text; `None` when it is not JSON.
#[cfg(any(feature = "json", test))]
pub(super) fn scrub(keys: &KeyRules, json: &str) -> Option<(String, bool)> {
    let mut value = serde_json::from_str(json).ok()?;
    let found = walk(keys, &mut value);
    Some((value.to_string(), found))
}

/// Without the feature there is no JSON to be read.
#[cfg(not(any(feature = "json", test)))]
pub(super) fn scrub(_: &KeyRules, _: &str) -> Option<(String, bool)> {
    None
}

#[cfg(any(feature = "json", test))]
fn walk(keys: &KeyRules, value: &mut serde_json::Value) -> bool {
    use serde_json::Value;

    match value {
        Value::String(text) => match scrub_text(keys, text) {
            Some(clean) => {
                *text = clean;
                true
            }
            None => false,
        },
        Value::Array(elements) => elements.iter_mut().fold(false, |found, e| walk(keys, e) | found),
        Value::Object(members) => members.iter_mut().fold(false, |found, (key, member)| {
            if keys.is_secret(key) && !member.is_null() {
                *member = REDACTED.into();
                return true;
            }
            walk(keys, member) | found
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_cleaned_by_key_and_by_text() {
        let (json, found) = scrub(
            &KeyRules::default(),
            r#"{"user":"jane","password":{"old":"a"},"list":["token=abc",1],"secret":null}"#,
        )
        .expect("JSON");
        assert!(found);
        assert_eq!(
            json,
            r#"{"list":["token=[redacted]",1],"password":"[redacted]","secret":null,"user":"jane"}"#
        );
        assert!(scrub(&KeyRules::default(), "{").is_none());
    }
}
