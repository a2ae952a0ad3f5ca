//! What is known of a call while it lasts.

use std::time::Duration;

use super::{Ending, Site, scope::Inside};
use crate::{
    clock::{self, Start},
    config::Timing,
    context::Context,
    frame::{Frame, Phase},
    handoff::{self, Road},
    record::{Category, Level, Outcome, Part},
    timing,
    value::Value,
};

/// A call that is being watched.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) site: &'static Site,
    pub(super) road: &'static Road,
    /// `Each`: a line is made. Else the call is counted, and `Slow` makes a line where it is slow.
    mode: Timing,
    /// What becomes of the line; a call that is counted gets one when it is known to be slow, or
    /// at its beginning where it has fields.
    pub(super) frame: Option<Frame>,
    /// Who acts, for a line that is made at the end.
    context: Context,
    /// None until the fields are taken.
    start: Option<Start>,
    pub(super) stage: Stage,
    /// For a future, from its first poll on.
    future: Option<Progress>,
    span: Option<tracing::Span>,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    /// It has begun; nobody tells when its body runs.
    Begun {
        /// The thread was unwinding by then.
        unwinding: bool,
        /// What it means when the call is dropped and no panic is the reason.
        otherwise: Option<Outcome>,
    },
    /// Its body is running; for a future since then.
    Running(Option<Start>),
    /// Its body waits to be polled again, or is done.
    Resting,
    /// Its outcome is known, if it has one.
    Ended {
        /// A line is wanted.
        wanted: bool,
        outcome: Option<Outcome>,
    },
}

/// How far a future has come.
#[derive(Debug, Default)]
struct Progress {
    polls: u64,
    busy: Duration,
    /// That of the first poll; each poll is in it.
    context: Context,
}

impl Live {
    /// A call of that site, whose fields are yet to be taken; none where it cannot be recorded.
    pub(super) fn of(site: &'static Site) -> Option<Self> {
        Some(Self::new(site, handoff::for_record()?))
    }

    /// The same, of a call without fields.
    pub(super) fn begun(site: &'static Site) -> Option<Self> {
        let mut live = Self::of(site)?;
        live.begin();
        Some(live)
    }

    /// The same, of one that began then.
    pub(super) fn since(site: &'static Site, start: Start) -> Option<Self> {
        let mut live = Self::begun(site)?;
        live.start = Some(start);
        if let Some(frame) = &mut live.frame {
            frame.set_start(start);
        }
        Some(live)
    }

    /// A call of that site.
    pub(super) fn new(site: &'static Site, road: &'static Road) -> Self {
        let timed = site.callsite.category == Category::Performance;
        let mode = if timed { timing::mode() } else { Timing::Each };
        let lines = mode == Timing::Each || tells_slow(site, mode);
        let early = mode == Timing::Each || (lines && !site.callsite.fields.is_empty());
        // The guard of a timed function cannot tell how its body ended.
        let otherwise = (!timed).then_some(Outcome::Cancelled);
        Self {
            site,
            road,
            mode,
            frame: early.then(|| Frame::started(&site.callsite, Start::now())),
            context: if lines && !early { Context::current() } else { Context::default() },
            start: (!early).then(Start::now),
            stage: Stage::Begun { unwinding: std::thread::panicking(), otherwise },
            future: None,
            span: None,
        }
    }

    /// The fields are taken.
    pub(super) fn begin(&mut self) {
        if let Some(frame) = &mut self.frame {
            self.road.ambient(frame);
            let start = Start::now();
            frame.set_start(start);
            self.start = Some(start);
        }
    }

    /// Writes the record of the intent; whether it is in a file.
    pub(super) fn intend(&mut self) -> bool {
        let Some(frame) = &mut self.frame else { return false };
        let id = super::required::next_id();
        frame.named(self.road.capture(), Part::Call, "call_id", Value::U64(id));
        let mut intent = frame.copy();
        intent.set_phase(Phase::Intent);
        frame.set_phase(Phase::Result);
        let written = self.road.write(intent);
        self.start = Some(Start::now());
        written
    }

    /// The body runs from now on.
    pub(super) fn resume(&mut self) -> Inside {
        self.stage = Stage::Running(None);
        self.inside(None)
    }

