//! What came back: found out by type, aliases included.
//!
//! [`Probe`] has the same methods for `Result`, for `Option` and, by `Deref`, for everything else.
//! The compiler takes the first that fits, so that no trait is needed and no type is excluded.

use std::{any::type_name, ops::Deref};

use crate::record::Outcome;

/// How a body ended.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    pub(super) outcome: Outcome,
    /// The type of the error.
    pub(super) error: Option<&'static str>,
}

/// Looks at what a body returned.
#[derive(Debug)]
pub struct Probe<'a, R>(Plain<'a, R>);

/// What [`Probe`] sees in a type that it does not know.
#[derive(Debug)]
pub struct Plain<'a, R>(&'a R);

impl<'a, R> Probe<'a, R> {
    /// Looks at `returned`.
    #[inline]
    #[must_use]
    pub fn new(returned: &'a R) -> Self {
        Self(Plain(returned))
    }
}

impl<'a, R> Deref for Probe<'a, R> {
    type Target = Plain<'a, R>;

    #[inline]
    fn deref(&self) -> &Plain<'a, R> {
        &self.0
    }
}

impl<'a, T, E> Probe<'a, Result<T, E>> {
    /// Whether it failed, and with what type of error.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self.0.0 {
            Ok(_) => Ending { outcome: Outcome::Success, error: None },
            Err(_) => Ending { outcome: Outcome::Failure, error: Some(type_name::<E>()) },
        }
    }

    /// The value of success.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a T> {
        self.0.0.as_ref().ok()
    }

    /// The error.
    #[inline]
    #[must_use]
    pub fn error(&self) -> Option<&'a E> {
        self.0.0.as_ref().err()
    }
}

impl<'a, T> Probe<'a, Option<T>> {
    /// Whether there is a value.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        let outcome = if self.0.0.is_some() { Outcome::Success } else { Outcome::None };
        Ending { outcome, error: None }
    }

    /// The value, where there is one.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a T> {
        self.0.0.as_ref()
    }
}

#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "called in the place of those of `Result` and `Option`"
)]
impl<'a, R> Plain<'a, R> {
    /// It came back.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        Ending { outcome: Outcome::Success, error: None }
    }

    /// Whatever came back.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a R> {
        Some(self.0)
    }

    /// Refused.
    #[inline]
    #[must_use]
    pub fn error(&self) -> Option<&'static str>
    where
        R: Fallible,
    {
        None
    }
}

/// A type that can carry an error. `Result` has its own method; nothing else is one.
#[diagnostic::on_unimplemented(
    message = "`err` needs a function that returns a `Result`; this one returns `{Self}`",
    label = "there is no error to write",
    note = "leave `err` out; what else comes back is `ret` in `after(..)`"
)]
pub trait Fallible {}
