//! Looking after the archives of one directory: which of its files are ours, what they keep, and
//! when that was last seen to; and after files that wait to be rotated while nobody writes.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Compress, Compressor, Deletion, DirKeep, FileSettings, Keep, Rolling, Schedule, Shared, Stock,
    archives,
    compress::{self, Work},
    retain,
    rolling::spread,
};
use crate::{clock::Timestamp, fs, record::Category, wait::lock_within};

/// How often limits are looked after that are broken without a rotation: age and free space.
const EVERY: Duration = Duration::from_hours(1);
/// When another process is compressing, or the clock went back, it is tried again.
const AGAIN: Duration = Duration::from_mins(1);
/// A process that lives no longer needs no thread that looks after its archives.
const SHORT_LIFE: Duration = Duration::from_secs(1);

/// They are locked for so long only where nobody will unlock them.
const MOMENT: Duration = Duration::from_millis(10);

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
    /// When the active file is rotated by time.
    pub rotate_every: Option<Schedule>,
    /// The mode of the lock under which archives are compressed.
    pub mode: u32,
}

/// Looks after the archives of a directory.
#[derive(Debug)]
pub struct Upkeep {
    dir: PathBuf,
    rules: Mutex<Arc<Rules>>,
    /// The active files of this process.
    attended: Mutex<Vec<Weak<Rolling>>>,
    shared: Arc<Shared>,
    /// Whether the archives that were there at the start were seen to.
    begun: AtomicBool,
    /// From when on the timer is wanted; 0 before the first append.
    timer: AtomicI64,
}

/// What is kept, at the moment.
#[derive(Debug, Default)]
struct Rules {
    files: Vec<Kept>,
    keep: DirKeep,
}

impl Kept {
    /// What those settings say about archives.
    #[must_use]
    pub fn of(category: Category, file: &FileSettings) -> Self {
        let FileSettings { name, keep, compress, rotate_every, mode, .. } = file;
        let (keep, rotate_every) = (keep.clone(), rotate_every.clone());
        Self { category, name: name.clone(), keep, compress: *compress, rotate_every, mode: *mode }
    }
}

impl Upkeep {
    /// Looks after those files in `dir`; nothing is done yet.
    #[must_use]
    pub fn new(dir: &Path, files: Vec<Kept>, keep: DirKeep, shared: Arc<Shared>) -> Self {
        Self {
            dir: dir.to_owned(),
            rules: Mutex::new(Arc::new(Rules { files, keep })),
            attended: Mutex::default(),
            shared,
            begun: AtomicBool::new(false),
            timer: AtomicI64::new(0),
        }
    }

    /// None in a child of a fork where they are locked for ever.
    fn rules(&self) -> Arc<Rules> {
        let rules = lock_within(&self.rules, Instant::now() + MOMENT);
        rules.map_or_else(Arc::default, |rules| Arc::clone(&rules))
    }

    /// Rotates that file too when its period ends and nothing is appended.
    pub(super) fn attend(&self, rolling: &Arc<Rolling>) {
        let mut attended = self.attended.lock().unwrap_or_else(PoisonError::into_inner);
        attended.push(Arc::downgrade(rolling));
    }