    /// The body is polled from now on.
    pub(super) fn poll(&mut self) -> Inside {
        let progress = self
            .future
            .get_or_insert_with(|| Progress { context: Context::current(), ..Progress::default() });
        progress.polls += 1;
        let context = progress.context.clone();
        let inside = self.inside(Some(context));
        self.stage = Stage::Running(Some(Start::now()));
        inside
    }

    fn inside(&mut self, context: Option<Context>) -> Inside {
        if self.site.callsite.category != Category::Audit {
            return Inside::context(context);
        }
        let span = self.span.get_or_insert_with(|| self.site.span());
        Inside::operation(self.site.callsite.operation, span, context)
    }

    /// The body came back.
    pub(super) fn pause(&mut self) {
        self.rest();
        self.stage = Stage::Resting;
    }

    fn rest(&mut self) {
        if let (Stage::Running(Some(since)), Some(progress)) = (self.stage, &mut self.future) {
            progress.busy += since.elapsed();
        }
    }

    /// The call is over.
    pub(super) fn end(&mut self, outcome: Option<Outcome>) {
        self.rest();
        let units = self.start.map_or(0, Start::units);
        if self.mode != Timing::Each {
            let slow = self.site.count(clock::nanos(units), outcome);
            if !slow || self.mode != Timing::Slow {
                self.stage = Stage::Ended { wanted: false, outcome };
                return;
            }
        }
        self.tell(units, outcome);
    }

    /// The call is over after so many units of the counter, and a line of it is wanted.
    pub(super) fn tell(&mut self, units: u64, outcome: Option<Outcome>) {
        let slow = self.site.has_limit() && self.site.is_slow(clock::nanos(units));
        let Site { callsite: site, sample, .. } = self.site;
        let frame = self.frame.get_or_insert_with(|| {
            let mut frame = Frame::started(site, self.start.unwrap_or_else(Start::now));
            self.road.ambient_of(&self.context, &mut frame);
            frame
        });
        frame.set_units(units);
        if let Some(outcome) = outcome {
            frame.set_outcome(outcome);
        }
        let capture = self.road.capture();
        if let Some(Progress { polls, busy, .. }) = self.future {
            let took = Duration::from_nanos(clock::nanos(units));
            let busy = busy.min(took);
            for (key, value) in [
                ("busy_ms", Value::Duration(busy)),
                ("idle_ms", Value::Duration(took.saturating_sub(busy))),
                ("polls", Value::U64(polls)),
            ] {
                frame.named(capture, Part::Progress, key, value);
            }
        }
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
        self.stage = Stage::Ended { wanted: true, outcome };
    }

    /// The call is over, in that way.
    pub(super) fn ended(&mut self, Ending { outcome, error }: Ending) {
        self.end(Some(outcome));
        if let (Some(frame), Some(kind)) = (&mut self.frame, error) {
            frame.named(self.road.capture(), Part::ErrorType, "type", Value::Literal(kind));
        }
    }

    /// Whether it ended in success.
    pub(super) fn succeeded(&mut self) -> bool {
        matches!(self.stage, Stage::Ended { outcome: Some(Outcome::Success), .. })
    }

    /// Nobody told its end.
    pub(super) fn abandon(mut self) {
        let outcome = match self.stage {
            Stage::Running(_) => Some(Outcome::Panicked),
            Stage::Begun { unwinding: false, .. } if std::thread::panicking() => {
                Some(Outcome::Panicked)
            }
            Stage::Resting => Some(Outcome::Cancelled),
            Stage::Begun { otherwise, .. } => otherwise,
            // A field of the end panicked; what the body did is done.
            Stage::Ended { .. } => return self.hand_off(),
        };
        self.end(outcome);
        self.hand_off();
    }

    /// Hands the line off, where one is wanted.
    pub(super) fn hand_off(self) {
        if let (Stage::Ended { wanted: true, .. }, Some(frame)) = (self.stage, self.frame) {
            self.road.hand_off(frame);
        }
    }
}

/// Whether a slow call of the site makes a line in this mode.
fn tells_slow(site: &Site, mode: Timing) -> bool {
    mode == Timing::Slow && site.callsite.slow_nanos > 0
}
