//! A directory with a file for each category.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::set::{CATEGORIES, Common};
use crate::{
    clock::Timestamp,
    record::Category,
    sink::{
        FileSettings, Kept, Rolling, RollingParts, RollingSettings, SinkSettings, Upkeep,
        backoff::Backoff,
    },
    wait,
};

/// How long what failed is left alone, at first and at most.
pub(super) const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// A directory with a file for each category.
#[derive(Debug)]
pub(in crate::sink) struct Place {
    pub(in crate::sink) dir: PathBuf,
    pub(in crate::sink) slots: [Option<Slot>; CATEGORIES],
}

#[derive(Debug)]
pub(in crate::sink) struct Slot {
    pub(in crate::sink) rolling: Arc<Rolling>,
    failed: AtomicBool,
    backoff: Mutex<Backoff>,
}

impl Place {
    pub(super) fn new(dir: PathBuf, settings: &SinkSettings, common: &Common) -> Self {
        let Common { shared, notices, compressor, syncer } = common;
        let files = Category::ALL.into_iter().zip(&settings.files);
        let kept = files.filter_map(|(category, file)| Some(Kept::of(category, file.as_ref()?)));
        let upkeep = Upkeep::new(&dir, kept.collect(), settings.keep.clone(), Arc::clone(shared));
        let parts = RollingParts {
            shared: Arc::clone(shared),
            notices: Arc::clone(notices),
            compressor: Arc::clone(compressor),
            syncer: Arc::clone(syncer),
            upkeep: Arc::new(upkeep),
        };
        let slot = |category: Category, file: &FileSettings| {
            let settings = RollingSettings {
                category,
                dir: dir.clone(),
                create_dir: true,
                dir_mode: settings.dir_mode,
                file: file.clone(),
                lock_timeout: settings.lock_timeout,
            };
            let (first, longest) = PAUSE;
            Slot {
                rolling: Rolling::attended(settings, parts.clone()),
                failed: AtomicBool::new(false),
                backoff: Mutex::new(Backoff::new(first, longest)),
            }
        };
        let mut slots = [const { None }; CATEGORIES];
        for ((place, category), file) in slots.iter_mut().zip(Category::ALL).zip(&settings.files) {
            *place = file.as_ref().map(|file| slot(category, file));
        }
        Self { dir, slots }
    }
}

impl Slot {
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        !self.failed.load(Ordering::Relaxed)
            || self.backoff().is_none_or(|backoff| backoff.is_ready(now))
    }

    /// How long it may be waited for at that time; `None` where it is left alone. What was waited for
    /// in vain is tried all the same, as that costs next to nothing.
    pub(super) fn patience(&self, now: Timestamp, usual: Duration) -> Option<Duration> {
        if self.is_ready(now) {
            return Some(usual);
        }
        self.backoff()?.was_waited_for().then_some(Duration::ZERO)
    }

    /// It took no line, and was waited for so long.
    pub(super) fn failed(&self, now: Timestamp, spent: Duration) {
        if let Some(mut backoff) = self.backoff() {
            backoff.failed_after(now, spent);
        }
        self.failed.store(true, Ordering::Relaxed);
    }

    pub(super) fn succeeded(&self) {
        if self.failed.swap(false, Ordering::Relaxed)
            && let Some(mut backoff) = self.backoff()
        {
            backoff.succeeded();
        }
    }

    fn backoff(&self) -> Option<MutexGuard<'_, Backoff>> {
        wait::lock(&self.backoff)
    }
}

/// The directory in which the user's programs keep their state.
pub(super) fn state_dir(settings: &SinkSettings) -> Option<PathBuf> {
    let absolute = |path: &&PathBuf| path.is_absolute();
    let state = settings.state_home.as_ref().filter(absolute).cloned().or_else(|| {
        settings.home.as_ref().filter(absolute).map(|home| home.join(".local/state"))
    })?;
    Some(state.join(component(&settings.app)).join("logs"))
}

/// The name of the program as one component of a path.
pub(super) fn component(app: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = app.chars().map(plain).collect();
    if Path::new(&name).file_name().is_none_or(|last| last != &*name) {
        "audit".to_owned()
    } else {
        name
    }
}
