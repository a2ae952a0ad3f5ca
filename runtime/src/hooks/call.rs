//! One call of a watched function, from its beginning to its end.

use super::Ending;
use crate::{
    clock::Start,
    frame::Frame,
    handoff::{self, Road},
    record::{Callsite, Category, Level, Outcome, Part},
    value::Value,
};

/// What is known about a watched function when the program is compiled.
#[derive(Debug)]
pub struct Site {
    callsite: Callsite,
    /// The highest level that a record of this site can have without failing.
    gate: Level,
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
        Self { callsite, gate }
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
    frame: Frame,
    road: &'static Road,
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
    Ended,
}

impl Call {
    /// Begins a call.
    #[inline]
    pub fn enter(site: &'static Site) -> Self {
        if handoff::takes(site.callsite.category, site.gate) { begin(site) } else { Self(None) }
    }

    /// Whether it is watched, so that its fields are wanted.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Takes the value of the site's field of that number.
    #[inline(never)]
    pub fn field(&mut self, number: usize, value: Value<'_>) {
        if let Some(live) = &mut self.0 {
            live.frame.field(live.road.capture(), number, value);
        }
    }

    /// The fields are taken; what the body takes counts from now on.
    #[inline(never)]
    pub fn start(&mut self) {
        if let Some(live) = &mut self.0 {
            live.road.ambient(&mut live.frame);
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
        }
    }

    /// The body is done.
    #[inline(never)]
    pub fn end(&mut self, ending: Ending) {
        if let Some(live) = &mut self.0 {
            live.end(Some(ending.outcome));
            if let Some(kind) = ending.error {
                let capture = live.road.capture();
                live.frame.named(capture, Part::ErrorType, "type", Value::Literal(kind));
            }
        }
    }

    /// Takes the text of the error that came back.
    #[inline(never)]
    pub fn error(&mut self, text: Value<'_>) {
        if let Some(live) = &mut self.0 {
            live.frame.named(live.road.capture(), Part::ErrorMessage, "message", text);
        }
    }

    /// Everything is known: the record is handed off.
    #[inline(never)]
    pub fn finish(&mut self) {
        if let Some(live) = self.0.take() {
            live.road.hand_off(live.frame);
        }
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if let Some(live) = self.0.take() {
            abandon(live);
        }
    }
}

#[cold]
#[inline(never)]
fn begin(site: &'static Site) -> Call {
    let Some(road) = handoff::current() else { return Call(None) };
    let start = Start::now();
    let frame = Frame::new(&site.callsite, start.at);
    // The guard of a timed function cannot tell how its body ended.
    let audited = matches!(site.callsite.category, Category::Audit);
    let stage = Stage::Begun {
        unwinding: std::thread::panicking(),
        otherwise: audited.then_some(Outcome::Cancelled),
    };
    Call(Some(Live { frame, road, start, stage }))
}

#[cold]
#[inline(never)]
fn abandon(mut live: Live) {
    let outcome = match live.stage {
        Stage::Running => Some(Outcome::Panicked),
        Stage::Begun { unwinding: false, .. } if std::thread::panicking() => {
            Some(Outcome::Panicked)
        }
        Stage::Resting => Some(Outcome::Cancelled),
        Stage::Begun { otherwise, .. } => otherwise,
        // A field of `after` panicked; what the body did is done.
        Stage::Ended => return live.road.hand_off(live.frame),
    };
    live.end(outcome);
    live.road.hand_off(live.frame);
}

impl Live {
    fn end(&mut self, outcome: Option<Outcome>) {
        let took = self.start.elapsed();
        self.frame.set_duration(took);
        if let Some(outcome) = outcome {
            self.frame.set_outcome(outcome);
        }
        let site = self.frame.site();
        let slow = site.slow_nanos > 0 && took.as_nanos() >= u128::from(site.slow_nanos);
        let mut level = site.level;
        if site.category == Category::Audit {
            level = match outcome {
                Some(Outcome::Failure | Outcome::Panicked) => Level::Error,
                Some(Outcome::Denied | Outcome::Cancelled) => level.max(Level::Warn),
                _ => level,
            };
        } else if slow {
            let capture = self.road.capture();
            self.frame.named(capture, Part::Event, "event", Value::Literal("slow"));
        }
        if slow {
            level = level.max(Level::Warn);
        }
        self.frame.set_level(level);
        self.stage = Stage::Ended;
    }
}
