//! Taking up what processes that died left in their spools and in private directories.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::start::origin;
use crate::{
    frame::Datum,
    handoff::{self, Recovery, Road},
    ledger::Notices,
    record::{Category, Level},
    render::{Notice, Renderer},
    sink::{LineNotices, PrivateDir, Shared, SinkSet, bring_home},
};

/// How often it is looked whether the thread is done.
const STEP: Duration = Duration::from_millis(1);

/// The thread that does it; none where nothing was left.
#[derive(Debug)]
pub(super) struct Recovering(JoinHandle<()>);

/// Begins, where something was left.
pub(super) fn start(road: &'static Road, logs: PathBuf, shared: Arc<Shared>) -> Option<Recovering> {
    if !handoff::has_spools(&logs) {
        return None;
    }
    let run = move || take_up(road, &logs, &shared);
    thread::Builder::new().name("audit-recover".to_owned()).spawn(run).ok().map(Recovering)
}

/// Does the same every so often, on the thread that looks after the archives. Where there is none,
/// the process lives for a moment only, or its files are neither rotated by time nor limited by age.
pub(super) fn look_every(
    every: Duration,
    sinks: &SinkSet,
    road: &'static Road,
    (logs, shared): (PathBuf, Arc<Shared>),
) {
    sinks.every(every, move || {
        // One with a spool of its own looks by its own thread.
        if road.spool_id().is_none() && handoff::has_spools(&logs) {
            take_up(road, &logs, &shared);
        }
    });
}

fn take_up(road: &Road, logs: &Path, shared: &Arc<Shared>) {
    // Whoever looks next tries again what cannot be done now.
    if let Ok(recovery) = handoff::recover(logs, road.spool_id(), shared) {
        tell(road, &recovery);
    }
}

impl Recovering {
    /// Waits for its end; what is not done by then the next process does.
    pub(super) fn finish(self, within: Duration) {
        let until = Instant::now() + within;
        while !self.0.is_finished() && Instant::now() < until {
            thread::sleep(STEP);
        }
    }
}

/// Brings the lines that killed processes left in private directories into the files of a directory
/// of logs, where they belong there; `temp` is the directory for temporary files that those processes
/// had. A process brings its own lines back by itself; only one that is killed while its directory
/// takes no lines leaves them. Private directories of processes that live, of other users, and of
/// other directories of logs are left alone.
///
/// # Errors
///
/// Where `temp` cannot be read.
pub fn recover_private(logs: &Path, temp: &Path) -> io::Result<Vec<PrivateDir>> {
    let renderer = Renderer::new(origin("audit-runtime"), 0);
    let notices: Arc<dyn Notices> = Arc::new(LineNotices::of_this(Arc::new(renderer)));
    bring_home(logs, temp, &notices, &Arc::default())
}

fn tell(road: &Road, recovery: &Recovery) {
    if recovery.lines == 0 && recovery.damaged.is_empty() {
        return;
    }
    let level = if recovery.damaged.is_empty() { Level::Info } else { Level::Warn };
    road.drain().notice(&Notice {
        category: Category::System,
        level,
        event: "spools_recovered",
        message: "records of processes that were killed were brought into the files",
        details: &[
            ("spools", Datum::U64(recovery.spools)),
            ("lines", Datum::U64(recovery.lines)),
            ("damaged", Datum::U64(recovery.damaged.len() as u64)),
        ],
    });
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::DirBuilderExt};

    use super::*;
    use crate::{
        clock::Timestamp,
        config::Every,
        context::Context,
        drain::Drain,
        frame::Capture,
        install::files::Sinks,
        redact::{KeyRules, PseudonymKey, Rules},
        render::Line,
        sink::{Bounds, DirKeep, FileSettings, Schedule, SinkSettings},
    };

    /// A process without a spool that lives on.
    #[test]
    fn what_dies_beside_a_process_is_taken_up_by_the_thread_of_its_archives() {
        let temp = tempfile::tempdir().unwrap();
        let logs = temp.path().to_owned();
        let shared = Arc::new(Shared::default());
        let renderer = Arc::new(Renderer::new(origin("tests"), 8_000));
        let rotate_every = Some(Schedule::utc(Every::Day));
        let settings = SinkSettings {
            app: "tests".to_owned(),
            dir: Some(logs.clone()),
            state_home: None,
            home: None,
            temp: None,
            files: Category::ALL.map(|category| {
                let name = format!("{category}.log");
                Some(FileSettings {
                    rotate_every: rotate_every.clone(),
                    ..FileSettings::plain(name)
                })
            }),
            keep: DirKeep::default(),
            dir_mode: 0o750,
            lock_timeout: SinkSettings::LOCK_TIMEOUT,
            queue: Bounds { bytes: 1 << 16, lines: 100 },
        };
        let notices = Arc::new(LineNotices::of_this(renderer.clone()));
        let sinks = Arc::new(SinkSet::open(settings, notices, shared.clone()));
        let counters = shared.counters.clone();
        let files = Arc::new(Sinks(sinks.clone()));
        let rules = Rules::new(KeyRules::default(), PseudonymKey::new([0; 32]));
        let capture = Capture { rules, counters: counters.clone() };
        let drain = Drain::new(files, renderer.clone(), counters, [Some(Level::Trace); 5]);
        let road = Box::leak(Box::new(Road::new(capture, drain, Context::default())));
        look_every(Duration::from_millis(1), &sinks, road, (logs.clone(), shared));
        let spools = logs.join(".spool");
        fs::DirBuilder::new().mode(0o700).create(&spools).unwrap();
        let left = |name: &str| {
            let path = spools.join(name);
            fs::write(&path, "").unwrap();
            path
        };
        let first = left(".00000000000000ab.tmp");
        let notice = |age| {
            let now = Timestamp::now().after(Duration::from_secs(age));
            let notice = Notice {
                category: Category::System,
                level: Level::Info,
                event: "tests",
                message: "",
                details: &[],
            };
            let line: Line = renderer.notice(&notice, now);
            sinks.append(Category::System, &[line], now);
        };
        // A short command has not even the thread.
        notice(0);
        assert!(first.exists());
        notice(2);
        let until_gone = |path: &Path| {
            let begun = Instant::now();
            while path.exists() {
                assert!(begun.elapsed() < Duration::from_mins(1), "it is left");
                thread::yield_now();
            }
        };
        until_gone(&first);
        // And again.
        until_gone(&left(".00000000000000ac.tmp"));
    }
}
