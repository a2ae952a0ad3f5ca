//! What is known of a call while it lasts.

use std::time::Duration;

use super::{Ending, Site, scope::Inside};
use crate::{
    clock::{self, Start, Timestamp},
    config::Timing,
    context::Context,
    frame::{Capture, Frame, Hints, Phase, tag},
    handoff::Road,
    record::{Category, Level, Outcome, Part},
    timing,
    value::Value,
};

/// A call that is being watched.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) site: &'static Site,
    road: &'static Road,
    /// `Each`: a line is made. Else the call is counted, and `Slow` makes a line where it is slow.
    mode: Timing,
    /// What becomes of the line; a call that is counted gets one when it is known to be slow, or
    /// at its beginning where it has fields.
    frame: Frame,
    /// Whether it has a line by now.
    framed: bool,
    /// Who acts, for a line that is made at the end.
    context: Context,
    /// None until the fields are taken.
    start: Option<Start>,
    pub(super) stage: Stage,
    /// The number of the field that is taken next.
    pub(super) next: usize,
    /// For a future, from its first poll on.
    future: Option<Progress>,
    span: Option<tracing::Span>,
    /// The box that waits behind this one while both do.
    pub(super) behind: Option<Box<Self>>,
    /// How many wait behind this one.
    pub(super) waiting: u8,
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
    /// A call of that site, whose fields are yet to be taken.
    pub(super) fn new(site: &'static Site, road: &'static Road) -> Self {
        let mut live = Self {
            site,
            road,
            mode: Timing::Each,
            frame: Frame::new(&site.callsite, Timestamp::default()),
            framed: false,
            context: Context::default(),
            start: None,
            stage: Stage::Resting,
            next: 0,
            future: None,
            span: None,
            behind: None,
            waiting: 0,
        };
        live.renew(site, road);
        live
    }

    /// Becomes a call of that site; it was cleared before.
    pub(super) fn renew(&mut self, site: &'static Site, road: &'static Road) {
        let timed = site.callsite.category == Category::Performance;
        self.site = site;
        self.road = road;
        self.mode = if timed { timing::mode() } else { Timing::Each };
        let lines = self.mode == Timing::Each || tells_slow(site, self.mode);
        let early = self.mode == Timing::Each || (lines && !site.callsite.fields.is_empty());
        if early {
            self.frame.restart(&site.callsite, site.hints(road.capture()));
        } else {
            if lines {
                self.context = Context::current();
            }
            self.start = Some(Start::now());
        }
        self.framed = early;
        // The guard of a timed function cannot tell how its body ended.
        let otherwise = (!timed).then_some(Outcome::Cancelled);
        self.stage = Stage::Begun { unwinding: std::thread::panicking(), otherwise };
    }

    /// Lets go of what is not the next call's.
    pub(super) fn clear(&mut self) {
        self.start = None;
        self.context = Context::default();
        self.future = None;
        self.span = None;
        self.frame.trim();
    }

    /// Whether its fields are wanted.
    pub(super) fn is_capturing(&self) -> bool {
        self.framed
    }

    /// What takes its fields, where they are wanted.
    pub(super) fn capturing(&mut self) -> Option<(&mut Frame, &'static Capture)> {
        self.framed.then_some((&mut self.frame, self.road.capture()))
    }

    /// Takes a number as the field of that number.
    pub(super) fn put(&mut self, number: usize, tag: u8, bits: u64) {
        self.next = number + 1;
        if !self.frame.put(number, tag, bits) {
            self.put_value(
                number,
                match tag {
                    tag::I64 => Value::I64(bits.cast_signed()),
                    tag::F64 => Value::F64(f64::from_bits(bits)),
                    _ => Value::U64(bits),
                },
            );
        }
    }

    pub(super) fn put_bool(&mut self, number: usize, is: bool) {
        self.next = number + 1;
        if !self.frame.put_bool(number, is) {
            self.put_value(number, Value::Bool(is));
        }
    }

    pub(super) fn put_literal(&mut self, number: usize, text: &'static str) {
        self.next = number + 1;
        if !self.frame.put_text(number, text) {
            self.put_value(number, Value::Literal(text));
        }
    }

    pub(super) fn put_text(&mut self, number: usize, text: &str) {
        self.next = number + 1;
        let is_plain = self.road.capture().rules.is_plain(text);
        if !is_plain || !self.frame.put_text(number, text) {
            self.put_value(number, Value::Text(text));
        }
    }

    /// Takes whatever value.
    #[inline(never)]
    pub(super) fn put_value(&mut self, number: usize, value: Value<'_>) {
        self.next = number + 1;
        if let Some((frame, capture)) = self.capturing() {
            frame.field(capture, number, value);
        }
    }

    /// The fields are taken.
    pub(super) fn begin(&mut self) {
        if self.framed {
            self.road.ambient(&mut self.frame);
            self.start = Some(Start::now());
        }
    }

    /// It began then.
    pub(super) fn since(&mut self, start: Start) {
        self.start = Some(start);
    }

    /// Writes the record of the intent; whether it is in a file.
    pub(super) fn intend(&mut self) -> bool {
        if !self.framed {
            return false;
        }
        let frame = &mut self.frame;
        let id = super::required::next_id();
        frame.named(self.road.capture(), Part::Call, "call_id", Value::U64(id));
        frame.set_start(self.start.unwrap_or_else(Start::now));
        let mut intent = frame.copy();
        intent.set_phase(Phase::Intent);
        frame.set_phase(Phase::Result);
        let written = self.road.write(&intent);
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
        // The one that the thread is in already needs not be entered.
        let context = (!progress.context.is_current()).then(|| progress.context.clone());
        let inside = self.inside(context);
        self.stage = Stage::Running(Some(Start::now()));
        inside
    }

    fn inside(&mut self, context: Option<Context>) -> Inside {
        let callsite = &self.site.callsite;
        if callsite.category != Category::Audit {
            return Inside::context(context);
        }
        if self.span.is_none() && self.site.wants_span() {
            self.span = Some(self.site.span());
        }
        Inside::operation(callsite, self.span.as_ref(), context)
    }

    /// The body came back.
    pub(super) fn pause(&mut self) {
        self.rest();
        self.stage = Stage::Resting;
    }

    fn rest(&mut self) {
        if let Some(progress) = &mut self.future
            && let Stage::Running(Some(since)) = self.stage
        {
            progress.busy += since.elapsed();
        }
    }

    /// The call is over.
    pub(super) fn end(&mut self, outcome: Option<Outcome>) {
        self.rest();
        let units = self.start.map_or(0, Start::units);
        if self.mode == Timing::Each || self.counts(units, outcome) {
            self.tell(units, outcome);
        }
    }

    /// Counts the call; whether a line of it is wanted too.
    #[inline(never)]
    fn counts(&mut self, units: u64, outcome: Option<Outcome>) -> bool {
        let slow = self.site.count(clock::nanos(units), outcome);
        let wanted = slow && self.mode == Timing::Slow;
        if !wanted {
            self.stage = Stage::Ended { wanted, outcome };
        }
        wanted
    }

    /// The call is over after so many units of the counter, and a line of it is wanted.
    pub(super) fn tell(&mut self, units: u64, outcome: Option<Outcome>) {
        let site = &self.site.callsite;
        let mut level = match outcome {
            Some(Outcome::Success) | None => site.level,
            _ if site.category != Category::Audit => site.level,
            Some(Outcome::Failure | Outcome::Panicked) => Level::Error,
            Some(Outcome::Denied | Outcome::Cancelled) => site.level.max(Level::Warn),
            Some(Outcome::None | Outcome::Unfinished) => site.level,
        };
        if !(self.framed && self.site.is_plain() && self.future.is_none()) {
            let slow = site.slow_nanos > 0 && self.site.is_slow(clock::nanos(units));
            if slow {
                level = level.max(Level::Warn);
            }
            self.details(units, slow);
        }
        // One that was intended keeps the beginning it has.
        let start = self.start.unwrap_or_else(Start::now);
        self.frame.finish(start, units, level, outcome);
        self.stage = Stage::Ended { wanted: true, outcome };
    }

    /// Adds what few calls have.
    #[inline(never)]
    fn details(&mut self, units: u64, slow: bool) {
        let Site { callsite: site, sample, .. } = self.site;
        let (frame, capture) = (&mut self.frame, self.road.capture());
        if !self.framed {
            self.framed = true;
            frame.restart(site, Hints::default());
            self.road.ambient_of(&self.context, frame);
        }
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
        if site.category == Category::Performance {
            if *sample > 1 {
                frame.named(capture, Part::Resource, "sample", Value::U64((*sample).into()));
            }
            if slow {
                frame.named(capture, Part::Event, "event", Value::Literal("slow"));
            }
        }
    }

    /// The call is over, in that way.
    pub(super) fn ended(&mut self, Ending { outcome, error }: Ending) {
        self.end(Some(outcome));
        self.failed_with(error);
    }

    /// The type of the error, if it failed with one.
    pub(super) fn failed_with(&mut self, error: Option<&'static str>) {
        if let (Some(kind), Some((frame, capture))) = (error, self.capturing()) {
            frame.named(capture, Part::ErrorType, "type", Value::Literal(kind));
        }
    }

    /// Whether it ended in success.
    pub(super) fn succeeded(&self) -> bool {
        matches!(self.stage, Stage::Ended { outcome: Some(Outcome::Success), .. })
    }

    /// Nobody told its end.
    pub(super) fn abandon(&mut self) {
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
    pub(super) fn hand_off(&self) {
        if matches!(self.stage, Stage::Ended { wanted: true, .. }) && self.framed {
            self.road.hand_off(&self.frame);
        }
    }
}

/// Whether a slow call of the site makes a line in this mode.
fn tells_slow(site: &Site, mode: Timing) -> bool {
    mode == Timing::Slow && site.callsite.slow_nanos > 0
}
