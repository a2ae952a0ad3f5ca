//! Counters of everything that can be lost or go wrong, as one snapshot.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The live counters; shared by every part of the runtime.
        #[derive(Debug, Default)]
        pub struct Counters { $($(#[$doc])* pub $name: Counter,)* }

        /// A snapshot of the counters.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Health { $($(#[$doc])* pub $name: u64,)* }

        impl Counters {
            /// All counters at zero.
            #[must_use]
            pub const fn new() -> Self { Self { $($name: Counter::new(),)* } }

            /// The counters as they are now.
            #[must_use]
            pub fn snapshot(&self) -> Health { Health { $($name: self.$name.value(),)* } }
        }
    };
}

counters! {
    /// Lines written to a category file, the standard output or a fallback.
    lines_written,
    /// Bytes of those lines.
    bytes_written,
    /// Lines that reached no file and no stream.
    lines_lost,
    /// Lines that went into a fallback directory or to the standard error.
    lines_diverted,
    /// Writes that failed, whether or not the line found another place.
    write_errors,
    /// Locks that were not had within their deadline.
    lock_timeouts,
    /// Torn lines that were found at the end of a file and closed.
    torn_lines,
    /// Active files that were begun anew because they had been renamed, deleted or replaced.
    reopened,
    /// Active files that somebody else made shorter; lines may be missing from them.
    truncated,
    /// Rotations done by this process.
    rotations,
    /// Rotations that failed; writing went on in the old file.
    rotation_errors,
    /// Archives compressed by this process.
    compressions,
    /// Compressions that failed; the archive stays as it is.
    compression_errors,
    /// Archives deleted because they were past a limit.
    archives_deleted,
    /// Archives that should have been deleted and could not be.
    retention_errors,
    /// Values that panicked while they were made or written; the record says so in their place.
    values_panicked,
    /// Calls that were not recorded because they were made within values within values without end.
    calls_too_deep,
    /// Values that were removed or replaced because they looked like a secret.
    values_redacted,
    /// Lines whose longer values were shortened to keep the line within its limit.
    lines_shortened,
    /// Processes that stayed in direct mode because a spool could not be made: 0 or 1.
    spool_refused,
    /// Spools of dead processes whose records are all in their files.
    spools_recovered,
    /// Lines that were written for them.
    spool_lines_recovered,
    /// Spools that were put aside because a part of them could not be read.
    spools_damaged,
    /// Spools that were left as they are: of another version, or not to be read at present.
    spools_left,
    /// Messages of the developer console that were dropped because its queue was full.
    console_dropped,
}

/// One counter that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// A counter at zero.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds one.
    pub fn add_one(&self) {
        self.add(1);
    }

    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Replaces the value by one that is counted elsewhere.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// The present value.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Health {
    /// Whether any line was lost.
    #[must_use]
    pub fn is_lossy(&self) -> bool {
        self.lines_lost > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_shows_what_was_counted() {
        let counters = Counters::new();
        assert!(!counters.snapshot().is_lossy());
        counters.lines_lost.add_one();
        counters.bytes_written.add(7);
        let health = counters.snapshot();
        assert!(health.is_lossy());
        assert_eq!((health.lines_lost, health.bytes_written), (1, 7));
    }
}
