//! The guard: logging lasts as long as it does.

use std::{
    fmt, io,
    path::PathBuf,
    process,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{heartbeat::Heartbeat, live::Live, recovery::Recovering, watch::Watch};

use crate::{
    clock::Timestamp,
    config::{Change, Dir, Problem, Rule, Settings},
    frame::Datum,
    handoff::Road,
    health::Health,
    layer::ConsoleGuard,
    record::{Category, Level},
    render::Notice,
    sink::{Location, SinkSet},
    timing,
};

/// Logging is set up; dropping this ends it: what waits is written, for a bounded time.
#[must_use = "logging ends when this is dropped; bind it to a name in `main`"]
pub struct Logs {
    pub(super) settings: Arc<Settings>,
    pub(super) problems: Vec<Problem>,
    pub(super) running: Option<Running>,
}

/// How long the guard waits for the spool, for compressions, each; the next process takes up what is
/// left.
const FINISH: Duration = Duration::from_millis(200);

/// What ends with the guard.
pub(super) struct Running {
    pub(super) road: &'static Road,
    pub(super) sinks: Option<Arc<SinkSet>>,
    pub(super) console: Option<ConsoleGuard>,
    pub(super) private_dir: Option<PathBuf>,
    pub(super) live: Arc<Live>,
    pub(super) watch: Option<Watch>,
    pub(super) recovering: Option<Recovering>,
    #[cfg(feature = "signals")]
    pub(super) rotation: Option<super::signals::Rotation>,
    /// Ends the heartbeat.
    pub(super) beating: Option<Heartbeat>,
    pub(super) since: Instant,
    /// The process that was set up.
    pub(super) owner: u32,
}

impl Logs {
    /// The settings that hold at the moment.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.running.as_ref().map_or_else(|| self.settings.clone(), |it| it.live.settings())
    }

    /// Puts a list in the form of `AUDIT_LOG` over the settings: levels, targets, categories. It
    /// takes the place of the list that was set so before; an empty one takes that away.
    ///
    /// # Errors
    ///
    /// What of the list is not understood or forbidden by a pin; then nothing changes.
    ///
    /// ```
    /// let logs = audit_runtime::builder("shop").profile(audit_runtime::Profile::Test).init();
    /// assert!(logs.set_filter("warn,shop::store=trace").is_ok());
    /// let problems = logs.set_filter("wran").expect_err("a slip");
    /// assert_eq!(problems[0].nearest.as_deref(), Some("warn"));
    /// ```
    pub fn set_filter(&self, list: &str) -> Result<(), Vec<Problem>> {
        self.running.as_ref().map_or(Ok(()), |running| running.live.set_filter(list))
    }

    /// Sets what a category takes from now on.
    ///
    /// # Errors
    ///
    /// What cannot be, or is forbidden by a pin; then nothing changes.
    pub fn set_category(&self, category: Category, rule: Rule) -> Result<(), Vec<Problem>> {
        self.set(Change::Category(category, rule))
    }

    /// Changes one setting from now on: levels, targets, categories, and what files are like but
    /// for their names, formats and longest lines.
    ///
    /// # Errors
    ///
    /// What cannot be, cannot change while the program runs, or is forbidden by a pin; then nothing
    /// changes.
    ///
    /// ```
    /// use audit_runtime::{Category, Change, FileSetting, Profile, config::Scope};
    ///
    /// let logs = audit_runtime::builder("shop").profile(Profile::Test).init();
    /// let size = FileSetting::RotateSize(Some(1 << 20));
    /// assert!(logs.set(Change::File(Scope::One(Category::Debug), size)).is_ok());
    /// let problems = logs.set(Change::Profile(Profile::Dev)).expect_err("too late");
    /// assert!(problems[0].to_string().contains("holds from the start"));
    /// ```
    pub fn set(&self, change: Change) -> Result<(), Vec<Problem>> {
        self.running.as_ref().map_or(Ok(()), |running| running.live.set(change))
    }

    /// Rotates the file of a category now; tells whether it did, as an empty file is left as it is.
    ///
    /// # Errors
    ///
    /// What kept it from being rotated; writing goes on in the old file.
    ///
    /// ```
    /// use audit_runtime::{Category, Profile};
    ///
    /// let logs = audit_runtime::builder("shop").profile(Profile::Test).init();
    /// assert!(logs.rotate(Category::System).is_ok_and(|rotated| rotated));
    /// assert!(logs.rotate(Category::Audit).is_ok_and(|rotated| !rotated), "nothing is in it");
    /// ```
    pub fn rotate(&self, category: Category) -> io::Result<bool> {
        let sinks = self.running.as_ref().and_then(|running| running.sinks.as_ref());
        let rotated = sinks.map_or(Ok(false), |sinks| sinks.rotate(category, Timestamp::now()));
        Ok(rotated?)
    }

    /// Reads the configuration file again, as `AUDIT_LOG_WATCH` does at an interval. What
    /// [`Logs::set`] can change changes; all else holds until the next start.
    ///
    /// # Errors
    ///
    /// What of the file is not understood; it is told as well, and nothing changes.
    pub fn reload(&self) -> Result<(), Vec<Problem>> {
        self.running.as_ref().map_or(Ok(()), |running| running.live.take(running.live.read()))
    }

    /// The settings that were not understood, each told once on the standard error.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The path of the category's active file as it is set; `None` where it has none.
    ///
    /// Where the lines go at present, a fallback included, tells [`Logs::place`].
    #[must_use]
    pub fn file(&self, category: Category) -> Option<PathBuf> {
        let settings = self.settings();
        let file = settings.file(category);
        let dir = match &settings.dir {
            Dir::At(dir) => dir,
            Dir::PrivateTemp => self.running.as_ref()?.private_dir.as_ref()?,
            Dir::Off => return None,
        };
        file.enabled.then(|| dir.join(&file.name))
    }

    /// Where the lines of a category go at present; `None` where they go nowhere.
    #[must_use]
    pub fn place(&self, category: Category) -> Option<Location> {
        let sinks = self.running.as_ref()?.sinks.as_ref()?;
        if !self.settings().file(category).enabled {
            return Some(Location::Nowhere);
        }
        sinks.dirs().into_iter().nth(category.index())
    }

    /// Writes what waits in the spool into its files; whether nothing is left within that time.
    /// Without a spool every line is in its file already.
    #[must_use]
    pub fn flush(&self, within: Duration) -> bool {
        self.running.as_ref().is_none_or(|running| running.road.flush(within))
    }

    /// The counters.
    #[must_use]
    pub fn health(&self) -> Health {
        self.running.as_ref().map(|running| running.road.drain().health()).unwrap_or_default()
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        if self.running.is_some() {
            timing::stop();
        }
        let Some(running) = self.running.take() else { return };
        drop(running.watch);
        drop(running.beating);
        // A process that was forked from this one has not the thread.
        let is_owner = running.owner == process::id();
        if let Some(recovering) = running.recovering.filter(|_| is_owner) {
            recovering.finish(FINISH);
        }
        running.road.finish(FINISH);
        let health = running.road.capture().counters.snapshot();
        #[cfg(feature = "signals")]
        drop(running.rotation);
        running.live.tell_unmatched(running.since.elapsed(), true);
        running.road.drain().notice(&Notice {
            category: Category::System,
            level: Level::Info,
            event: "logging_stopped",
            message: "logging stopped",
            details: &[
                ("lines_written", Datum::U64(health.lines_written)),
                ("lines_lost", Datum::U64(health.lines_lost)),
                ("lines_dropped", Datum::U64(health.lines_dropped)),
            ],
        });
        let exit_wait = running.live.settings().exit_wait;
        if let Some(console) = running.console {
            console.end(exit_wait);
        }
        if let Some(sinks) = running.sinks {
            sinks.finish(exit_wait, FINISH);
        }
        // A process that was forked from this one ends without it.
        if let Some(dir) = running.private_dir.filter(|_| is_owner) {
            // The directory of a test run; the system clears what cannot be removed now.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs")
            .field("app", &self.settings.app)
            .field("profile", &self.settings.profile)
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}
