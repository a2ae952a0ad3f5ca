//! The layers: from the types that say most of how a call ended to those that say nothing.

use std::{any::type_name, ops::Deref, task::Poll};

use super::{AuditOutcome, Ending};
use crate::record::Outcome;

macro_rules! layers {
    ($($(#[$doc:meta])* $layer:ident => $next:ident)+) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $layer<'a, R>($next<'a, R>);

        impl<'a, R> $layer<'a, R> {
            #[inline]
            fn over(returned: &'a R) -> Self {
                Self($next::over(returned))
            }
        }

        impl<'a, R> Deref for $layer<'a, R> {
            type Target = $next<'a, R>;

            #[inline]
            fn deref(&self) -> &$next<'a, R> {
                &self.0
            }
        }
    )+ };
}

layers! {
    /// Looks at what a body returned: value and error say how it ended.
    Probe => Fails
    /// The error says it.
    Fails => Yields
    /// The value inside says it.
    Yields => Itself
    /// The returned value says it.
    Itself => Known
    /// The standard library's types say it.
    Known => Polled
    /// A poll says whether there is a value.
    Polled => Plain
}

/// What the layers see in a type that they do not know.
#[derive(Debug)]
pub struct Plain<'a, R>(&'a R);

impl<'a, R> Plain<'a, R> {
    #[inline]
    fn over(returned: &'a R) -> Self {
        Self(returned)
    }

    #[inline]
    fn returned(&self) -> &'a R {
        self.0
    }
}

impl<'a, R> Probe<'a, R> {
    /// Looks at `returned`.
    #[inline]
    #[must_use]
    pub fn new(returned: &'a R) -> Self {
        Self::over(returned)
    }
}

fn failed<E>(outcome: Outcome) -> Ending {
    Ending { outcome, error: Some(type_name::<E>()) }
}

impl<T: AuditOutcome, E: AuditOutcome> Probe<'_, Result<T, E>> {
    /// As value or error say.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self.returned() {
            Ok(value) => Ending::of(value.outcome()),
            Err(error) => failed::<E>(error.outcome()),
        }
    }
}

impl<T, E: AuditOutcome> Fails<'_, Result<T, E>> {
    /// As the error says.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self.returned() {
            Ok(_) => Ending::of(Outcome::Success),
            Err(error) => failed::<E>(error.outcome()),
        }
    }
}

impl<T: AuditOutcome, E> Yields<'_, Result<T, E>> {
    /// As the value says.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self.returned() {
            Ok(value) => Ending::of(value.outcome()),
            Err(_) => failed::<E>(Outcome::Failure),
        }
    }
}

impl<T: AuditOutcome> Yields<'_, Option<T>> {
    /// As the value says.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        Ending::of(self.returned().as_ref().map_or(Outcome::None, T::outcome))
    }
}

impl<R: AuditOutcome> Itself<'_, R> {
    /// As it says.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        Ending::of(self.returned().outcome())
    }
}

impl<'a, T, E> Known<'a, Result<T, E>> {
    /// Whether it failed, and with what type of error.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self.returned() {
            Ok(_) => Ending::of(Outcome::Success),
            Err(_) => failed::<E>(Outcome::Failure),
        }
    }

    /// The value of success.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a T> {
        self.returned().as_ref().ok()
    }

    /// The value inside `Ok`.
    #[inline]
    #[must_use]
    pub fn fruit(&self) -> Option<&'a T> {
        self.good()
    }

    /// The error.
    #[inline]
    #[must_use]
    pub fn error(&self) -> Option<&'a E> {
        self.returned().as_ref().err()
    }
}

impl<'a, T> Known<'a, Option<T>> {
    /// Whether there is a value.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        let some = self.returned().is_some();
        Ending::of(if some { Outcome::Success } else { Outcome::None })
    }

    /// The value, where there is one.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a T> {
        self.returned().as_ref()
    }
}

impl<'a, T, E> Known<'a, Poll<Result<T, E>>> {
    /// Whether it is ready, and whether it failed.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        match self.returned() {
            Poll::Ready(Ok(_)) => Ending::of(Outcome::Success),
            Poll::Ready(Err(_)) => failed::<E>(Outcome::Failure),
            Poll::Pending => Ending::of(Outcome::None),
        }
    }

    /// The value of success.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a T> {
        match self.returned() {
            Poll::Ready(Ok(value)) => Some(value),
            _ => None,
        }
    }

    /// The value inside `Ok`.
    #[inline]
    #[must_use]
    pub fn fruit(&self) -> Option<&'a T> {
        self.good()
    }

    /// The error.
    #[inline]
    #[must_use]
    pub fn error(&self) -> Option<&'a E> {
        match self.returned() {
            Poll::Ready(Err(error)) => Some(error),
            _ => None,
        }
    }
}

impl<'a, T> Polled<'a, Poll<T>> {
    /// Whether it is ready.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        let ready = self.returned().is_ready();
        Ending::of(if ready { Outcome::Success } else { Outcome::None })
    }

    /// The value, where it is ready.
    #[inline]
    #[must_use]
    pub fn good(&self) -> Option<&'a T> {
        match self.returned() {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }
}

#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "called in the place of those of the layers above"
)]
impl<'a, R> Plain<'a, R> {
    /// It came back.
    #[inline]
    #[must_use]
    pub fn ending(&self) -> Ending {
        Ending::of(Outcome::Success)
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
    pub fn fruit(&self) -> Option<&'a R>
    where
        R: Fruitful,
    {
        None
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
    message = "`err` and `denied` need a function that returns a `Result`; this one returns `{Self}`",
    label = "there is no error",
    note = "what else comes back is `ret` in `ret(..)` and `after(..)`; `outcome = path` judges it"
)]
pub trait Fallible {}

/// A type that has an `Ok`. `Result` has its own method; nothing else is one.
#[diagnostic::on_unimplemented(
    message = "`ok(..)` needs a function that returns a `Result`; this one returns `{Self}`",
    label = "there is no `Ok`",
    note = "use `ret(..)` for whatever comes back, or `after(..)` for the state after a success"
)]
pub trait Fruitful {}
