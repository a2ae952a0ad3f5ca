//! Looking after the archives of one directory: which of its files are ours, what they keep, and
//! when that was last seen to.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use super::{
    Compress, Compressor, Deletion, DirKeep, FileSettings, Keep, Shared, Stock, archives,
    compress::{self, Work},
    retain,
};
use crate::{clock::Timestamp, fs, record::Category};

/// How often limits are looked after that are broken without a rotation: age and free space.
const EVERY: Duration = Duration::from_hours(1);
/// When another process is compressing, or the clock went back, it is tried again.
const AGAIN: Duration = Duration::from_mins(1);
/// A process that lives no longer needs no thread that looks after its archives.
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// One category's archives in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The category.
    pub category: Category,
    /// The name of its active file.
    pub name: String,
    /// What it keeps.
    pub keep: Keep,
    /// How archives are compressed.
    pub compress: Option<Compress>,
}

/// Looks after the archives of a directory.
#[derive(Debug)]
pub struct Upkeep {
    dir: PathBuf,
    files: Vec<Kept>,
    keep: DirKeep,
    shared: Arc<Shared>,
    /// Whether the archives that were there at the start were seen to.
    begun: AtomicBool,
    /// From when on the timer is wanted; 0 before the first append.
    timer: AtomicI64,
}

impl Kept {
    /// What those settings say about archives.
    #[must_use]
    pub fn of(category: Category, file: &FileSettings) -> Self {
        let FileSettings { name, keep, compress, .. } = file;
        Self { category, name: name.clone(), keep: keep.clone(), compress: *compress }
    }
}

impl Upkeep {
    /// Looks after those files in `dir`; nothing is done yet.
    #[must_use]
    pub fn new(dir: &Path, files: Vec<Kept>, keep: DirKeep, shared: Arc<Shared>) -> Self {
        let (begun, timer) = (AtomicBool::new(false), AtomicI64::new(0));
        Self { dir: dir.to_owned(), files, keep, shared, begun, timer }
    }

    /// What would be deleted now.
    ///
    /// # Errors
    ///
    /// Where the directory cannot be listed.
    pub fn plan(&self, now: Timestamp) -> io::Result<Vec<Deletion>> {
        if !self.files.iter().any(|file| is_limited(&file.keep)) && self.keep == DirKeep::default()
        {
            return Ok(Vec::new());
        }
        let mut archives = Vec::new();
        for file in &self.files {
            archives.push(archives::survey(&self.dir, &file.name)?);
        }
        let stocks: Vec<_> = self
            .files
            .iter()
            .zip(&archives)
            .map(|(file, archives)| Stock {
                category: file.category,
                active: &file.name,
                keep: &file.keep,
                archives,
            })
            .collect();
        // Unknown space deletes nothing.
        let space = fs::space(&self.dir).ok();
        Ok(retain::plan(&stocks, &self.keep, space, now))
    }

    /// Deletes what is too much.
    pub fn retain(&self, now: Timestamp) {
        match self.plan(now) {
            Ok(plan) => retain::carry_out(&self.dir, &plan, &self.shared),
            Err(_) => self.shared.counters.retention_errors.add_one(),
        }
    }

    /// Sees to the archives at the first append of a process.
    pub(super) fn begin(self: &Arc<Self>, now: Timestamp, compressor: &Compressor) {
        if !self.begun.swap(true, Ordering::Relaxed) {
            self.timer.store(now.after(SHORT_LIFE).0, Ordering::Relaxed);
            self.rotated(now, compressor);
        }
    }

    /// Sees to the archives after a rotation.
    pub(super) fn rotated(self: &Arc<Self>, now: Timestamp, compressor: &Compressor) {
        self.retain(now);
        if self.files.iter().any(|file| file.compress.is_some()) {
            compressor.enqueue(self);
        }
    }

    /// Starts the timer once the process has lived for a while.
    pub(super) fn tick(self: &Arc<Self>, now: Timestamp, compressor: &Compressor) {
        let from = self.timer.load(Ordering::Relaxed);
        if from != 0
            && now.0 >= from
            && self.timer.swap(0, Ordering::Relaxed) != 0
            && self.is_timed()
        {
            compressor.enqueue(self);
        }
    }

    /// Whether limits can be broken while nothing is rotated.
    fn is_timed(&self) -> bool {
        let timed = |keep: &Keep| keep.age.is_some() || keep.min_free.is_some();
        self.keep.min_free.is_some() || self.files.iter().any(|file| timed(&file.keep))
    }

    /// How long until there is something to do; `None` where there is nothing.
    pub(super) fn wait(&self, now: Timestamp) -> Option<Duration> {
        let work = self.works().iter().filter_map(Work::due).min();
        let work = work.map(|due| {
            let nanos = due.0.saturating_sub(now.0);
            Duration::from_nanos(u64::try_from(nanos).unwrap_or(0)).min(EVERY)
        });
        let timer = self.is_timed().then_some(EVERY);
        work.into_iter().chain(timer).min()
    }

    /// Does what there is to do; tells when to come again.
    pub(super) fn run(&self, now: Timestamp, cancel: &AtomicBool) -> Option<Duration> {
        if self.is_timed() {
            self.retain(now);
        }
        let done = compress::run(&self.works(), now, cancel, &self.shared.counters);
        let wait = self.wait(now)?;
        // What is due and still there could not be done.
        Some(if done && wait > Duration::ZERO { wait } else { wait.max(AGAIN) })
    }

    fn works(&self) -> Vec<Work<'_>> {
        self.files
            .iter()
            .filter_map(|file| {
                Some(Work { dir: &self.dir, active: &file.name, compress: file.compress? })
            })
            .collect()
    }
}

fn is_limited(keep: &Keep) -> bool {
    let Keep { files, age, bytes, min_free, floor: _ } = keep;
    files.is_some() || age.is_some() || bytes.is_some() || min_free.is_some()
}
