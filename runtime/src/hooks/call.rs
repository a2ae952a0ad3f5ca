//! One call of a watched function, from its beginning to its end.

use super::Ending;
use crate::{
    clock::{Start, Timestamp},
    config::Timing,
    context::Context,
    frame::Frame,
    handoff::{self, Road},
    record::{Callsite, Category, Level, Outcome, Part},
    timing::{self, Slot},
    value::Value,
};

/// What is known about a watched function when the program is compiled.
#[derive(Debug)]
pub struct Site {
    callsite: Callsite,
    /// The highest level that a record of this site can have without failing.
    gate: Level,
    /// Of a timed function, one in so many calls is watched.
    sample: u32,
    slot: Slot,
}

impl Site {
    /// The site of a function.
    #[must_use]
    pub const fn new(callsite: Callsite) -> Self {
        // A slow call is a warning, and wanted where warnings are.
        let gate = match callsite.level {
            Level::Trace | Level::Debug | Level::Info if callsite.slow_nanos > 0 => Level::Warn,
            level => level,
        };
        Self { callsite, gate, sample: 1, slot: Slot::new() }
    }

    /// Watches one in `n` calls of a timed function, drawn at random; the others cost the drawing.
    ///
    /// Whether a call is slow is not known of those that are not watched.
    #[must_use]
    pub const fn sampled(mut self, n: u32) -> Self {
        self.sample = n;
        self
    }
}

/// A call that is being watched, or one that nobody wants to hear of.
///
/// Dropped before [`Call::finish`], it says what became of it: a panic, or a future that was
/// dropped.
#[must_use]
#[derive(Debug)]
pub struct Call(Option<Live>);

#[derive(Debug)]
struct Live {
    site: &'static Site,
    road: &'static Road,
    /// `Each`: a line is made. Else the call is counted, and `Slow` makes a line where it is slow.
    mode: Timing,
    /// What becomes of the line; a call that is counted gets one when it is known to be slow, or
    /// at its beginning where it has fields.
    frame: Option<Frame>,
    /// Who acts, for a line that is made at the end.
    context: Context,
    /// Whether its fields, or what came back, are wanted.
    is_on: bool,
    start: Start,
    stage: Stage,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// It has begun; nobody tells when its body runs.
    Begun {
        /// The thread was unwinding by then.
        unwinding: bool,
        /// What it means when the call is dropped and no panic is the reason.
        otherwise: Option<Outcome>,
    },
    /// Its body is running.
    Running,
    /// Its body waits to be polled again, or is done.
    Resting,
    /// Its outcome is known.
    Ended {
        /// A line is wanted.
        wanted: bool,
    },
}

impl Call {
    /// Begins a call.
    #[inline]
    pub fn enter(site: &'static Site) -> Self {
        if handoff::takes(site.callsite.category, site.gate) { begin(site) } else { Self(None) }
    }

    /// A call that nobody wants to hear of.
    pub(super) const fn unwatched() -> Self {
        Self(None)
    }