    /// Keeps something else from now on, and sees to it where something was written already.
    pub(super) fn change(
        self: &Arc<Self>,
        files: Vec<Kept>,
        keep: DirKeep,
        (now, compressor): (Timestamp, &Compressor),
    ) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Rules { files, keep });
        if self.begun.load(Ordering::Relaxed) {
            self.rotated(now, compressor);
            if self.timer.load(Ordering::Relaxed) == 0 {
                compressor.enqueue(self);
            }
        }
    }

    /// What would be deleted now.
    ///
    /// # Errors
    ///
    /// Where the directory cannot be listed.
    pub fn plan(&self, now: Timestamp) -> io::Result<Vec<Deletion>> {
        let rules = self.rules();
        let Rules { files, keep } = &*rules;
        if !files.iter().any(|file| is_limited(&file.keep)) && *keep == DirKeep::default() {
            return Ok(Vec::new());
        }
        let actives: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        let mut archives = archives::list_each(&self.dir, &actives)?;
        for (found, _) in &mut archives {
            archives::measure(&self.dir, found);
        }
        let stocks: Vec<_> = files
            .iter()
            .zip(&archives)
            .map(|(file, (archives, _))| Stock {
                category: file.category,
                active: &file.name,
                keep: &file.keep,
                archives,
            })
            .collect();
        // Unknown space deletes nothing.
        let space = fs::space(&self.dir).ok();
        Ok(retain::plan(&stocks, keep, space, now))
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
        // As the thread will see it.
        let wait = self.work(Timestamp::now());
        let young = self.timer.load(Ordering::Relaxed) != 0;
        // What can wait does not cost a short command a thread.
        if wait.is_some_and(|wait| wait.is_zero() || !young) {
            compressor.enqueue(self);
        }
    }

    /// Starts the timer once the process has lived for a while.
    pub(super) fn tick(self: &Arc<Self>, now: Timestamp, compressor: &Compressor) {
        let from = self.timer.load(Ordering::Relaxed);
        if from != 0 && now.0 >= from && self.timer.swap(0, Ordering::Relaxed) != 0 {
            compressor.enqueue(self);
        }
    }

    /// Whether limits can be broken while nothing is rotated.
    fn is_timed(&self) -> bool {
        let Rules { files, keep } = &*self.rules();
        let timed = |keep: &Keep| keep.age.is_some() || keep.min_free.is_some();
        keep.min_free.is_some() || files.iter().any(|file| timed(&file.keep))
    }

    /// How long until there is something to compress; `None` where there is nothing.
    fn work(&self, now: Timestamp) -> Option<Duration> {
        let rules = self.rules();
        let works = self.works(&rules);
        let actives: Vec<_> = works.iter().map(|work| work.active).collect();
        if works.is_empty() {
            return None;
        }
        let listed = archives::list_each(&self.dir, &actives).ok()?;
        let due = works.iter().zip(&listed).filter_map(|(work, listed)| work.due(listed)).min();
        due.map(|due| until(due, now))
    }

    /// How long until there is something to do; `None` where there is nothing.
    pub(super) fn wait(&self, now: Timestamp) -> Option<Duration> {
        let rules = self.rules();
        let rotation = rules.files.iter().filter_map(|file| {
            let spread = spread(&self.dir, &file.name);
            Some(until(file.rotate_every.as_ref()?.next(now, spread), now))
        });
        let timer = self.is_timed().then_some(EVERY);
        self.work(now).into_iter().chain(rotation).chain(timer).min()
    }

    /// Does what there is to do; tells when to come again.
    pub(super) fn run(&self, now: Timestamp, cancel: &AtomicBool) -> Option<Duration> {
        let rotated = self.rotate(now);
        if self.is_timed() {
            self.retain(now);
        }
        let rules = self.rules();
        let done = compress::run(&self.works(&rules), now, cancel, &self.shared.counters);
        let wait = self.wait(now)?;
        // What is due and still there could not be done.
        if !rotated {
            return Some(wait.min(AGAIN));
        }
        Some(if done && wait > Duration::ZERO { wait } else { wait.max(AGAIN) })
    }

    /// Rotates the files whose period has ended; tells whether all could be.
    fn rotate(&self, now: Timestamp) -> bool {
        let attended = self.attended.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let attended = attended.iter().filter_map(Weak::upgrade);
        // A failure is counted there; writing goes on in the old file.
        attended.map(|rolling| rolling.rotate_if_due(now).is_ok()).fold(true, |all, one| all & one)
    }

    fn works<'a>(&'a self, rules: &'a Rules) -> Vec<Work<'a>> {
        let work = |file: &'a Kept| {
            Some(Work {
                dir: &self.dir,
                active: &file.name,
                compress: file.compress?,
                mode: file.mode,
            })
        };
        rules.files.iter().filter_map(work).collect()
    }
}

/// How long until then; an hour at most, as the clock may be set meanwhile.
fn until(then: Timestamp, now: Timestamp) -> Duration {
    let nanos = then.0.saturating_sub(now.0);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0)).min(EVERY)
}

fn is_limited(keep: &Keep) -> bool {
    let Keep { files, age, bytes, min_free, floor: _ } = keep;
    files.is_some() || age.is_some() || bytes.is_some() || min_free.is_some()
}
