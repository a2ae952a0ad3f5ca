//! Gauges: how often caches had what was asked for, and how much memory the process takes.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use super::{
    collector, lock,
    names::{Known, Names},
};
use crate::{
    clock::Timestamp,
    handoff,
    record::{Category, Level},
};

static CACHES: Names<Counts> = Names::new();
static MEMORY: AtomicBool = AtomicBool::new(false);

thread_local! {
    static KNOWN: Known<Counts> = const { RefCell::new(BTreeMap::new()) };
}

/// Hits and misses since the start, and what was told of them.
#[derive(Debug)]
struct Counts {
    hits: AtomicU64,
    misses: AtomicU64,
    told: Mutex<Told>,
}

#[derive(Debug)]
struct Told {
    hits: u64,
    misses: u64,
    since: Timestamp,
}

/// A cache whose hits and misses are counted; a copy counts the same.
#[derive(Clone, Copy, Debug)]
pub struct Cache(&'static Counts);

/// The cache of that name: its hits, misses and their ratio are lines of `performance.log`, one for
/// each interval in which it was asked (`AUDIT_LOG_SUMMARY_EVERY`) and one at the end.
///
/// A thread locks the first time it asks for a name, and looks it up in a table of its own after
/// that; a hit or miss is one atomic addition. Keep the handle where even the look-up is too much.
///
/// ```
/// let _logs = audit_runtime::builder("shop").profile(audit_runtime::Profile::Test).init();
/// let prices = audit_runtime::cache("prices");
/// let mut known = std::collections::HashMap::new();
/// for article in ["tea", "rice", "tea"] {
///     if known.contains_key(article) {
///         prices.hit();
///     } else {
///         prices.miss();
///         known.insert(article, 995);
///     }
/// }
/// ```
#[must_use]
pub fn cache(name: &'static str) -> Cache {
    let counts = CACHES.of(&KNOWN, name, || Counts {
        hits: AtomicU64::new(0),
        misses: AtomicU64::new(0),
        told: Mutex::new(Told { hits: 0, misses: 0, since: Timestamp::now() }),
    });
    Cache(counts)
}

impl Cache {
    /// It had what was asked for.
    #[inline]
    pub fn hit(self) {
        count(&self.0.hits);
    }

    /// It had not.
    #[inline]
    pub fn miss(self) {
        count(&self.0.misses);
    }
}

#[inline]
fn count(counter: &AtomicU64) {
    if handoff::takes(Category::Performance, Level::Info) && counter.fetch_add(1, Relaxed) == 0 {
        collector::need();
    }
}

/// Begins to write how much memory the process takes, at each interval and at the end.
///
/// The line has `rss_bytes` on Linux, where the system tells it; elsewhere there is no line.
///
/// ```
/// let _logs = audit_runtime::builder("shop").profile(audit_runtime::Profile::Test).init();
/// audit_runtime::memory();
/// ```
pub fn memory() {
    if handoff::takes(Category::Performance, Level::Info) && !MEMORY.swap(true, Relaxed) {
        collector::need();
    }
}

/// What a cache did within some time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) start: Timestamp,
}

/// The caches that were asked since this was called last.
pub(super) fn caches(now: Timestamp) -> Vec<Asked> {
    let asked = |(name, counts): (&'static str, &Counts)| {
        let mut told = lock(&counts.told)?;
        let (hits, misses) = (counts.hits.load(Relaxed), counts.misses.load(Relaxed));
        let before = std::mem::replace(&mut *told, Told { hits, misses, since: now });
        let (hits, misses) = (hits - before.hits, misses - before.misses);
        (hits + misses > 0).then_some(Asked { name, hits, misses, start: before.since.min(now) })
    };
    CACHES.all().into_iter().filter_map(asked).collect()
}

/// The resident memory of this process, where it is wanted and the system tells.
pub(super) fn resident() -> Option<u64> {
    if !MEMORY.load(Relaxed) || !cfg!(target_os = "linux") {
        return None;
    }
    resident_in(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// `VmRSS` of proc(5), which unlike `statm` does not count in pages.
fn resident_in(status: &str) -> Option<u64> {
    let rest = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes = rest.trim().strip_suffix("kB")?.trim_end();
    kibibytes.parse::<u64>().ok()?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_does_not_begin_after_its_end() {
        cache("young").0.hits.fetch_add(1, Relaxed);
        let asked = caches(Timestamp(5));
        assert_eq!(asked.first().map(|asked| (asked.hits, asked.start)), Some((1, Timestamp(5))));
    }

    #[test]
    fn resident_memory_is_read_from_the_status() {
        let status = "Name:\tx\nVmPeak:\t  9 kB\nVmRSS:\t    1234 kB\nRssAnon:\t 1 kB\n";
        assert_eq!(resident_in(status), Some(1_234 * 1_024));
        for bad in ["", "VmRSS: x kB", "VmRSS: 12", "VmRSS: 99999999999999999999 kB"] {
            assert_eq!(resident_in(bad), None, "{bad}");
        }
    }
}
