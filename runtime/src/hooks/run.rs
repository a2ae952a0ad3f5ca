//! Running a body under the eyes of its call.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::Call;

/// Runs the body of a function.
///
/// Taking it as `FnOnce` is what lets it return a borrow of what it captured: a closure that is
/// called where it stands is taken for `FnMut`.
#[inline]
pub fn run<R>(call: &mut Call, body: impl FnOnce() -> R) -> R {
    let inside = call.resume();
    let returned = body();
    if call.is_watched() {
        drop(inside);
        call.pause();
    }
    returned
}

/// Runs the body of an async function.
#[inline]
pub fn track<'a, F: Future>(call: &'a mut Call, body: Pin<&'a mut F>) -> Track<'a, F> {
    Track { call, body }
}

/// The future of [`track`].
#[must_use = "a future does nothing unless it is awaited"]
#[derive(Debug)]
pub struct Track<'a, F> {
    call: &'a mut Call,
    body: Pin<&'a mut F>,
}

impl<F: Future> Future for Track<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let track = &mut *self;
        let inside = track.call.poll();
        let polled = track.body.as_mut().poll(cx);
        if track.call.is_watched() {
            track.call.pause();
            drop(inside);
        }
        polled
    }
}

/// A value of the type that an async block is to return. It is called where control never comes,
/// and tells the compiler the type, as the signature does for a function.
pub fn never<R>() -> R {
    loop {
        std::thread::park();
    }
}