    /// Whether its fields are wanted; once its body ran, whether what came back is.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.0.as_ref().is_some_and(|live| live.is_on)
    }

    /// Takes the value of the site's field of that number.
    #[inline(never)]
    pub fn field(&mut self, number: usize, value: Value<'_>) {
        if let Some(Live { frame: Some(frame), road, .. }) = &mut self.0 {
            frame.field(road.capture(), number, value);
        }
    }

    /// The fields are taken; what the body takes counts from now on.
    #[inline(never)]
    pub fn start(&mut self) {
        if let Some(live) = &mut self.0 {
            if let Some(frame) = &mut live.frame {
                live.road.ambient(frame);
            }
            live.start = Start::now();
        }
    }

    /// The body follows, and its end is the end of a function that returns something.
    #[inline]
    pub fn returns(&mut self) {
        if let Some(Live { stage: Stage::Begun { otherwise, .. }, .. }) = &mut self.0 {
            *otherwise = Some(Outcome::Success);
        }
    }

    /// The body runs from now on.
    #[inline]
    pub(super) fn resume(&mut self) {
        if let Some(live) = &mut self.0 {
            live.stage = Stage::Running;
        }
    }

    /// The body came back: it is done, or waits.
    #[inline]
    pub(super) fn pause(&mut self) {
        if let Some(live) = &mut self.0 {
            live.stage = Stage::Resting;
            live.is_on = true;
        }
    }

    /// The body is done.
    #[inline(never)]
    pub fn end(&mut self, ending: Ending) {
        if let Some(live) = &mut self.0 {
            live.end(Some(ending.outcome));
            if let (Some(frame), Some(kind)) = (&mut live.frame, ending.error) {
                let capture = live.road.capture();
                frame.named(capture, Part::ErrorType, "type", Value::Literal(kind));
            }
        }
    }

    /// Takes the text of the error that came back.
    #[inline(never)]
    pub fn error(&mut self, text: Value<'_>) {
        if let Some(Live { frame: Some(frame), road, .. }) = &mut self.0 {
            frame.named(road.capture(), Part::ErrorMessage, "message", text);
        }
    }

    /// Everything is known: the record is handed off.
    #[inline(never)]
    pub fn finish(&mut self) {
        if let Some(live) = self.0.take() {
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
    let mode = if timed { timing::mode() } else { Timing::Each };
    let lines = mode == Timing::Each || site.tells_slow(mode);
    let early = mode == Timing::Each || (lines && !site.callsite.fields.is_empty());
    // The guard of a timed function cannot tell how its body ended.
    let otherwise = (!timed).then_some(Outcome::Cancelled);
    Call(Some(Live {
        site,
        road,
        mode,
        frame: early.then(|| Frame::new(&site.callsite, Timestamp::now())),
        context: if lines && !early { Context::current() } else { Context::default() },
        is_on: early,
        stage: Stage::Begun { unwinding: std::thread::panicking(), otherwise },
        start: Start::now(),
    }))
}

#[cold]
#[inline(never)]
fn abandon(call: &mut Call) {
    let Some(mut live) = call.0.take() else { return };
    let outcome = match live.stage {
        Stage::Running => Some(Outcome::Panicked),
        Stage::Begun { unwinding: false, .. } if std::thread::panicking() => {
            Some(Outcome::Panicked)
        }
        Stage::Resting => Some(Outcome::Cancelled),
        Stage::Begun { otherwise, .. } => otherwise,
        // A field of `after` panicked; what the body did is done.
        Stage::Ended { .. } => return live.hand_off(),
    };
    live.end(outcome);
    live.hand_off();
}

impl Site {
    /// Whether a slow call of it makes a line in this mode.
    fn tells_slow(&self, mode: Timing) -> bool {
        mode == Timing::Slow && self.callsite.slow_nanos > 0
    }
}

impl Live {
    fn end(&mut self, outcome: Option<Outcome>) {
        let took = self.start.elapsed();
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let Site { callsite: site, sample, slot, .. } = self.site;
        let slow = site.slow_nanos > 0 && nanos >= site.slow_nanos;
        if self.mode != Timing::Each {
            slot.record(site, *sample, nanos, outcome.is_some_and(Outcome::is_error));
            if !slow || !self.site.tells_slow(self.mode) {
                self.stage = Stage::Ended { wanted: false };
                return;
            }
        }
        let frame = self.frame.get_or_insert_with(|| {
            let mut frame = Frame::new(site, Timestamp::now().before(took));
            self.road.ambient_of(&self.context, &mut frame);
            frame
        });
        frame.set_duration(took);
        if let Some(outcome) = outcome {
            frame.set_outcome(outcome);
        }
        let capture = self.road.capture();
        if *sample > 1 && site.category == Category::Performance {
            frame.named(capture, Part::Resource, "sample", Value::U64((*sample).into()));
        }
        let mut level = site.level;
        if site.category == Category::Audit {
            level = match outcome {
                Some(Outcome::Failure | Outcome::Panicked) => Level::Error,
                Some(Outcome::Denied | Outcome::Cancelled) => level.max(Level::Warn),
                _ => level,
            };
        } else if slow {
            frame.named(capture, Part::Event, "event", Value::Literal("slow"));
        }
        if slow {
            level = level.max(Level::Warn);
        }
        frame.set_level(level);
        self.stage = Stage::Ended { wanted: true };
    }

    fn hand_off(self) {
        if let (Stage::Ended { wanted: true }, Some(frame)) = (self.stage, self.frame) {
            self.road.hand_off(frame);
        }
    }
}
