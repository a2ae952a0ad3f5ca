//! How far the drain has come, for those who handed off before and wait for it.

use std::{
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use super::{live::Spool, ring::Cursor};
use crate::drain::Drain;

const STEP: Duration = Duration::from_micros(50);

/// The end of each stream at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::handoff) struct Reach(Vec<u64>);

impl Spool {
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
            if self.try_pass(drain).is_none() {
                thread::sleep(STEP);
            }
        }
        true
    }
}
