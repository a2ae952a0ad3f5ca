//! Running a body under the eyes of its call.

use std::{
    future::Future,
    marker::PhantomData,
    mem::{self, ManuallyDrop},
    ops::{Deref, Range},
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{Call, Site, call::Take};
use crate::value::AuditValue;

/// A call of which only its body and its end are to come.
///
/// It is dropped without a word: [`run`] and [`track`] see to a body that panics or is left, so
/// that a watched function needs no code for either.
#[must_use]
#[derive(Debug)]
pub struct Running(State);

/// Off and on stay two words, so that the compiler knows on which path it is without a look at
/// what the beginning gave back: what is switched off then needs no room on the stack.
#[derive(Debug)]
enum State {
    Off,
    On(ManuallyDrop<Call>),
}

impl Running {
    /// A call that nobody wants to hear of.
    pub const OFF: Self = Self(State::Off);

    /// Begins a call whose fields have these values, and whose body follows at once.
    #[inline]
    pub fn enter(site: &'static Site, values: &[&dyn AuditValue]) -> Self {
        Self::of(Call::enter(site, values))
    }

    /// Begins a call with the fields of those numbers, whose body follows at once.
    #[inline]
    pub fn enter_with(site: &'static Site, numbers: Range<usize>, take: Take<'_>) -> Self {
        Self::of(Call::enter_with(site, numbers, take))
    }

    /// Begins a call whose fields have these values, and whose body is polled.
    #[inline]
    pub fn begin(site: &'static Site, values: &[&dyn AuditValue]) -> Self {
        Self::of(Call::begin(site, values))
    }

    /// Begins a call with the fields of those numbers, whose body is polled.
    #[inline]
    pub fn begin_with(site: &'static Site, numbers: Range<usize>, take: Take<'_>) -> Self {
        Self::of(Call::begin_with(site, numbers, take))
    }

    /// That call.
    #[inline]
    pub fn of(call: Call) -> Self {
        Self(State::On(ManuallyDrop::new(call)))
    }

    #[inline]
    fn call(self) -> Call {
        match self.0 {
            State::Off => Call::OFF,
            State::On(call) => ManuallyDrop::into_inner(call),
        }
    }

    /// Whether somebody wanted to hear of it; it may be one of those that are not watched all the same.
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        matches!(self.0, State::On(_))
    }

    /// Whether anybody wants to hear of it.
    #[inline]
    pub fn is_watched(&self) -> bool {
        matches!(&self.0, State::On(call) if call.is_watched())
    }

    /// The call, whose body came back.
    #[inline]
    pub fn over(self) -> Call {
        self.call().over()
    }
}

impl Call {
    /// Begins a call whose fields have these values, and whose body follows at once.
    #[cold]
    #[inline(never)]
    fn enter(site: &'static Site, values: &[&dyn AuditValue]) -> Self {
        Self::listed(site, values).entered()
    }

    /// Begins a call with the fields of those numbers, whose body follows at once.
    #[cold]
    #[inline(never)]
    fn enter_with(site: &'static Site, numbers: Range<usize>, take: Take<'_>) -> Self {
        Self::taken(site, numbers, take).entered()
    }
}

/// A call whose body runs; dropped before that is over, it has panicked.
struct Within<'a>(Option<&'a mut Running>);

impl Drop for Within<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(Running(State::On(call))) = &mut self.0 {
            call.unwound();
        }
    }
}

/// Runs the body of a function.
///
/// Taking it as `FnOnce` is what lets it return a borrow of what it captured: a closure that is
/// called where it stands is taken for `FnMut`.
#[inline]
pub fn run<R>(call: &mut Running, body: impl FnOnce() -> R) -> R {
    let mut within = Within(Some(call));
    let returned = body();
    within.0 = None;
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
pub fn track<F: Future>(call: Running, body: F) -> Track<F> {
    Track { body, call: call.call() }
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
    type Output = (F::Output, Running);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Projected { body, call } = self.project();
        let inside = call.poll();
        let polled = body.poll(cx);
        if call.is_watched() {
            call.pause();
            drop(inside);
        }
        polled.map(|returned| (returned, Running::of(mem::replace(call, Call::OFF))))
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
