//! A value that is never written.

use std::fmt;

use super::REDACTED;

/// A secret: a password, a token, a card number.
///
/// In a field it is written as `[redacted]`; `mask(x)`, `hash(x)` and `last4(x)` show that much of
/// it. `%x`, `?x` and `json(x)` do not compile. It has no `Display`, no `Serialize`, no length and
/// no `Deref`; its `Debug` prints `[redacted]`, so that a structure that holds one can derive its
/// own.
///
/// ```
/// use audit_runtime::Sensitive;
///
/// let password = Sensitive::new("hunter2".to_owned());
/// assert_eq!(format!("{password:?}"), "[redacted]");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Marks a value as secret.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret itself, for the code that needs it.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The secret itself, without the mark.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_around_it_can_be_debugged() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "read by Debug")]
        struct Login {
            user: &'static str,
            password: Sensitive<&'static str>,
        }
        let login = Login { user: "jane", password: "hunter2".into() };
        let expected = r#"Login { user: "jane", password: [redacted] }"#;
        assert_eq!(format!("{login:?}"), expected);
    }
}
