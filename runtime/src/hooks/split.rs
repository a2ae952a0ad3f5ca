//! What `?` can be written behind.

use std::{ops::ControlFlow, task::Poll};

/// A value that `?` goes on with, or returns.
pub trait Split: Sized {
    /// What it goes on with.
    type Good;

    /// # Errors
    ///
    /// The value, where `?` returns it.
    fn split(self) -> Result<Self::Good, Self>;
}

/// What `?` goes on with.
///
/// # Errors
///
/// What it returns.
#[inline]
pub fn split<S: Split>(value: S) -> Result<S::Good, S> {
    value.split()
}

impl<T, E> Split for Result<T, E> {
    type Good = T;

    fn split(self) -> Result<T, Self> {
        self.map_err(Err)
    }
}

impl<T> Split for Option<T> {
    type Good = T;

    fn split(self) -> Result<T, Self> {
        self.ok_or(None)
    }
}

impl<B, C> Split for ControlFlow<B, C> {
    type Good = C;

    fn split(self) -> Result<C, Self> {
        match self {
            Self::Continue(good) => Ok(good),
            Self::Break(rest) => Err(Self::Break(rest)),
        }
    }
}

impl<T, E> Split for Poll<Result<T, E>> {
    type Good = Poll<T>;

    fn split(self) -> Result<Poll<T>, Self> {
        match self {
            Self::Ready(Ok(good)) => Ok(Poll::Ready(good)),
            Self::Pending => Ok(Poll::Pending),
            rest @ Self::Ready(Err(_)) => Err(rest),
        }
    }
}

impl<T, E> Split for Poll<Option<Result<T, E>>> {
    type Good = Poll<Option<T>>;

    fn split(self) -> Result<Poll<Option<T>>, Self> {
        match self {
            Self::Ready(Some(Ok(good))) => Ok(Poll::Ready(Some(good))),
            Self::Ready(None) => Ok(Poll::Ready(None)),
            Self::Pending => Ok(Poll::Pending),
            rest @ Self::Ready(Some(Err(_))) => Err(rest),
        }
    }
}
