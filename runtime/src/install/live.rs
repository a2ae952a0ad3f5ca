//! The settings of a running program, and changing them.
//!
//! Levels, targets, what categories take and what their files are like can change; all else holds
//! until the next start. A change that is not understood, or that a pin forbids, changes nothing.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    clock::Timestamp,
    config::{
        Adopted, Change, ConfigFile, Durability, Environment, Key, Layers, Loaded, OnFailure,
        Problem, Settings, config_path, load, read_list,
    },
    drain::{Route, Thresholds},
    frame::Datum,
    fs,
    handoff::{self, Road},
    layer::filter,
    record::{Category, Level},
    render::Notice,
    sink::{DirKeep, Shared, SinkSet, Zone, all_files},
};

/// A configuration file beyond this is none.
const MOST: u64 = 1 << 20;
/// A directive that matched nothing for so long is told.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whatever the settings are made from.
#[derive(Clone, Debug)]
pub(super) struct Wishes {
    pub(super) app: String,
    pub(super) defaults: Vec<Change>,
    pub(super) file: Option<ConfigFile>,
    pub(super) environment: Environment,
    pub(super) pins: Vec<Change>,
    /// The list that was set while running.
    list: Vec<Change>,
    /// What was set while running, one by one.
    changes: Vec<Change>,
}

impl Wishes {
    pub(super) fn new(
        app: String,
        defaults: Vec<Change>,
        environment: Environment,
        pins: Vec<Change>,
    ) -> Self {
        let file = config_path(&defaults, &environment, &pins).map(|path| read_file(&path));
        Self { app, defaults, file, environment, pins, list: Vec::new(), changes: Vec::new() }
    }

    pub(super) fn load(&self) -> Loaded {
        load(&Layers {
            app: &self.app,
            defaults: &self.defaults,
            file: self.file.as_ref(),
            environment: &self.environment,
            running: &[self.list.as_slice(), &self.changes].concat(),
            pins: &self.pins,
            zones: |name| Zone::find(name).is_some(),
        })
    }
}

/// The file as it is now.
fn read_file(path: &Path) -> ConfigFile {
    let text = fs::read_text(path, MOST).map_err(|error| fs::reason(&error));
    ConfigFile { name: path.display().to_string(), text }
}

/// What the settings of this process act upon.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) road: &'static Road,
    pub(super) shared: Arc<Shared>,
    pub(super) sinks: Option<Arc<SinkSet>>,
    /// Whether there is anywhere to write to.
    pub(super) writes: bool,
    /// Whether the `log` records of the program come through us.
    pub(super) takes_log: bool,
}

/// The settings of this process and what they act upon.
#[derive(Debug)]
pub(super) struct Live {
    parts: Parts,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    wishes: Wishes,
    settings: Arc<Settings>,
    problems: Vec<Problem>,
    /// The file as it was looked at last; it may have been refused.
    file: Option<ConfigFile>,
    /// Whether directives that match nothing were told.
    told: bool,
}

