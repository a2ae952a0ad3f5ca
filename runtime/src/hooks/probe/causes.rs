//! What an error says of its source, where it can.

use std::{error::Error, ops::Deref};

use crate::trap;

/// An error that may have causes.
#[derive(Debug)]
pub struct Causes<'a, E>(Boxed<'a, E>);

/// What [`Causes`] sees in a type that is no `Error`.
#[derive(Debug)]
pub struct Boxed<'a, E>(NoError<'a, E>);

/// What [`Boxed`] sees in a type that is no box of an `Error`.
#[derive(Debug)]
pub struct NoError<'a, E>(&'a E);

impl<'a, E> Causes<'a, E> {
    /// Those of `error`.
    #[inline]
    #[must_use]
    pub fn new(error: &'a E) -> Self {
        Self(Boxed(NoError(error)))
    }
}

impl<'a, E> Deref for Causes<'a, E> {
    type Target = Boxed<'a, E>;

    #[inline]
    fn deref(&self) -> &Boxed<'a, E> {
        &self.0
    }
}

impl<'a, E> Deref for Boxed<'a, E> {
    type Target = NoError<'a, E>;

    #[inline]
    fn deref(&self) -> &NoError<'a, E> {
        &self.0
    }
}

impl<E: Error> Causes<'_, E> {
    /// The first cause.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Option<&dyn Error> {
        source(self.0.0.0)
    }
}

/// The code of a user's type: its panic is no reason to do anything else.
fn source<'a>(error: &'a (dyn Error + 'a)) -> Option<&'a dyn Error> {
    trap::contained(|| error.source()).flatten().map(|cause| cause as &dyn Error)
}

macro_rules! boxed {
    ($($error:ty),+) => { $(
        impl Boxed<'_, Box<$error>> {
            /// The first cause.
            #[inline]
            #[must_use]
            pub fn first(&self) -> Option<&dyn Error> {
                source(&**self.0.0)
            }
        }
    )+ };
}

boxed! { dyn Error, dyn Error + Send, dyn Error + Send + Sync }

#[expect(clippy::unused_self, reason = "called in the place of those of errors")]
impl<E> NoError<'_, E> {
    /// It says none.
    #[inline]
    #[must_use]
    pub fn first(&self) -> Option<&dyn Error> {
        None
    }
}
