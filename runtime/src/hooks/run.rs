//! Running a body under the eyes of its call.

use std::{
    future::Future,
    marker::PhantomData,
    mem,
    ops::Deref,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::Call;

/// Runs the body of a function.
///
/// Taking it as `FnOnce` is what lets it return a borrow of what it captured: a closure that is
/// called where it stands is taken for `FnMut`.
#[inline]
pub fn run<R>(call: &mut Call, body: impl FnOnce() -> R) -> R {
    let inside = call.resume();
    let returned = body();
    call.leave(inside);
    returned
}

/// Runs the body of a function that is watched from outside; it takes an `FnOnce` as [`run`] does.
#[inline]
pub fn called<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Goes inside the call, whose body is the argument of [`done`].
#[inline]
pub fn inside(call: &mut Call) -> Option<impl Sized + use<>> {
    call.resume()
}

/// The body came back.
#[inline]
pub fn done<R>(call: &mut Call, inside: Option<impl Sized>, returned: R) -> R {
    if call.is_watched() {
        drop(inside);
        call.pause();
    }
    returned
}

/// Runs the body of an async function; gives what it returns, and its call back.
#[inline]
pub fn track<F: Future>(call: Call, body: F) -> Track<F> {
    Track { body, call }
}

pin_project! {
    /// The future of [`track`].
    ///
    /// It owns call and body, as two references to them would wait in the future beside them.
    #[must_use = "a future does nothing unless it is awaited"]
    #[derive(Debug)]
    #[project = Projected]
    pub struct Track<F> {
        // Dropped before the call, so that what that takes belongs to it.
        #[pin]
        body: F,
        call: Call,
    }
}

impl<F: Future> Future for Track<F> {
    type Output = (F::Output, Call);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Projected { body, call } = self.project();
        let inside = call.poll();
        let polled = body.poll(cx);
        if call.is_watched() {
            call.pause();
            drop(inside);
        }
        polled.map(|returned| (returned, mem::replace(call, Call::OFF)))
    }
}

/// A value of the type that an async block is to return. It is called where control never comes,
/// and tells the compiler the type, as the signature does for a function.
pub fn never<R>() -> R {
    loop {
        std::thread::park();
    }
}

/// A returned value and the type that the signature gives it.
///
/// Where the two may be the same, [`known`](Self::known) says that they are, and whatever is open
/// in the value's type is known; where they cannot be, it says nothing, and leaves the error to the
/// place where the value is returned.
#[derive(Debug)]
pub struct Same<R, S>(Differ, PhantomData<(R, S)>);

/// Two types of which nothing is said.
#[derive(Debug)]
pub struct Differ;

impl<R, S> Same<R, S> {
    /// The type of a value, and another.
    pub fn of(_: &R) -> Self {
        Self(Differ, PhantomData)
    }
}

impl<T> Same<T, T> {
    /// They are one type.
    pub fn known(&self) {}
}

impl<R, S> Deref for Same<R, S> {
    type Target = Differ;

    fn deref(&self) -> &Differ {
        &self.0
    }
}

impl Differ {
    /// They are not.
    pub fn known(&self) {}
}