impl Live {
    pub(super) fn new(parts: Parts, wishes: Wishes, loaded: &Loaded) -> Self {
        let file = wishes.file.clone();
        let (settings, problems) = (Arc::new(loaded.settings.clone()), loaded.problems.clone());
        let state = Mutex::new(State { wishes, settings, problems, file, told: false });
        Self { parts, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of the state is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settings(&self) -> Arc<Settings> {
        self.state().settings.clone()
    }

    /// Puts a list in the form of `AUDIT_LOG` over the settings; an empty one takes it away again.
    pub(super) fn set_filter(&self, list: &str) -> Result<(), Vec<Problem>> {
        let mut state = self.state();
        let (changes, problems) = read_list(list, &state.wishes.app);
        if problems.iter().any(Problem::is_fault) {
            return Err(problems);
        }
        let wishes = Wishes { list: changes, ..state.wishes.clone() };
        self.change(&mut state, wishes, "the program")
    }

    /// Changes one setting.
    pub(super) fn set(&self, change: Change) -> Result<(), Vec<Problem>> {
        if let Some(problem) = change.is_late() {
            return Err(vec![problem]);
        }
        let mut state = self.state();
        let mut wishes = state.wishes.clone();
        wishes.changes.retain(|earlier| !change.replaces(earlier));
        wishes.changes.push(change);
        self.change(&mut state, wishes, "the program")
    }

    /// The configuration file as it is now, if there is one.
    pub(super) fn read(&self) -> Option<ConfigFile> {
        let settings = self.settings();
        settings.config.as_deref().map(read_file)
    }

    /// Takes the file unless it is the one that was taken last; what is wrong with it is told.
    pub(super) fn take(&self, file: Option<ConfigFile>) -> Result<(), Vec<Problem>> {
        let mut state = self.state();
        if file == state.file {
            return Ok(());
        }
        state.file.clone_from(&file);
        let by = file.as_ref().map_or_else(String::new, |file| file.name.clone());
        let wishes = Wishes { file, ..state.wishes.clone() };
        let changed = self.change(&mut state, wishes, &by);
        for problem in changed.as_ref().err().into_iter().flatten() {
            tell(self.parts.road, &self.parts.shared, problem, state.settings.strict);
        }
        changed
    }

    fn change(&self, state: &mut State, wishes: Wishes, by: &str) -> Result<(), Vec<Problem>> {
        let Loaded { settings: wanted, problems } = wishes.load();
        let news = problems.iter().filter(|p| p.is_fault() && !state.problems.contains(p));
        let news: Vec<_> = news.cloned().collect();
        if !news.is_empty() {
            return Err(news);
        }
        let Parts { road, sinks, writes, takes_log, .. } = &self.parts;
        let mut settings = Settings::clone(&state.settings);
        let Adopted { changed, later } = settings.adopt(&wanted);
        let before = std::mem::replace(&mut state.settings, Arc::new(settings));
        (state.wishes, state.problems) = (wishes, problems);
        if changed.is_empty() && later.is_empty() {
            return Ok(());
        }
        let list = state.settings.list().to_string();
        let (changed, later) = (names(&changed), names(&later));
        let mut details = vec![("by", Datum::Text(by)), ("list", Datum::Text(&list))];
        for (name, keys) in [("changed", &changed), ("at_next_start", &later)] {
            if !keys.is_empty() {
                details.push((name, Datum::Text(keys)));
            }
        }
        let notice = Notice {
            category: Category::System,
            level: Level::Info,
            event: "settings_changed",
            message: "settings of the logs changed",
            details: &details,
        };
        // A change that closes `system.log` is its last line.
        let told = road.drain().notice(&notice);
        handoff::change(road, &thresholds(&state.settings, *writes));
        set_direct(road, &state.settings);
        if before.filter != state.settings.filter {
            if *takes_log {
                log::set_max_level(log_level(state.settings.filter.max_level()));
            }
            state.told = false;
            filter::set(state.settings.filter.clone());
        }
        let [old, new] = [&before, &state.settings]
            .map(|settings| (all_files(settings), DirKeep::from(&**settings)));
        if let Some(sinks) = sinks.as_ref().filter(|_| old != new) {
            sinks.change(new.0, new.1, Timestamp::now());
        }
        if !told {
            road.drain().notice(&notice);
        }
        Ok(())
    }

    /// Tells once which directives of the operator no event has matched, when the program is that
    /// old or ends; a short run tells a developer only, as others are short on purpose.
    pub(super) fn tell_unmatched(&self, age: Duration, ends: bool) {
        let mut state = self.state();
        let developer = ends && state.settings.profile == crate::config::Profile::Dev;
        if state.told || !(developer || age >= PATIENCE) {
            return;
        }
        state.told = true;
        let mut targets = filter::unmatched();
        targets.retain(|target| state.settings.origin(&Key::Target(target.clone())).is_operator());
        targets.sort_unstable();
        if targets.is_empty() {
            return;
        }
        self.parts.road.drain().notice(&Notice {
            category: Category::System,
            level: Level::Info,
            event: "directives_unmatched",
            message: "no event was of the targets that these directives name; are they spelled \
                      as the modules are?",
            details: &[("targets", Datum::Text(&targets.join(",")))],
        });
    }
}

fn names(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(",")
}

/// Writes those categories directly of which something holds when a call returns that no spool can
/// give: their lines are on the disk, or what is done without them is decided by then.
pub(super) fn set_direct(road: &Road, settings: &Settings) {
    let synced = |category| settings.file(category).durability == Durability::Synced;
    let decides =
        |category| matches!(settings.file(category).on_failure, OnFailure::Deny | OnFailure::Abort);
    road.set_direct(Route::to(synced), Route::to(decides));
}

/// What the categories take.
pub(super) fn thresholds(settings: &Settings, writes: bool) -> Thresholds {
    Category::ALL.map(|category| {
        let file = settings.file(category);
        (file.enabled && writes).then_some(file.level)
    })
}

pub(super) fn log_level(least: Option<Level>) -> log::LevelFilter {
    least.map_or(log::LevelFilter::Off, |level| match level {
        Level::Trace => log::LevelFilter::Trace,
        Level::Debug => log::LevelFilter::Debug,
        Level::Info => log::LevelFilter::Info,
        Level::Warn => log::LevelFilter::Warn,
        Level::Error => log::LevelFilter::Error,
    })
}

/// Tells a problem where it can be seen.
pub(super) fn tell(road: &Road, shared: &Shared, problem: &Problem, strict: bool) {
    let text = problem.to_string();
    let fault = problem.is_fault();
    if fault {
        shared.trap.say(&text);
    }
    // `error.log` takes it where the operator asked for strictness.
    let level = if fault && strict { Level::Error } else { Level::Warn };
    let event = if fault { "setting_ignored" } else { "setting_noted" };
    for category in [Category::System, Category::Error] {
        road.drain().notice(&Notice { category, level, event, message: &text, details: &[] });
    }
}
