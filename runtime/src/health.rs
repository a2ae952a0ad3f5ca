//! Counters of everything that can be lost or go wrong, as one snapshot.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use crate::wait::lock_within;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The live counters; shared by every part of the runtime.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[$doc])* pub $name: Counter,)*
            /// What is not as it should be at the moment.
            pub conditions: Conditions,
        }

        /// A snapshot of the counters.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Health {
            $($(#[$doc])* pub $name: u64,)*
            /// What is not as it should be at the moment: what it is about, and what is wrong.
            pub degraded: Vec<(&'static str, String)>,
        }

        impl Counters {
            /// All counters at zero.
            #[must_use]
            pub const fn new() -> Self { Self { $($name: Counter::new(),)* conditions: Conditions::new() } }

            /// The counters as they are now.
            #[must_use]
            pub fn snapshot(&self) -> Health {
                Health { $($name: self.$name.value(),)* degraded: self.conditions.list() }
            }
        }

        impl Health {
            /// All counters by name.
            pub fn counters(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }
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
    /// Lines that were dropped on purpose: their queue was full, or that is what is set for their
    /// category while its file takes nothing.
    lines_dropped,
    /// Lines that went into a fallback directory or to the standard error.
    lines_diverted,
    /// Those of them that were brought into their file later.
    lines_returned,
    /// Lines that say how many lines are missing, or stand elsewhere.
    gaps_told,
    /// Writes that failed, whether or not the line found another place.
    write_errors,
    /// Files and locks that were not had within their deadline.
    lock_timeouts,
    /// Times a file was brought to the disk, for all lines that waited for it then.
    syncs,
    /// Times that failed; a new file was begun, as nothing more of such a file is sure.
    sync_errors,
    /// Lines that are to be on the disk within a time (`AUDIT_LOG_DURABILITY=1s`) and are not yet.
    unsynced_lines,
    /// For how many milliseconds the oldest of them has been written.
    unsynced_ms,
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
    /// Spools of this process that somebody deleted or cut; it went on in direct mode: 0 or 1.
    spools_gone,
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
    /// Times the thread that writes to the standard output or the console panicked.
    writer_panics,
    /// Bytes that wait for the standard output at the moment.
    queue_bytes,
    /// Lines that do.
    queue_lines,
    /// The most bytes that ever did.
    queue_peak_bytes,
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

    /// Replaces the value by a greater one.
    pub fn raise(&self, n: u64) {
        self.0.fetch_max(n, Ordering::Relaxed);
    }

    /// The present value.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is not as it should be, by what it is about.
#[derive(Debug, Default)]
pub struct Conditions(Mutex<BTreeMap<&'static str, String>>);

impl Conditions {
    /// All is well.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Says what is wrong with something; `None`: nothing any more.
    pub fn set(&self, what: &'static str, wrong: Option<String>) {
        // Held for moments; after a fork perhaps for ever, and then nobody can be told.
        if let Some(mut all) = lock_within(&self.0, Instant::now()) {
            match wrong {
                Some(wrong) => all.insert(what, wrong),
                None => all.remove(what),
            };
        }
    }

    fn list(&self) -> Vec<(&'static str, String)> {
        let all = lock_within(&self.0, Instant::now());
        all.map(|all| all.iter().map(|(what, wrong)| (*what, wrong.clone())).collect())
            .unwrap_or_default()
    }
}

/// How the logs are, in one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every line stands where it belongs.
    Ok,
    /// Something does not work at the moment, but no line was lost.
    Degraded(String),
    /// So many lines were lost or dropped since the program started.
    Lossy(u64),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Degraded(reason) => write!(f, "degraded: {reason}"),
            Self::Lossy(lines) => write!(f, "lossy: {lines} lines"),
        }
    }
}

impl Health {
    /// Whether any line was lost, on purpose or not.
    #[must_use]
    pub fn is_lossy(&self) -> bool {
        self.lines_missing() > 0
    }

    fn lines_missing(&self) -> u64 {
        self.lines_lost.saturating_add(self.lines_dropped)
    }

    /// How the logs are. A loss is never forgotten; `degraded` tells whether it goes on.
    #[must_use]
    pub fn status(&self) -> Status {
        match (self.lines_missing(), self.degraded.first()) {
            (0, None) => Status::Ok,
            (0, Some((what, wrong))) => Status::Degraded(format!("{what}: {wrong}")),
            (lines, _) => Status::Lossy(lines),
        }
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
        assert!(health.counters().any(|counter| counter == ("bytes_written", 7)));
    }

    #[test]
    fn the_status_is_the_worst_that_is_true() {
        let counters = Counters::new();
        let status = || counters.snapshot().status().to_string();
        assert_eq!(status(), "ok");
        counters.conditions.set("audit", Some("full".to_owned()));
        assert_eq!(status(), "degraded: audit: full");
        counters.lines_dropped.add(2);
        counters.lines_lost.add_one();
        assert_eq!(status(), "lossy: 3 lines");
        counters.conditions.set("audit", None);
        assert_eq!(status(), "lossy: 3 lines");
        assert_eq!(counters.snapshot().degraded, []);
    }

    #[test]
    fn a_peak_is_never_lower() {
        let counters = Counters::new();
        for n in [1, 5, 2] {
            counters.queue_peak_bytes.raise(n);
        }
        assert_eq!(counters.queue_peak_bytes.value(), 5);
    }
}
