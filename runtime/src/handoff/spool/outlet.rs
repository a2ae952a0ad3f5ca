//! Batches between the spool and the files: taken out by one thread at a time, made into lines by
//! several side by side, and written one after the other in the order in which they were taken.
//!
//! Nobody waits for his turn: who has lines before it is theirs leaves them to whoever writes.

use std::{
    cell::Cell,
    mem,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{gap::Numbers, live::Spool, plan, plan::STREAMS, ring::Cursor};
use crate::{
    drain::{Drain, Rendered},
    record::Category,
    trap,
};

/// So many batches are on their way at most: one is made into lines beside another one. With four of
/// them two processors got no further.
const AT_ONCE: u64 = 2;
/// What so many batches leave is kept.
const SPARES: usize = 2;

/// The batches that were taken out and not written yet.
#[derive(Debug, Default)]
pub(super) struct Outlet {
    /// The number of the batch that is written next.
    turn: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ready: Vec<Ready>,
    /// Somebody writes.
    writing: bool,
    spares: Vec<Spare>,
}

/// What is used again.
#[derive(Debug, Default)]
pub(super) struct Spare {
    /// For the records of a batch.
    pub(super) bytes: Vec<u8>,
    /// The lines that were written last; those of a batch to come get their buffers.
    pub(super) spent: Rendered,
}

/// A batch that is to be written.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) number: u64,
    /// None where making them panicked.
    pub(super) lines: Option<Rendered>,
    /// Streams, and up to where they are drained then.
    pub(super) reached: Vec<(usize, u64)>,
    /// The numbers that were read last before and with it.
    pub(super) numbers: [[Numbers; STREAMS]; 2],
    pub(super) bytes: Vec<u8>,
}

thread_local! {
    static DRAINS: Cell<bool> = const { Cell::new(false) };
}

/// This thread drains a batch, so that a signal handler in the midst of it must not.
#[derive(Debug)]
pub(super) struct Draining(());

impl Draining {
    /// Begins; none where it does already.
    pub(super) fn begin() -> Option<Self> {
        // A thread that is ending is in the midst of nothing.
        let drains = DRAINS.try_with(|drains| drains.replace(true)).unwrap_or(false);
        // Made only then: what is dropped would say that nothing is being drained.
        (!drains).then(|| Self(()))
    }
}

impl Drop for Draining {
    fn drop(&mut self) {
        let _ = DRAINS.try_with(|drains| drains.set(false));
    }
}

impl Outlet {
    /// Whether one more batch may be taken out when so many were.
    pub(super) fn has_room(&self, taken: u64) -> bool {
        taken.wrapping_sub(self.turn()) < AT_ONCE
    }

    /// How many batches were written.
    pub(super) fn turn(&self) -> u64 {
        self.turn.load(Ordering::Acquire)
    }

    /// What a batch before left.
    pub(super) fn spare(&self) -> Spare {
        self.state().spares.pop().unwrap_or_default()
    }

    /// Keeps what a batch left, unless there is enough of it.
    pub(super) fn keep(&self, spare: Spare) {
        self.state().keep(spare);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keep(&mut self, spare: Spare) {
        if self.spares.len() < SPARES {
            self.spares.push(spare);
        }
    }
}

impl Spool {
    /// Writes a batch and those that wait behind it, or leaves it to whoever does.
    pub(super) fn deliver(&self, drain: &Drain, ready: Ready) {
        let mut state = self.outlet.state();
        state.ready.push(ready);
        if mem::replace(&mut state.writing, true) {
            return;
        }
        loop {
            let turn = self.outlet.turn();
            let Some(at) = state.ready.iter().position(|ready| ready.number == turn) else { break };
            let ready = state.ready.swap_remove(at);
            drop(state);
            let spare = self.write(drain, ready);
            self.outlet.turn.store(turn.wrapping_add(1), Ordering::Release);
            state = self.outlet.state();
            state.keep(spare);
        }
        state.writing = false;
    }

    /// Writes a batch, and lets go of its records.
    fn write(&self, drain: &Drain, ready: Ready) -> Spare {
        let Ready { lines, reached, numbers: [before, now], bytes, .. } = ready;
        // The drain does not panic by design; were it to, the next batch must not do so again.
        let written = lines.and_then(|lines| {
            trap::contained(|| {
                drain.append_all(&lines, self);
                lines
            })
        });
        if written.is_none() {
            let lost = (0..).zip(now.iter().zip(before));
            let lost = lost.filter_map(|(stream, (now, before))| now.lost_since(before, stream));
            let mut pump = self.pump.lock().unwrap_or_else(PoisonError::into_inner);
            let from = pump.gaps.len();
            pump.gaps.extend(lost);
            drain.lost(pump.gaps.iter().skip(from).map(|gap| gap.records).sum());
        }
        for (stream, to) in reached {
            if let Some(lane) = self.lanes.get(stream).and_then(OnceLock::get) {
                lane.head.publish(to);
            }
        }
        for category in Category::ALL {
            if let Some(state) = self.base.word(plan::intent(category).0) {
                state.store(0, Ordering::Release);
            }
        }
        if self.sleeper.progress.moved() {
            drain.spool_stuck(false);
        }
        Spare { bytes, spent: written.unwrap_or_default() }
    }

    /// Whether nobody has taken something out that is not written yet.
    pub(super) fn is_at_rest(&self) -> bool {
        self.pump.try_lock().is_ok_and(|pump| pump.batches == self.outlet.turn())
    }
}
