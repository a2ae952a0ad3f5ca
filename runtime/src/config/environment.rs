//! The environment as a value: the variables that concern us, and nothing else of it.

use std::{collections::BTreeMap, ffi::OsString, fmt};

/// Every variable of ours begins so.
pub(super) const PREFIX: &str = "AUDIT_LOG";

/// Variables of others that are read as well.
const FOREIGN: [&str; 2] = ["RUST_LOG", "NO_COLOR"];

/// The environment variables that concern the settings, sorted by name.
///
/// Made by the caller, at the edge: `std::env::vars_os().collect()`. What does not concern us is
/// not kept, as it may hold secrets; for the same reason `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, Option<String>>,
}

impl Environment {
    /// The value, as far as it is set to readable text other than white space.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.as_deref().filter(|value| !value.trim().is_empty())
    }

    /// All names with their values; `None` where the value is not UTF-8.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut variables = BTreeMap::new();
        for (name, value) in pairs {
            // A name that is not UTF-8 is none of ours.
            let Ok(name) = name.into().into_string() else { continue };
            let ours =
                name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
            if ours || FOREIGN.contains(&name.as_str()) {
                // Of doubled names the first counts, as with getenv(3).
                variables.entry(name).or_insert_with(|| value.into().into_string().ok());
            }
        }
        Self { variables }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_concerns_us_and_shows_no_value() {
        let environment: Environment = [
            ("AUDIT_LOG_HASH_KEY", "hush"),
            ("RUST_LOG", "debug"),
            ("DATABASE_URL", "postgres://hush"),
            ("AUDIT_LOG", "  "),
            ("AUDIT_LOG_DIR", "first"),
            ("AUDIT_LOG_DIR", "second"),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            format!("{environment:?}"),
            r#"{"AUDIT_LOG", "AUDIT_LOG_DIR", "AUDIT_LOG_HASH_KEY", "RUST_LOG"}"#
        );
        assert_eq!(environment.value("AUDIT_LOG"), None, "white space is unset");
        assert_eq!(environment.value("AUDIT_LOG_DIR"), Some("first"));
        assert_eq!(environment.value("DATABASE_URL"), None);
    }
}
