//! One call of a watched function, from its beginning to its end.

use std::{error::Error, ops::Range};

use super::{
    Ending, Site,
    live::{Live, Stage},
    pool,
    required::{AuditError, Cause},
    scope::Inside,
};
use crate::{
    handoff,
    record::{Category, Outcome, Part},
    timing, trap,
    value::Value,
};

/// A call that is being watched, or one that nobody wants to hear of.
///
/// It is one pointer, because it waits in futures. Dropped before [`Call::finish`], it says what
/// became of it: a panic, or a future that was dropped.
#[must_use]
#[derive(Debug)]
pub struct Call(Option<pool::Slot>);

/// How many causes of an error are written.
const MAX_CAUSES: usize = 16;

/// How deep calls may be recorded within the values of calls.
const MAX_DEPTH: u32 = 16;

impl Call {
    /// Begins a call.
    #[inline]
    pub fn enter(site: &'static Site) -> Self {
        if handoff::takes(site.callsite.category, site.gate) { begin(site) } else { Self(None) }
    }

    pub(super) fn of(live: Live) -> Self {
        Self(Some(pool::take(live)))
    }

    /// A call that nobody wants to hear of.
    pub(super) const fn unwatched() -> Self {
        Self(None)
    }

    /// Whether anybody wants to hear of it.
    #[inline]
    pub(super) fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// Whether its fields are wanted; once its body ran, whether what came back is.
    #[inline]
    pub fn is_on(&self) -> bool {
        matches!(&self.0, Some(slot) if slot.as_ref().as_ref().is_some_and(|live| live.is_on))
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
    pub fn fields(&mut self, numbers: Range<usize>, take: &mut dyn FnMut(&mut Self, usize)) {
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
    #[inline(never)]
    pub(super) fn resume(&mut self) -> Option<Inside> {
        self.live().map(Live::resume)
    }

    /// The body is polled from now on.
    #[inline(never)]
    pub(super) fn poll(&mut self) -> Option<Inside> {
        self.live().map(Live::poll)
    }

    /// The body came back: it is done, or waits.
    #[inline(never)]
    pub(super) fn pause(&mut self) {
        if let Some(live) = self.live() {
            live.pause();
        }
    }

    /// The body is done.
    #[inline(never)]
    pub fn end(&mut self, ending: Ending) {
        if let Some(live) = self.live() {
            live.end(Some(ending.outcome));
            if let (Some(frame), Some(kind)) = (&mut live.frame, ending.error) {
                let capture = live.road.capture();
                frame.named(capture, Part::ErrorType, "type", Value::Literal(kind));
            }
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
    pub fn finish(&mut self) {
        if let Some(live) = self.take() {
            live.hand_off();
        }
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_some() {
            abandon(self);
        }
    }
}

#[cold]
#[inline(never)]
fn begin(site: &'static Site) -> Call {
    let timed = site.callsite.category == Category::Performance;
    if timed && !timing::drawn(site.sample) {
        return Call(None);
    }
    let Some(road) = handoff::current() else { return Call(None) };
    if trap::depth() > MAX_DEPTH {
        // A value that is written by calling what writes it has no end.
        road.capture().counters.calls_too_deep.add_one();
        return Call(None);
    }
    Call::of(Live::new(site, road))
}

#[cold]
#[inline(never)]
fn abandon(call: &mut Call) {
    if let Some(live) = call.take() {
        live.abandon();
    }
}
