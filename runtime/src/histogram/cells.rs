//! A histogram that one thread writes while others read it.
//!
//! The writer loads and stores, with relaxed order: no lock, no read-modify-write, no fence. Only
//! one thread may write, as two of them could overwrite each other's counts; that is a matter of
//! numbers, not of memory safety. The counters only grow, so that a reader takes the difference of
//! two readings, and nothing that is recorded meanwhile is lost.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{
    Histogram,
    buckets::{BUCKETS, index},
};

/// The histogram of one thread.
#[derive(Debug)]
pub struct Cells {
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
    errors: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

impl Default for Cells {
    fn default() -> Self {
        Self {
            counts: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }
}

impl Cells {
    /// Takes one call; to be called by one thread only.
    #[inline]
    pub fn record(&self, nanos: u64, failed: bool) {
        let add =
            |cell: &AtomicU64, n: u64| cell.store(cell.load(Relaxed).wrapping_add(n), Relaxed);
        if self.min.load(Relaxed) > nanos {
            self.min.store(nanos, Relaxed);
        }
        if self.max.load(Relaxed) < nanos {
            self.max.store(nanos, Relaxed);
        }
        if let Some(count) = self.counts.get(index(nanos)) {
            add(count, 1);
        }
        add(&self.sum, nanos);
        if failed {
            add(&self.errors, 1);
        }
    }

    /// All calls so far; the shortest and longest are those since the reading before.
    #[must_use]
    pub fn read(&self) -> Histogram {
        Histogram {
            // Before the counts: what comes in between is then in the next reading's extremes,
            // and `Histogram::since` notices.
            min: self.min.swap(u64::MAX, Relaxed),
            max: self.max.swap(0, Relaxed),
            counts: self.counts.iter().map(|count| count.load(Relaxed)).collect(),
            sum: u128::from(self.sum.load(Relaxed)),
            errors: self.errors.load(Relaxed),
        }
    }
}
