//! How far the drain has come, for those who wait for it.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    live::{Pushed, Spool},
    ring::Cursor,
};
use crate::drain::Drain;

const STEP: Duration = Duration::from_micros(50);

/// The end of each stream at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::handoff) struct Reach(Vec<u64>);

/// Whether the drain gets on.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// How many batches were brought away.
    batches: AtomicU64,
    /// One more than there were when somebody waited for the next one in vain; 0: nobody did.
    stuck: AtomicU64,
}

impl Progress {
    /// A batch was brought away; whether somebody had waited for it in vain.
    pub(super) fn moved(&self) -> bool {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.stuck.load(Ordering::Relaxed) != 0 && self.stuck.swap(0, Ordering::Relaxed) != 0
    }

    fn batches(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }

    /// Whether somebody waited in vain since there were so many.
    fn is_stuck(&self, seen: u64) -> bool {
        self.stuck.load(Ordering::Relaxed) == seen.wrapping_add(1) && self.batches() == seen
    }

    /// Somebody waited since there were so many; whether that was in vain.
    fn waited(&self, seen: u64) -> bool {
        let in_vain = self.batches() == seen;
        if in_vain {
            self.stuck.store(seen.wrapping_add(1), Ordering::Relaxed);
        }
        in_vain
    }
}

impl Spool {
    /// Drains batches in the place of the thread, or waits for whoever does it, until a record finds
    /// room or the time is over.
    #[cold]
    pub(in crate::handoff) fn help(
        &self,
        drain: &Drain,
        within: Duration,
        mut push: impl FnMut() -> Pushed,
    ) -> Pushed {
        let mut pushed = Pushed::Full;
        self.once(drain, within, || {
            pushed = push();
            pushed != Pushed::Full
        });
        pushed
    }

    /// The same until all that was handed off before is written; whether it is in time.
    #[cold]
    pub(in crate::handoff) fn catch_up(&self, drain: &Drain, within: Duration) -> bool {
        let reach = self.reach();
        self.once(drain, within, || self.is_cut() || self.has_reached(&reach))
    }

    /// The same until something holds. A drain that does not get on costs that time once: nobody
    /// waits for it again until it does.
    fn once(&self, drain: &Drain, within: Duration, mut holds: impl FnMut() -> bool) -> bool {
        let progress = &self.sleeper.progress;
        let (until, seen) = (Instant::now() + within, progress.batches());
        loop {
            let before = progress.batches();
            self.try_pass(drain);
            // What somebody else has to write first got nowhere yet.
            let moved = progress.batches() != before;
            if holds() {
                return true;
            }
            if !moved && progress.is_stuck(seen) {
                return false;
            }
            if Instant::now() >= until {
                if progress.waited(seen) {
                    drain.spool_stuck(true);
                }
                return false;
            }
            if !moved {
                thread::sleep(STEP);
            }
        }
    }

    /// Drains a batch, or gives those a little time who have all that is there.
    fn pass_or_wait(&self, drain: &Drain) {
        if self.try_pass(drain).unwrap_or(0) == 0 {
            thread::sleep(STEP);
        }
    }

    /// Drains until nothing is left; whether that was reached in time.
    pub(in crate::handoff) fn flush(&self, drain: &Drain, within: Duration) -> bool {
        let until = Instant::now() + within;
        while !self.is_empty() {
            if Instant::now() >= until {
                return false;
            }
            self.pass_or_wait(drain);
        }
        // Somebody may still be writing what he has taken out.
        while !self.is_at_rest() {
            if Instant::now() >= until {
                return false;
            }
            thread::sleep(STEP);
        }
        true
    }

    /// Up to where records were handed off.
    pub(in crate::handoff) fn reach(&self) -> Reach {
        let lanes = self.lanes.iter().map_while(OnceLock::get).filter(|_| !self.is_cut());
        Reach(lanes.map(|lane| lane.tail.observe()).collect())
    }

    /// Whether all of them were written.
    pub(in crate::handoff) fn has_reached(&self, reach: &Reach) -> bool {
        let lanes = self.lanes.iter().map_while(OnceLock::get);
        lanes.zip(&reach.0).all(|(lane, tail)| lane.head.observe() >= *tail)
    }

    /// Drains until they are; whether that was reached in time.
    pub(in crate::handoff) fn drain_to(
        &self,
        drain: &Drain,
        reach: &Reach,
        deadline: Instant,
    ) -> bool {
        while self.is_cut() || !self.has_reached(reach) {
            if self.is_cut() || Instant::now() >= deadline {
                return false;
            }
            self.pass_or_wait(drain);
        }
        true
    }
}
