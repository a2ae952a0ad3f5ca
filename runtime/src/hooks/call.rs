//! One call of a watched function, from its beginning to its end.

use std::{error::Error, ops::Range};

use super::{
    Ending, Site,
    live::Live,
    pool,
    required::{AuditError, Cause},
    scope::Inside,
};
use crate::{
    frame::{Capture, Frame},
    handoff::{self, Road},
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

/// Takes the values of fields, from that number on.
pub(super) type Take<'a> = &'a mut dyn FnMut(&mut Live, usize);

impl Call {
    /// A call that nobody wants to hear of.
    pub const OFF: Self = Self(None);

    /// Begins a call whose fields have these values.
    #[cold]
    #[inline(never)]
    pub fn begin(site: &'static Site, values: &[&dyn AuditValue]) -> Self {
        Self::listed(site, values)
    }

    #[expect(clippy::inline_always, reason = "it is done at two places")]
    #[inline(always)]
    pub(super) fn listed(site: &'static Site, values: &[&dyn AuditValue]) -> Self {
        Self::taken(site, 0..values.len(), &mut |call, from| {
            for (number, value) in values.iter().enumerate().skip(from) {
                call.field(number, value.value());
            }
        })
    }

    /// Begins a call with the fields of those numbers.
    #[cold]
    #[inline(never)]
    pub fn begin_with(site: &'static Site, numbers: Range<usize>, take: Take<'_>) -> Self {
        Self::taken(site, numbers, take)
    }

    #[expect(clippy::inline_always, reason = "it is done at few places")]
    #[inline(always)]
    pub(super) fn taken(site: &'static Site, numbers: Range<usize>, take: Take<'_>) -> Self {
        let mut call = Self::opened(site);
        if let Some(live) = call.0.as_deref_mut()
            && live.is_capturing()
        {
            // Of a new one the first field is the next.
            fields(live, numbers, take);
            live.begin_framed();
        }
        call
    }

    /// Begins a call whose fields follow, and then [`Call::start`].
    #[cold]
    #[inline(never)]
    pub fn open(site: &'static Site) -> Self {
        Self::opened(site)
    }

    #[expect(clippy::inline_always, reason = "it is done at two places")]
    #[inline(always)]
    fn opened(site: &'static Site) -> Self {
        if !timing::drawn(site.sample) {
            return Self::OFF;
        }
        match handoff::for_record() {
            Some(road) => Self::of(site, road),
            None => Self::OFF,
        }
    }

    #[expect(clippy::inline_always, reason = "it is done at two places")]
    #[inline(always)]
    pub(super) fn of(site: &'static Site, road: &'static Road) -> Self {
        Self(Some(pool::take(site, road)))
    }

    /// Whether anybody wants to hear of it.
    #[inline]
    pub fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// Whether its fields are wanted.
    #[inline(never)]
    pub fn is_on(&self) -> bool {
        self.0.as_deref().is_some_and(Live::is_capturing)
    }

    #[inline]
    fn capturing(&mut self) -> Option<(&mut Frame, &'static Capture)> {
        self.0.as_deref_mut()?.capturing()
    }

    /// Takes the values of the site's fields of those numbers: `take` takes them from a number on.
    /// Where one panics, the record says so in its place, and `take` goes on behind it.
    #[inline(never)]
    pub fn fields(&mut self, numbers: Range<usize>, take: Take<'_>) {
        if let Some(live) = self.0.as_deref_mut()
            && numbers.start < numbers.end
        {
            live.frame.set_next(numbers.start);
            fields(live, numbers, take);
        }
    }

    /// Takes the value of the site's field of that number.
    #[inline]
    pub fn field(&mut self, number: usize, value: Value<'_>) {
        if let Some(live) = &mut self.0 {
            live.field(number, value);
        }
    }

    /// Takes text of the program's own source as the site's field of that number.
    #[inline]
    pub fn literal(&mut self, number: usize, text: &'static str) {
        if let Some(live) = &mut self.0 {
            live.literal(number, text);
        }
    }

    /// The fields are taken; what the body takes counts from now on.
    #[inline(never)]
    pub fn start(&mut self) {
        if let Some(live) = &mut self.0 {
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
        let Some(live) = &mut self.0 else {
            let is_set_up = handoff::current().is_some();
            return refuse(if is_set_up { Cause::Off } else { Cause::NotSetUp });
        };
        if live.intend() {
            return Ok(());
        }
        if let Some(slot) = self.0.take() {
            pool::give_back(slot);
        }
        refuse(Cause::NotWritten)
    }

    /// The body follows, and its end is the end of a function that returns something.
    #[inline]
    pub fn returns(&mut self) {
        if let Some(live) = self.0.as_deref_mut() {
            live.otherwise = Some(Outcome::Success);
        }
    }

    /// The body follows at once.
    #[inline]
    pub fn entered(mut self) -> Self {
        if let Some(live) = self.0.as_deref_mut() {
            live.outside = Some(live.resume().stay());
        }
        self
    }

    /// The body runs from now on.
    #[inline]
    pub(super) fn resume(&mut self) -> Option<Inside> {
        self.0.as_deref_mut().map(resume)
    }

    /// The body is polled from now on.
    #[inline]
    pub(super) fn poll(&mut self) -> Option<Inside> {
        self.0.as_deref_mut().map(poll)
    }

    /// The body came back.
    #[inline(never)]
    pub(super) fn over(mut self) -> Self {
        if let Some(live) = self.0.as_deref_mut() {
            leave(live);
            live.pause();
        }
        self
    }

    /// The body panicked.
    #[inline]
    pub(super) fn unwound(&mut self) {
        if let Some(slot) = self.0.take() {
            unwound(slot);
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
        if let Some(live) = &mut self.0 {
            live.ended(ending);
        }
    }

    /// The body is done, and nothing more is to be said: the record is handed off.
    #[inline(never)]
    pub fn done(mut self, ending: Ending) {
        if let Some(slot) = self.0.take() {
            done(slot, ending);
        }
    }

    /// Whether it ended in success.
    #[inline]
    #[must_use]
    pub fn succeeded(&mut self) -> bool {
        self.0.as_deref().is_some_and(Live::succeeded)
    }

    /// Takes the text of the error that came back, or the error as JSON.
    #[inline(never)]
    pub fn error(&mut self, error: Value<'_>) {
        if let Some((frame, capture)) = self.capturing() {
            let (part, key) = match error {
                Value::Json(_) => (Part::ErrorValue, "value"),
                _ => (Part::ErrorMessage, "message"),
            };
            frame.named(capture, part, key, error);
        }
    }

    /// Takes the texts of the error's cause, of the cause's cause, and so on.
    #[inline(never)]
    pub fn causes(&mut self, first: Option<&dyn Error>) {
        let Some((frame, capture)) = self.capturing() else { return };
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
        if let Some(slot) = self.0.take() {
            finish(slot);
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

#[inline]
fn fields(live: &mut Live, Range { start, end }: Range<usize>, take: Take<'_>) {
    if trap::contained(|| take(live, start)).is_none() {
        others(live, end, take);
    }
}

/// Goes on behind a field that panicked.
#[cold]
#[inline(never)]
fn others(live: &mut Live, end: usize, take: Take<'_>) {
    loop {
        let panicked = live.frame.next();
        if let Some((frame, capture)) = live.capturing() {
            frame.field_panicked(capture, panicked);
        }
        let next = panicked + 1;
        live.frame.set_next(next);
        if next >= end || trap::contained(|| take(live, next)).is_some() {
            return;
        }
    }
}

#[inline(never)]
fn resume(live: &mut Live) -> Inside {
    live.resume()
}

#[inline(never)]
fn poll(live: &mut Live) -> Inside {
    live.poll()
}

#[inline(never)]
fn pause(live: &mut Live) {
    live.pause();
}

#[expect(clippy::inline_always, reason = "it is done at one place")]
#[inline(always)]
fn done(mut slot: pool::Slot, ending: Ending) {
    let Some(start) = slot.simple(&ending) else { return done_otherwise(slot, ending) };
    slot.end_simply(start);
    pool::give_back(slot);
}

#[inline(never)]
fn done_otherwise(mut slot: pool::Slot, ending: Ending) {
    if slot.ended(ending) {
        slot.hand_off_line();
    }
    pool::give_back(slot);
}

#[expect(clippy::inline_always, reason = "it is done at two places")]
#[inline(always)]
fn finish(slot: pool::Slot) {
    slot.hand_off();
    pool::give_back(slot);
}

/// The body is over, if it was entered.
#[inline]
fn leave(live: &mut Live) {
    if let Some(outside) = live.outside.take() {
        outside.back();
    }
}

#[cold]
#[inline(never)]
fn unwound(mut slot: pool::Slot) {
    leave(&mut slot);
    abandon(slot);
}

#[cold]
#[inline(never)]
fn abandon(mut slot: pool::Slot) {
    slot.abandon();
    pool::give_back(slot);
}
