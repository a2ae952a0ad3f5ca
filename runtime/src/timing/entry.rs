//! The histogram of one site: what its threads write, what ended threads left, what was told.

use std::sync::{Arc, Mutex};

use super::lock;
use crate::{
    clock::Timestamp,
    histogram::{Cells, Histogram},
    record::Callsite,
};

/// A site whose calls are counted.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) site: &'static Callsite,
    /// One in so many calls is counted.
    pub(super) sample: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The cells of threads that live.
    live: Vec<Arc<Cells>>,
    /// The calls of threads that have ended.
    ended: Histogram,
    /// What was collected before.
    told: Histogram,
    since: Timestamp,
}

/// The calls of a site within some time.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) calls: Histogram,
    pub(super) start: Timestamp,
}

impl Entry {
    pub(super) fn new(site: &'static Callsite, sample: u32, now: Timestamp) -> Self {
        let (ended, told) = (Histogram::default(), Histogram::default());
        let state = State { live: Vec::new(), ended, told, since: now };
        Self { site, sample, state: Mutex::new(state) }
    }

    /// Cells for one more thread.
    pub(super) fn join(&self) -> Option<Arc<Cells>> {
        let cells = Arc::new(Cells::default());
        lock(&self.state)?.live.push(cells.clone());
        Some(cells)
    }

    /// The thread of these cells has ended: its calls stay, its memory goes.
    pub(super) fn leave(&self, cells: &Arc<Cells>) {
        let Some(mut state) = lock(&self.state) else { return };
        state.ended.merge(&cells.read());
        state.live.retain(|other| !Arc::ptr_eq(other, cells));
    }

    /// Takes one call of a thread that has no cells any more.
    pub(super) fn record(&self, nanos: u64, failed: bool) {
        if let Some(mut state) = lock(&self.state) {
            state.ended.record(nanos, failed);
        }
    }

    /// The calls since this was called last; `None` where there were none.
    pub(super) fn collect(&self, now: Timestamp) -> Option<Window> {
        let mut state = lock(&self.state)?;
        let mut all = state.ended.clone();
        state.live.iter().for_each(|cells| all.merge(&cells.read()));
        state.ended.forget_extremes();
        // It may be younger than `now`, and clocks are set back.
        let start = std::mem::replace(&mut state.since, now).min(now);
        let calls = all.since(&state.told);
        if calls.count() == 0 {
            return None;
        }
        all.forget_extremes();
        state.told = all;
        Some(Window { calls, start })
    }

    /// How many threads have cells.
    #[cfg(test)]
    pub(super) fn threads(&self) -> usize {
        lock(&self.state).map_or(0, |state| state.live.len())
    }
}
