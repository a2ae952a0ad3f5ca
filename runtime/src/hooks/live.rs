//! What is known of a call while it lasts.

mod details;
mod end;

use std::time::Duration;

use super::{
    Site,
    scope::{self, Inside, Outside},
};
use crate::{
    clock::{Anchor, Start, Timestamp},
    config::Timing,
    context::Context,
    frame::{Capture, Frame, Hints, Phase},
    handoff::Road,
    record::{Category, Outcome, Part},
    timing,
    value::Value,
};

/// A call that is being watched: what takes the values of its fields.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked by itself, and most are independent"
)]
pub struct Live {
    pub(super) site: &'static Site,
    road: &'static Road,
    /// What becomes of the line; a call that is counted gets one when it is known to be slow, or
    /// at its beginning where it has fields.
    pub(super) frame: Frame,
    /// None until the fields are taken.
    start: Option<Start>,
    /// Whether it has a line by now.
    framed: bool,
    /// `Each`: a line is made. Else the call is counted, and `Slow` makes a line where it is slow.
    mode: Timing,
    pub(super) stage: Stage,
    /// What it means when the call is dropped before its body ran, and no panic is the reason.
    pub(super) otherwise: Option<Outcome>,
    /// Whether the thread was unwinding when it began.
    unwinding: bool,
    /// Once it is known: whether a line is wanted, and the outcome, if it has one.
    wanted: bool,
    outcome: Option<Outcome>,
    /// Whether it has some of what few have.
    is_more: bool,
    /// Whether it has a line from its beginning on, and nothing that few have: neither it nor its
    /// site.
    is_simple: bool,
    more: More,
    /// What its thread was inside of before its body, while that runs.
    pub(super) outside: Option<Outside>,
    /// The box that waits behind this one while both do.
    pub(super) behind: Option<Box<Self>>,
    /// How many wait behind this one.
    pub(super) waiting: u8,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has begun; nobody tells when its body runs.
    Begun,
    /// Its body is running.
    Running,
    /// Its body waits to be polled again, or is done.
    Resting,
    /// Its outcome is known, if it has one.
    Ended,
}

/// What few calls have.
#[derive(Debug, Default)]
struct More {
    /// Who acts, for a line that is made at the end.
    context: Context,
    /// For a future, from its first poll on.
    future: Option<Progress>,
    span: Option<tracing::Span>,
}

/// How far a future has come.
#[derive(Debug, Default)]
struct Progress {
    polls: u64,
    busy: Duration,
    /// When the poll began that it is in.
    since: Option<Start>,
    /// That of the first poll; each poll is in it.
    context: Context,
}

impl Live {
    /// A call of that site, whose fields are yet to be taken.
    pub(super) fn new(site: &'static Site, road: &'static Road) -> Self {
        let mut live = Self {
            site,
            road,
            frame: Frame::new(&site.callsite, Timestamp::default()),
            start: None,
            mode: Timing::Each,
            framed: false,
            stage: Stage::Begun,
            unwinding: false,
            otherwise: None,
            wanted: false,
            outcome: None,
            is_more: false,
            is_simple: false,
            more: More::default(),
            outside: None,
            behind: None,
            waiting: 0,
        };
        live.renew(site, road);
        live
    }

    /// Becomes a call of that site; it was cleared before.
    #[expect(clippy::inline_always, reason = "it is done at one place that counts")]
    #[inline(always)]
    pub(super) fn renew(&mut self, site: &'static Site, road: &'static Road) {
        self.site = site;
        self.road = road;
        self.unwinding = std::thread::panicking();
        if site.callsite.category != Category::Audit {
            return self.renew_otherwise();
        }
        self.is_simple = site.is_plain;
        self.renew_framed(site, road);
    }

    /// It is to have a line.
    #[inline]
    fn renew_framed(&mut self, site: &'static Site, road: &'static Road) {
        // All at once, which takes fewer stores.
        self.framed = true;
        self.mode = Timing::Each;
        self.stage = Stage::Begun;
        self.otherwise = Some(Outcome::Cancelled);
        self.begin_line(site, road);
    }

    fn renew_otherwise(&mut self) {
        self.is_simple = false;
        if self.site.callsite.category != Category::Performance {
            return self.renew_framed(self.site, self.road);
        }
        self.stage = Stage::Begun;
        self.renew_timed();
    }

