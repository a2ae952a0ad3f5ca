//! The end of a call, and its line.

use super::{Live, Stage};
use crate::{
    clock::{self, Start},
    config::Timing,
    hooks::Ending,
    record::{Category, Level, Outcome, Part},
    value::Value,
};

impl Live {
    /// When it began, where nothing is to be said of it but that it ended well.
    #[inline]
    pub(in crate::hooks) fn simple(&self, ending: &Ending) -> Option<Start> {
        let ended_well = ending.outcome == Outcome::Success && ending.error.is_none();
        self.start.filter(|_| self.is_simple && ended_well)
    }

    /// Hands the line of a [simple](Self::simple) call off, which is over.
    #[expect(
        clippy::inline_always,
        reason = "the end of a call is one piece, down to the store that publishes its record"
    )]
    #[inline(always)]
    pub(in crate::hooks) fn end_simply(&mut self, start: Start) {
        let level = self.site.callsite.level;
        self.frame.finish(start, start.units(), level, Some(Outcome::Success));
        self.road.hand_off_audited(&self.frame);
    }

    /// The call is over; whether a line of it is wanted.
    #[expect(clippy::inline_always, reason = "it is done at one place that counts")]
    #[inline(always)]
    pub(in crate::hooks) fn end(&mut self, outcome: Option<Outcome>) -> bool {
        if self.is_more {
            self.rest();
        }
        let units = self.start.map_or(0, Start::units);
        let wanted = self.mode == Timing::Each || self.counts(units, outcome);
        if wanted {
            self.tell(units, outcome);
        }
        wanted
    }

    /// Counts the call; whether a line of it is wanted too.
    #[inline(never)]
    fn counts(&mut self, units: u64, outcome: Option<Outcome>) -> bool {
        let slow = self.site.count(clock::nanos(units), outcome);
        let wanted = slow && self.mode == Timing::Slow;
        if !wanted {
            self.has_ended(wanted, outcome);
        }
        wanted
    }

    #[inline]
    fn has_ended(&mut self, wanted: bool, outcome: Option<Outcome>) {
        (self.stage, self.wanted, self.outcome) = (Stage::Ended, wanted, outcome);
    }

    /// The call is over after so many units of the counter, and a line of it is wanted.
    #[expect(clippy::inline_always, reason = "as for `end`")]
    #[inline(always)]
    pub(in crate::hooks) fn tell(&mut self, units: u64, outcome: Option<Outcome>) {
        let site = &self.site.callsite;
        let mut level = match outcome {
            Some(Outcome::Success) | None => site.level,
            _ if site.category != Category::Audit => site.level,
            Some(Outcome::Failure | Outcome::Panicked) => Level::Error,
            Some(Outcome::Denied | Outcome::Cancelled) => site.level.max(Level::Warn),
            Some(Outcome::None | Outcome::Unfinished) => site.level,
        };
        if !(self.framed && self.site.is_plain && !self.is_more) {
            let slow = site.slow_nanos > 0 && self.site.is_slow(clock::nanos(units));
            if slow {
                level = level.max(Level::Warn);
            }
            self.details(units, slow);
        }
        let start = self.start.unwrap_or_else(Start::now);
        self.frame.finish(start, units, level, outcome);
        self.has_ended(true, outcome);
    }

    /// The call is over, in that way; whether a line of it is wanted.
    #[expect(clippy::inline_always, reason = "as for `end`")]
    #[inline(always)]
    pub(in crate::hooks) fn ended(&mut self, Ending { outcome, error }: Ending) -> bool {
        let wanted = self.end(Some(outcome));
        if error.is_some() {
            self.failed_with(error);
        }
        wanted
    }

    /// The type of the error, if it failed with one.
    pub(in crate::hooks) fn failed_with(&mut self, error: Option<&'static str>) {
        if let (Some(kind), Some((frame, capture))) = (error, self.capturing()) {
            frame.named(capture, Part::ErrorType, "type", Value::Literal(kind));
        }
    }

    /// Whether it ended in success.
    pub(in crate::hooks) fn succeeded(&self) -> bool {
        self.stage == Stage::Ended && self.outcome == Some(Outcome::Success)
    }

    /// Nobody told its end.
    pub(in crate::hooks) fn abandon(&mut self) {
        let outcome = match self.stage {
            Stage::Running => Some(Outcome::Panicked),
            Stage::Begun if !self.unwinding && std::thread::panicking() => Some(Outcome::Panicked),
            Stage::Begun => self.otherwise,
            Stage::Resting => Some(Outcome::Cancelled),
            // A field of the end panicked; what the body did is done.
            Stage::Ended => return self.hand_off(),
        };
        if self.end(outcome) {
            self.hand_off_line();
        }
    }

    /// Hands the line off, where one is wanted.
    #[inline]
    pub(in crate::hooks) fn hand_off(&self) {
        if self.stage == Stage::Ended && self.wanted && self.framed {
            self.hand_off_line();
        }
    }

    /// Hands the line off, which is wanted and there.
    #[inline]
    pub(in crate::hooks) fn hand_off_line(&self) {
        self.road.hand_off(&self.frame);
    }
}
