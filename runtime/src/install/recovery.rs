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
    sink::{LineNotices, PrivateDir, Shared, bring_home},
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
    let run = move || {
        // Whoever starts next tries again what cannot be done now.
        if let Ok(recovery) = handoff::recover(&logs, road.spool_id(), &shared) {
            tell(road, &recovery);
        }
    };
    thread::Builder::new().name("audit-recover".to_owned()).spawn(run).ok().map(Recovering)
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
