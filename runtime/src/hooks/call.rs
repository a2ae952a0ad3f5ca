//! One call of a watched function, from its beginning to its end.

use std::{error::Error, mem, ops::Range};

use super::{
    Ending, Site,
    live::{Live, Stage},
    pool,
    required::{AuditError, Cause},
    scope::Inside,
};
use crate::{
    handoff,
    record::{Category, Level, Outcome, Part},
    timing, trap,
    value::{AuditValue, Value},
};

/// A call that is being watched, or one that nobody wants to hear of.
///
/// It is one pointer, because it waits in futures. Dropped before [`Call::done`] or
/// [`Call::finish`], it says what became of it: a panic, or a future that was dropped.
#[must_use]
#[derive(Debug)]
pub struct Call(Option<pool::Slot>);

/// How many causes of an error are written.
const MAX_CAUSES: usize = 16;

/// Whether audit records are wanted: what a watched function asks before anything else; the compiler
/// makes one test of it.
#[inline]
#[must_use]
pub fn audits() -> bool {
    handoff::takes(Category::Audit, Level::Error)
}

/// Whether timings of at least that level are.
#[inline]
#[must_use]
pub fn times(level: Level) -> bool {
    handoff::takes(Category::Performance, level)
}

/// Takes a field's value; it is called with the field's number.
type Take<'a> = &'a mut dyn FnMut(&mut Call, usize);

impl Call {
    /// A call that nobody wants to hear of.
    pub const OFF: Self = Self(None);

    /// Begins a call whose fields have these values.
    #[cold]
    #[inline(never)]
    pub fn begin(site: &'static Site, values: &[&dyn AuditValue]) -> Self {
        Self::begin_with(site, 0..values.len(), &mut |call, number| {
            if let Some(value) = values.get(number) {
                call.field(number, value.value());
            }
        })
    }

    /// Begins a call with the fields of those numbers.
    #[cold]
    #[inline(never)]
    pub fn begin_with(site: &'static Site, numbers: Range<usize>, take: Take<'_>) -> Self {
        let mut call = Self::open(site);
        if call.is_on() {
            call.fields(numbers, take);
            call.start();
        }
        call
    }

    /// Begins a call whose fields follow, and then [`Call::start`].
    #[cold]
    #[inline(never)]
    pub fn open(site: &'static Site) -> Self {
        if !timing::drawn(site.sample) {
            return Self::OFF;
        }
        Live::of(site).map_or(Self::OFF, Self::of)
    }

    pub(super) fn of(live: Live) -> Self {
        Self(Some(pool::take(live)))
    }

    /// Whether anybody wants to hear of it.
    #[inline]
    pub fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// Whether its fields are wanted.
    #[inline(never)]
    pub fn is_on(&self) -> bool {
        matches!(self.0.as_deref(), Some(Some(Live { frame: Some(_), .. })))
    }

    fn live(&mut self) -> Option<&mut Live> {
        self.0.as_deref_mut()?.as_mut()
    }

    fn take(&mut self) -> Option<Live> {
        self.0.take().and_then(pool::give_back)
    }

    /// Takes the values of the site's fields of those numbers: `take` is called with each number.
    /// Where one panics, the record says so in its place.
    #[inline(never)]
    pub fn fields(&mut self, numbers: Range<usize>, take: Take<'_>) {
        let Range { start: mut next, end } = numbers;
        while next < end {
            let all = trap::contained(|| {
                while next < end {
                    take(self, next);
                    next += 1;
                }
            });
            if all.is_none() {
                if let Some(Live { frame: Some(frame), road, .. }) = self.live() {
                    frame.field_panicked(road.capture(), next);
                }
                next += 1;
            }
        }
    }

    /// Takes the value of the site's field of that number.
    #[inline(never)]
    pub fn field(&mut self, number: usize, value: Value<'_>) {
        if let Some(Live { frame: Some(frame), road, .. }) = self.live() {
            frame.field(road.capture(), number, value);
        }
    }

    /// The fields are taken; what the body takes counts from now on.
    #[inline(never)]
    pub fn start(&mut self) {
        if let Some(live) = self.live() {
            live.begin();
        }
    }

    /// Records what is about to be done, before it is done.
    ///
    /// # Errors
    ///
    /// [`AuditError`] when that is in no file; the body must not run.
    #[inline(never)]
    pub fn intent(&mut self, operation: &'static str) -> Result<(), AuditError> {
        let refuse = |cause| Err(AuditError::new(operation, cause));
        let Some(live) = self.live() else {
            let is_set_up = handoff::current().is_some();
            return refuse(if is_set_up { Cause::Off } else { Cause::NotSetUp });
        };
        if live.intend() {
            return Ok(());
        }
        self.take();
        refuse(Cause::NotWritten)
    }

