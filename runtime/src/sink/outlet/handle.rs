//! Lines to a stream, as those see it who log.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, atomic::AtomicU32},
    time::Duration,
};

use super::{
    pump::{Inner, Target},
    queue::{Bounds, Entry, Rank},
    state::{Events, State, Writing},
};
use crate::{
    clock::Timestamp,
    record::Category,
    wait::{self, Turn},
};

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is written.
    Written,
    /// It waits; it is written unless the process dies or the stream takes nothing until the end.
    Queued,
    /// It is counted as lost.
    Lost,
}

/// Lines to a stream.
pub struct Outlet {
    inner: Arc<Inner>,
}

impl Outlet {
    /// Lines to that target by a thread of that name, which starts with the first line.
    #[must_use]
    pub fn new(
        name: &'static str,
        bounds: Bounds,
        target: Box<dyn Target>,
        events: Box<dyn Events>,
    ) -> Self {
        let writing = Turn::new(Writing::default());
        let state = Mutex::new(State::new(bounds));
        let (barred, maker) = (AtomicU32::new(0), wait::look_at_process());
        let (work, moved) = (Condvar::new(), Condvar::new());
        Self {
            inner: Arc::new(Inner {
                name,
                target,
                events,
                state,
                work,
                moved,
                writing,
                barred,
                maker,
            }),
        }
    }

    /// Puts a line into the queue. `waits`: until it is written, for a bounded time.
    pub fn put(
        &self,
        category: Category,
        rank: Rank,
        waits: bool,
        bytes: Box<[u8]>,
        at: Timestamp,
    ) -> Put {
        let entry = Entry { category, rank, at, bytes, gap: None, number: 0 };
        let inner = &self.inner;
        wait::look_at_process();
        let (number, helps) = match inner.push(entry, waits) {
            Ok(pushed) => pushed,
            Err(None) => return Put::Lost,
            Err(Some(entry)) => return inner.direct(&entry),
        };
        if waits {
            return inner.settle(number);
        }
        if helps {
            inner.step(Duration::ZERO);
        }
        Put::Queued
    }

    /// Writes what waits, until `within` is over; tells how many lines are left. They are counted
    /// as lost, and forgotten.
    pub fn finish(&self, within: Duration) -> u64 {
        wait::look_at_process();
        self.inner.finish(within)
    }
}

#[cfg(test)]
impl Outlet {
    /// Whether the thread is there.
    pub(super) fn works(&self) -> bool {
        self.inner.state().unwrap().works
    }

    /// How many lines wait or are being written.
    pub(super) fn depth(&self) -> usize {
        self.inner.state().unwrap().queue.depth().1
    }

    /// How many lines nobody has begun to write.
    pub(super) fn waiting(&self) -> usize {
        self.inner.state().unwrap().queue.waiting()
    }

    /// Has the queue look as if a thread of another process had it.
    pub(super) fn bar(&self) {
        self.inner.barred.store(wait::process(), std::sync::atomic::Ordering::Relaxed);
    }

    /// Has everything look as in a process that was forked.
    pub(super) fn forked(&self) {
        self.inner.state().unwrap().owner = 0;
        self.inner
            .writing
            .with(std::time::Instant::now(), Writing::default, |writing| writing.owner = 0);
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.inner.finish(Duration::ZERO);
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("name", &self.inner.name).finish_non_exhaustive()
    }
}
