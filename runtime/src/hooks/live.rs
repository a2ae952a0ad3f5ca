//! What is known of a call while it lasts.

use std::time::{Duration, Instant};

use super::{Site, scope::Inside};
use crate::{
    clock::Start,
    context::Context,
    frame::Frame,
    handoff::Road,
    record::{Category, Level, Outcome, Part},
    value::Value,
};

/// A call that is being watched.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) site: &'static Site,
    pub(super) road: &'static Road,
    pub(super) frame: Frame,
    pub(super) start: Start,
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
    Running(Option<Instant>),
    /// Its body waits to be polled again, or is done.
    Resting,
    /// Its outcome is known, if it has one.
    Ended(Option<Outcome>),
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
    pub(super) fn new(
        site: &'static Site,
        road: &'static Road,
        frame: Frame,
        start: Start,
        stage: Stage,
    ) -> Self {
        Self { site, road, frame, start, stage, future: None, span: None }
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
        self.stage = Stage::Running(Some(Instant::now()));
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
        let took = self.start.elapsed();
        self.frame.set_duration(took);
        if let Some(outcome) = outcome {
            self.frame.set_outcome(outcome);
        }
        let capture = self.road.capture();
        if let Some(Progress { polls, busy, .. }) = self.future {
            let busy = busy.min(took);
            for (key, value) in [
                ("busy_ms", Value::Duration(busy)),
                ("idle_ms", Value::Duration(took.saturating_sub(busy))),
                ("polls", Value::U64(polls)),
            ] {
                self.frame.named(capture, Part::Progress, key, value);
            }
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
            self.frame.named(capture, Part::Event, "event", Value::Literal("slow"));
        }
        if slow {
            level = level.max(Level::Warn);
        }
        self.frame.set_level(level);
        self.stage = Stage::Ended(outcome);
    }
}