    /// The body follows, and its end is the end of a function that returns something.
    #[inline]
    pub fn returns(&mut self) {
        if let Some(Live { stage: Stage::Begun { otherwise, .. }, .. }) = self.live() {
            *otherwise = Some(Outcome::Success);
        }
    }

    /// The body runs from now on.
    #[inline]
    pub(super) fn resume(&mut self) -> Option<Inside> {
        self.0.as_deref_mut().and_then(resume)
    }

    /// The body is polled from now on.
    #[inline]
    pub(super) fn poll(&mut self) -> Option<Inside> {
        self.0.as_deref_mut().and_then(poll)
    }

    /// The body came back, and its thread is no longer inside: one path, so that the caller needs
    /// no flag that says whether `inside` is still to be dropped.
    #[inline]
    pub(super) fn leave(&mut self, inside: Option<Inside>) {
        match self.0.as_deref_mut() {
            Some(slot) => leave(slot, inside),
            // It went inside of nothing.
            None => mem::forget(inside),
        }
    }

    /// The body came back: it is done, or waits.
    #[inline]
    pub(super) fn pause(&mut self) {
        if let Some(slot) = self.0.as_deref_mut() {
            pause(slot);
        }
    }

    /// The body is done, and more is to be said of it before [`Call::finish`].
    #[inline(never)]
    pub fn end(&mut self, ending: Ending) {
        if let Some(live) = self.live() {
            live.ended(ending);
        }
    }

    /// The body is done, and nothing more is to be said: the record is handed off.
    #[inline]
    pub fn done(mut self, ending: Ending) {
        if let Some(slot) = self.0.take() {
            done(slot, ending);
        }
    }

    /// Whether it ended in success.
    #[inline]
    #[must_use]
    pub fn succeeded(&mut self) -> bool {
        self.live().is_some_and(Live::succeeded)
    }

    /// Takes the text of the error that came back, or the error as JSON.
    #[inline(never)]
    pub fn error(&mut self, error: Value<'_>) {
        if let Some(Live { frame: Some(frame), road, .. }) = self.live() {
            let (part, key) = match error {
                Value::Json(_) => (Part::ErrorValue, "value"),
                _ => (Part::ErrorMessage, "message"),
            };
            frame.named(road.capture(), part, key, error);
        }
    }

    /// Takes the texts of the error's cause, of the cause's cause, and so on.
    #[inline(never)]
    pub fn causes(&mut self, first: Option<&dyn Error>) {
        let Some(Live { frame: Some(frame), road, .. }) = self.live() else { return };
        let capture = road.capture();
        let take = move || {
            let mut cause = first;
            for _ in 0..MAX_CAUSES {
                let Some(error) = cause else { break };
                frame.named(capture, Part::ErrorCause, "chain", Value::Display(&error));
                cause = error.source();
            }
        };
        if trap::contained(take).is_none() {
            capture.counters.values_panicked.add_one();
        }
    }

    /// Everything is known: the record is handed off.
    #[inline(never)]
    pub fn finish(mut self) {
        if let Some(live) = self.take() {
            live.hand_off();
        }
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            abandon(slot);
        }
    }
}

#[cold]
#[inline(never)]
fn resume(slot: &mut Option<Live>) -> Option<Inside> {
    slot.as_mut().map(Live::resume)
}

#[cold]
#[inline(never)]
fn poll(slot: &mut Option<Live>) -> Option<Inside> {
    slot.as_mut().map(Live::poll)
}

#[cold]
#[inline(never)]
fn leave(slot: &mut Option<Live>, inside: Option<Inside>) {
    drop(inside);
    pause(slot);
}

#[cold]
#[inline(never)]
fn pause(slot: &mut Option<Live>) {
    if let Some(live) = slot {
        live.pause();
    }
}

#[cold]
#[inline(never)]
fn done(slot: pool::Slot, ending: Ending) {
    if let Some(mut live) = pool::give_back(slot) {
        live.ended(ending);
        live.hand_off();
    }
}

#[cold]
#[inline(never)]
fn abandon(slot: pool::Slot) {
    if let Some(live) = pool::give_back(slot) {
        live.abandon();
    }
}
