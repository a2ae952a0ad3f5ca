//! The layers: from the types that say most of how a call ended to those that say nothing.

use std::{any::type_name, ops::Deref, task::Poll};

use super::{AuditOutcome, Ending};
use crate::{hooks::Running, record::Outcome};

/// Looks at what a body returned.
#[derive(Debug)]
pub struct Probe<'a, R>(Polled<'a, R>);

/// What [`Probe`] sees in a type that it does not know: a poll says whether there is a value.
#[derive(Debug)]
pub struct Polled<'a, R>(Plain<'a, R>);

/// What [`Polled`] sees in a type that is none.
#[derive(Debug)]
pub struct Plain<'a, R>(&'a R);

/// Looks at `returned`.
#[inline]
pub fn probe<R>(returned: &R) -> Probe<'_, R> {
    Probe(Polled(Plain(returned)))
}

macro_rules! copied {
    ($($layer:ident)+) => { $(
        impl<R> Clone for $layer<'_, R> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<R> Copy for $layer<'_, R> {}
    )+ };
}

copied! { Probe Polled Plain }

impl<'a, R> Deref for Probe<'a, R> {
    type Target = Polled<'a, R>;

    #[inline]
    fn deref(&self) -> &Polled<'a, R> {
        &self.0
    }
}

impl<'a, R> Deref for Polled<'a, R> {
    type Target = Plain<'a, R>;

    #[inline]
    fn deref(&self) -> &Plain<'a, R> {
        &self.0
    }
}

impl<'a, R> Probe<'a, R> {
    #[inline]
    fn returned(self) -> &'a R {
        self.0.0.0
    }
}

fn failed<E>(outcome: Outcome) -> Ending {
    Ending { outcome, error: Some(type_name::<E>()) }
}

/// How a call ended. It is asked of `&&&Probe`: each `&` is a layer that says more than those
/// behind it, and the compiler takes the first that fits.
pub trait Ends {
    /// Whether code of the program's own says how it ended.
    const ASKS: bool;

    /// How it ended.
    fn ending(self) -> Ending;

    /// Ends the call so.
    #[inline]
    fn end(self, call: Running)
    where
        Self: Sized,
    {
        // Nobody is asked how a call ended that is not watched.
        if if Self::ASKS { call.is_watched() } else { call.is_on() } {
            let call = call.over();
            call.done(self.ending());
        }
    }
}

macro_rules! ends {
    ($asks:literal: $(
        $(#[$doc:meta])* [$($generics:tt)*] $layer:ty: |$returned:ident| $ending:expr;
    )+) => { $(
        $(#[$doc])*
        impl<$($generics)*> Ends for $layer {
            const ASKS: bool = $asks;

            #[inline]
            fn ending(self) -> Ending {
                let $returned = self.returned();
                $ending
            }
        }
    )+ };
}

ends! { true:
    /// As value or error say.
    [T: AuditOutcome, E: AuditOutcome] &&&Probe<'_, Result<T, E>>: |returned| match returned {
        Ok(value) => Ending::of(value.outcome()),
        Err(error) => failed::<E>(error.outcome()),
    };
    /// As the error says.
    [T, E: AuditOutcome] &&Probe<'_, Result<T, E>>: |returned| match returned {
        Ok(_) => Ending::of(Outcome::Success),
        Err(error) => failed::<E>(error.outcome()),
    };
    /// As the value says.
    [T: AuditOutcome, E] &Probe<'_, Result<T, E>>: |returned| match returned {
        Ok(value) => Ending::of(value.outcome()),
        Err(_) => failed::<E>(Outcome::Failure),
    };
    /// As the value says.
    [T: AuditOutcome] &Probe<'_, Option<T>>: |returned| {
        Ending::of(returned.as_ref().map_or(Outcome::None, T::outcome))
    };
    /// As it says.
    [R: AuditOutcome] Probe<'_, R>: |returned| Ending::of(returned.outcome());
}

ends! { false:
    /// Whether it failed, and with what type of error.
    [T, E] Probe<'_, Result<T, E>>: |returned| match returned {
        Ok(_) => Ending::of(Outcome::Success),
        Err(_) => failed::<E>(Outcome::Failure),
    };
    /// Whether there is a value.
    [T] Probe<'_, Option<T>>: |returned| {
        Ending::of(if returned.is_some() { Outcome::Success } else { Outcome::None })
    };
    /// Whether it is ready, and whether it failed.
    [T, E] Probe<'_, Poll<Result<T, E>>>: |returned| match returned {
        Poll::Ready(Ok(_)) => Ending::of(Outcome::Success),
        Poll::Ready(Err(_)) => failed::<E>(Outcome::Failure),
        Poll::Pending => Ending::of(Outcome::None),
    };
}

impl<'a, T, E> Probe<'a, Result<T, E>> {
    /// The value of success.
    #[inline]
    #[must_use]
    pub fn good(self) -> Option<&'a T> {
        self.returned().as_ref().ok()
    }

    /// The value inside `Ok`.
    #[inline]
    #[must_use]
    pub fn fruit(self) -> Option<&'a T> {
        self.good()
    }

    /// The error.
    #[inline]
    #[must_use]
    pub fn error(self) -> Option<&'a E> {
        self.returned().as_ref().err()
    }
}

impl<'a, T> Probe<'a, Option<T>> {
    /// The value, where there is one.
    #[inline]
    #[must_use]
    pub fn good(self) -> Option<&'a T> {
        self.returned().as_ref()
    }
}

impl<'a, T, E> Probe<'a, Poll<Result<T, E>>> {
    /// The value of success.
    #[inline]
    #[must_use]
    pub fn good(self) -> Option<&'a T> {
        match self.returned() {
            Poll::Ready(Ok(value)) => Some(value),
            _ => None,
        }
    }

    /// The value inside `Ok`.
    #[inline]
    #[must_use]
    pub fn fruit(self) -> Option<&'a T> {
        self.good()
    }

    /// The error.
    #[inline]
    #[must_use]
    pub fn error(self) -> Option<&'a E> {
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
    pub fn ending(self) -> Ending {
        let ready = self.0.0.is_ready();
        Ending::of(if ready { Outcome::Success } else { Outcome::None })
    }

    /// Ends the call so.
    #[inline]
    pub fn end(self, call: Running) {
        if call.is_on() {
            call.over().done(self.ending());
        }
    }

    /// The value, where it is ready.
    #[inline]
    #[must_use]
    pub fn good(self) -> Option<&'a T> {
        match self.0.0 {
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
    pub fn ending(self) -> Ending {
        Ending::of(Outcome::Success)
    }

    /// Ends the call so.
    #[inline]
    pub fn end(self, call: Running) {
        if call.is_on() {
            call.over().done(self.ending());
        }
    }

    /// Whatever came back.
    #[inline]
    #[must_use]
    pub fn good(self) -> Option<&'a R> {
        Some(self.0)
    }

    /// Refused.
    #[inline]
    #[must_use]
    pub fn fruit(self) -> Option<&'a R>
    where
        R: Fruitful,
    {
        None
    }

    /// Refused.
    #[inline]
    #[must_use]
    pub fn error(self) -> Option<&'static str>
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
