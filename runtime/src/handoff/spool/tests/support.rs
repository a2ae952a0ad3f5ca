//! Spools, drains and files for the tests.

use std::{
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::super::{live::Spool, plan::Header, *};
use crate::{
    clock::Timestamp,
    config::SpoolMode,
    drain::{Drain, Files, Route},
    frame::Frame,
    health::Counters,
    record::{Callsite, Category, Level},
    render::{Line, Origin, Renderer},
    sink::{Shared, Spot},
};

pub(super) static SITE: Callsite = Callsite {
    category: Category::Audit,
    operation: "MOVE",
    event: "operation",
    component: "tests",
    ..Callsite::BLANK
};

pub(super) const AUDIT: Route = Route(1 << Category::Audit as u8);
pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// Takes lines, and keeps those of the audit category.
#[derive(Debug, Default)]
pub(super) struct Kept {
    lines: Mutex<Vec<serde_json::Value>>,
    /// The next batch panics.
    pub(super) panics: AtomicBool,
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Held {
    held: bool,
    /// Whether somebody is being held up.
    inside: bool,
}

impl Files for Kept {
    fn append(
        &self,
        category: Category,
        lines: &[Line],
        _now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> bool {
        assert_eq!(category, Category::Audit);
        assert!(!self.panics.swap(false, Ordering::Relaxed), "as asked for");
        let mut held = self.held.lock().expect("not poisoned");
        held.inside = true;
        self.changed.notify_all();
        held = self.changed.wait_while(held, |held| held.held).expect("not poisoned");
        held.inside = false;
        drop(held);
        begins(Spot::default());
        let lines = lines.iter().map(|line| serde_json::from_str(line.as_str()).expect("JSON"));
        self.lines.lock().expect("not poisoned").extend(lines);
        true
    }
}

impl Kept {
    /// Holds up whoever writes, as a disk that hangs, or lets him go on.
    pub(super) fn hold(&self, held: bool) {
        self.held.lock().expect("not poisoned").held = held;
        self.changed.notify_all();
    }

    /// Returns when somebody is being held up.
    pub(super) fn is_entered(&self) {
        let held = self.held.lock().expect("not poisoned");
        drop(self.changed.wait_while(held, |held| !held.inside).expect("not poisoned"));
    }

    pub(super) fn lines(&self) -> Vec<serde_json::Value> {
        self.lines.lock().expect("not poisoned").clone()
    }

    /// Stream and number of each line.
    pub(super) fn tickets(&self) -> Vec<(u64, u64)> {
        let of = |line: &serde_json::Value, key: &str| line[key].as_u64().expect("a number");
        self.lines().iter().map(|line| (of(line, "stream"), of(line, "n"))).collect()
    }
}

/// A test that fails holds nobody up.
pub(super) struct Released<'a>(pub(super) &'a Kept);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.hold(false);
    }
}

/// The most bytes of the error file, the only one that is rotated.
pub(super) const FULL: u64 = 64 * 1024;

pub(super) fn about() -> About {
    let mut rotate_sizes = [u64::MAX; 5];
    rotate_sizes[Category::Error.index()] = FULL;
    About {
        app: "tests".into(),
        max_lines: [8_000; 5],
        names: Category::ALL.map(|category| format!("{category}.log")),
        rotate_sizes,
        modes: [0o600; 5],
        ..About::default()
    }
}

pub(super) fn drain() -> (Arc<Kept>, Arc<Drain>) {
    let kept = Arc::new(Kept::default());
    let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
    let thresholds = [Some(Level::Trace); 5];
    let counters = Arc::<Counters>::default();
    (kept.clone(), Arc::new(Drain::new(kept, renderer, counters, thresholds)))
}

pub(super) fn create(logs: &Path, id: u64) -> &'static Spool {
    let header = Header { id, key: 7, boot: [0; 16], created: 0, pid: 1 };
    Spool::create((logs, 0o750), header, &about()).expect("a spool")
}

pub(super) fn wish(logs: &Path, id: u64) -> Wish {
    let (logs, shared) = (logs.to_owned(), Arc::default());
    let (mode, look) = (SpoolMode::On, Wish::LOOK);
    Wish { mode, logs, dir_mode: 0o750, id, key: 2, about: about(), shared, look }
}

pub(super) fn push(spool: &'static Spool) -> Pushed {
    spool.push(&SITE, Frame::new(&SITE, Timestamp(0)).bytes(), AUDIT)
}

/// Runs it on so many threads, and waits until they are gone: a scope alone does not wait for what a
/// thread does at its very end.
pub(super) fn at_once(threads: usize, run: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(&run)).collect();
        for handle in handles {
            handle.join().expect("joined");
        }
    });
}

/// A spool with so many records that a process left, in a directory of its own.
pub(super) fn left(records: usize) -> (tempfile::TempDir, PathBuf) {
    left_with(|spool| {
        for _ in 0..records {
            assert_eq!(push(spool), Pushed::Taken);
        }
    })
}

/// The same with what is pushed.
pub(super) fn left_with(push: impl Fn(&'static Spool)) -> (tempfile::TempDir, PathBuf) {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let spool = create(theirs.path(), 0xab);
    push(spool);
    // A copy has no lock.
    let dir = ours.path().join(plan::DIR);
    std::fs::DirBuilder::new().mode(0o700).create(&dir).unwrap();
    let name = &plan::names(0xab)[0];
    std::fs::copy(theirs.path().join(plan::DIR).join(name), dir.join(name)).unwrap();
    (ours, dir.join(name))
}

pub(super) fn recovered(logs: &Path) -> Recovery {
    recover(logs, None, &Arc::new(Shared::default())).expect("listed")
}

pub(super) fn lines(logs: &Path) -> usize {
    std::fs::read_to_string(logs.join("audit.log")).map_or(0, |text| text.lines().count())
}

/// Waits until something holds that another thread brings about.
#[track_caller]
pub(super) fn until(mut holds: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed() < MINUTE, "it never came");
        std::thread::yield_now();
    }
}