    fn renew_timed(&mut self) {
        self.mode = timing::mode();
        // The guard of a timed function cannot tell how its body ended.
        self.otherwise = None;
        let lines = self.mode == Timing::Each || tells_slow(self.site, self.mode);
        let has_fields = !self.site.callsite.fields.is_empty();
        if self.mode == Timing::Each || (lines && has_fields) {
            self.framed = true;
            return self.begin_line(self.site, self.road);
        }
        if lines {
            self.is_more = true;
            self.more.context = Context::current();
        }
        self.framed = false;
        // No field is taken the quick way.
        self.frame.restart(&self.site.callsite, Hints::default());
        self.start = Some(Start::now());
    }

    /// It gets some of what few have.
    fn gets_more(&mut self) {
        (self.is_more, self.is_simple) = (true, false);
    }

    /// It has a line from its beginning on.
    #[inline]
    fn begin_line(&mut self, site: &'static Site, road: &'static Road) {
        self.frame.restart(&site.callsite, site.hints(road.capture()));
        self.start = None;
    }

    /// Lets go of what is not the next call's.
    #[inline]
    pub(super) fn clear(&mut self) {
        if self.is_more {
            self.is_more = false;
            self.more = More::default();
        }
        self.frame.trim();
    }

    /// Whether its fields are wanted.
    #[inline]
    pub(super) fn is_capturing(&self) -> bool {
        self.framed
    }

    /// What takes its fields, where they are wanted.
    #[inline]
    pub(super) fn capturing(&mut self) -> Option<(&mut Frame, &'static Capture)> {
        self.framed.then_some((&mut self.frame, self.road.capture()))
    }

    /// What capturing a value needs.
    #[inline]
    pub(super) fn capture(&self) -> &'static Capture {
        self.road.capture()
    }

    /// The fields are taken.
    #[expect(clippy::inline_always, reason = "it is done at few places")]
    #[inline(always)]
    pub(super) fn begin(&mut self) {
        if self.framed {
            self.begin_framed();
        }
    }

    /// The fields of its line are taken.
    #[expect(clippy::inline_always, reason = "it is done at few places")]
    #[inline(always)]
    pub(super) fn begin_framed(&mut self) {
        self.road.ambient(&mut self.frame);
        self.start = Some(Start::now());
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
        let start = self.start.unwrap_or_else(Start::now);
        let time = Anchor::now().time_of(start.reading());
        frame.dated(time, Phase::Intent);
        let written = self.road.write(frame);
        frame.dated(time, Phase::Result);
        self.start = Some(Start::now());
        written
    }

    /// The body runs from now on.
    #[inline]
    pub(super) fn resume(&mut self) -> Inside {
        self.stage = Stage::Running;
        let callsite = &self.site.callsite;
        if callsite.category == Category::Audit && scope::is_subscriber_ours() {
            return Inside::named(callsite);
        }
        self.inside(None)
    }

    /// The body is polled from now on.
    pub(super) fn poll(&mut self) -> Inside {
        self.stage = Stage::Running;
        self.gets_more();
        let progress = self
            .more
            .future
            .get_or_insert_with(|| Progress { context: Context::current(), ..Progress::default() });
        progress.polls += 1;
        // The one that the thread is in already needs not be entered.
        let context = (!progress.context.is_current()).then(|| progress.context.clone());
        let inside = self.inside(context);
        if let Some(progress) = &mut self.more.future {
            progress.since = Some(Start::now());
        }
        inside
    }

    #[inline(never)]
    fn inside(&mut self, context: Option<Context>) -> Inside {
        let callsite = &self.site.callsite;
        if callsite.category != Category::Audit {
            return Inside::context(context);
        }
        if self.more.span.is_none() && self.site.wants_span() {
            self.gets_more();
            self.more.span = Some(self.site.span());
        }
        Inside::operation(callsite, self.more.span.as_ref(), context)
    }

    /// The body came back.
    #[inline]
    pub(super) fn pause(&mut self) {
        if self.is_more {
            self.rest();
        }
        self.stage = Stage::Resting;
    }

    /// A poll is over.
    #[inline(never)]
    fn rest(&mut self) {
        if let Some(progress) = &mut self.more.future
            && let Some(since) = progress.since.take()
        {
            progress.busy += since.elapsed();
        }
    }
}

/// Whether a slow call of the site makes a line in this mode.
fn tells_slow(site: &Site, mode: Timing) -> bool {
    mode == Timing::Slow && site.callsite.slow_nanos > 0
}
