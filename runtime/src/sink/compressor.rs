//! The one background thread for the archives of all categories: it compresses, and deletes what
//! became too old while nothing was rotated. While it is there it does a chore as well.

use std::{
    fmt,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::Upkeep;
use crate::{clock::Timestamp, health::Counters, trap, wait};

/// How long the thread is waited for once it was told to drop its work.
const GRACE: Duration = Duration::from_millis(100);
/// The lowest priority: compression can wait.
const NICE: i32 = 19;

/// Compresses archives on a thread of its own, which starts with the first work.
#[derive(Debug)]
pub struct Compressor {
    inner: Arc<Inner>,
    /// The process that made it; a child of it has not the thread, and the queue may be locked there
    /// for ever.
    maker: u32,
}

#[derive(Debug)]
struct Inner {
    counters: Arc<Counters>,
    queue: Mutex<Queue>,
    changed: Condvar,
    cancel: AtomicBool,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: Vec<Job>,
    chore: Option<Chore>,
    running: bool,
    closed: bool,
}

/// Something small that is done every so often.
struct Chore {
    every: Duration,
    due: Instant,
    act: Arc<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Chore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { every, due, act: _ } = self;
        f.debug_struct("Chore").field("every", every).field("due", due).finish_non_exhaustive()
    }
}

/// A directory to look after, and when.
#[derive(Debug)]
struct Job {
    upkeep: Arc<Upkeep>,
    due: Instant,
}

impl Compressor {
    /// A compressor without work.
    #[must_use]
    pub fn new(counters: Arc<Counters>) -> Self {
        let inner = Arc::new(Inner {
            counters,
            queue: Mutex::default(),
            changed: Condvar::new(),
            cancel: AtomicBool::new(false),
        });
        Self { inner, maker: wait::process() }
    }

    fn is_inherited(&self) -> bool {
        wait::process() != self.maker
    }

    /// Has the archives of a directory compressed that may be, and looks after it from then on.
    pub fn enqueue(&self, upkeep: &Arc<Upkeep>) {
        if self.is_inherited() {
            return;
        }
        let Some(wait) = upkeep.wait(Timestamp::now()) else { return };
        let mut queue = self.inner.queue();
        if queue.closed {
            return;
        }
        queue.add(upkeep, wait);
        if !queue.running {
            let inner = Arc::clone(&self.inner);
            let thread = thread::Builder::new().name("audit-archives".to_owned());
            queue.running = thread.spawn(move || inner.work()).is_ok();
            if !queue.running {
                // The archives wait for the next rotation.
                queue.jobs.clear();
                self.inner.counters.compression_errors.add_one();
            }
        }
        drop(queue);
        self.inner.changed.notify_all();
    }

    /// Has something done every so often, as long as the thread is there: no thread starts for it.
    pub fn every(&self, every: Duration, act: impl Fn() + Send + Sync + 'static) {
        let due = Instant::now() + every;
        self.inner.queue().chore = Some(Chore { every, due, act: Arc::new(act) });
        self.inner.changed.notify_all();
    }

    /// Ends the thread, when the work that is due is done or `within` is over; tells whether it was done.
    /// What is not done is left to the next process.
    pub fn finish(&self, within: Duration) -> bool {
        if self.is_inherited() {
            return true;
        }
        self.inner.queue().closed = true;
        self.inner.changed.notify_all();
        let done = self.inner.wait(within);
        if !done {
            self.inner.cancel.store(true, Ordering::Relaxed);
            self.inner.wait(GRACE);
        }
        done
    }
}

#[cfg(test)]
impl Compressor {
    /// Whether the thread runs.
    pub(super) fn is_running(&self) -> bool {
        self.inner.queue().running
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        self.finish(Duration::ZERO);
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the thread has ended.
    fn wait(&self, within: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.queue(), within, |queue| queue.running);
        let (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !queue.running
    }

    fn work(&self) {
        // Linux keeps a priority for each thread and this sets that of the calling one alone, that
        // of its disk accesses with it; without it the work is done all the same.
        let _ = rustix::process::setpriority_process(None, NICE);
        let mut queue = self.queue();
        while !self.cancel.load(Ordering::Relaxed) {
            let now = Instant::now();
            if let Some(upkeep) = queue.take_due(now) {
                drop(queue);
                let run = || upkeep.run(Timestamp::now(), &self.cancel);
                let wait = trap::contained(run).unwrap_or_else(|| {
                    self.counters.compression_errors.add_one();
                    None
                });
                queue = self.queue();
                if let Some(wait) = wait {
                    queue.add(&upkeep, wait);
                }
            } else if queue.closed {
                break;
            } else if let Some(act) = queue.take_chore(now) {
                drop(queue);
                // What it does it does again.
                let _ = trap::contained(|| act());
                queue = self.queue();
            } else if let Some(wait) = queue.next(now) {
                let waited = self.changed.wait_timeout(queue, wait);
                (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
            } else {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        }
        queue.running = false;
        drop(queue);
        self.changed.notify_all();
    }
}

impl Queue {
    /// Adds a job, or brings forward the one of this directory.
    fn add(&mut self, upkeep: &Arc<Upkeep>, wait: Duration) {
        let due = Instant::now() + wait;
        match self.jobs.iter_mut().find(|job| Arc::ptr_eq(&job.upkeep, upkeep)) {
            Some(job) => job.due = job.due.min(due),
            None => self.jobs.push(Job { upkeep: Arc::clone(upkeep), due }),
        }
    }

    fn take_due(&mut self, now: Instant) -> Option<Arc<Upkeep>> {
        let place = self.jobs.iter().position(|job| job.due <= now)?;
        Some(self.jobs.remove(place).upkeep)
    }

    fn next(&self, now: Instant) -> Option<Duration> {
        let chore = self.chore.iter().map(|chore| chore.due);
        let due = self.jobs.iter().map(|job| job.due).chain(chore).min()?;
        Some(due.saturating_duration_since(now))
    }

    /// What is to be done beside the jobs now; it is due again that much later.
    fn take_chore(&mut self, now: Instant) -> Option<Arc<dyn Fn() + Send + Sync>> {
        let chore = self.chore.as_mut().filter(|chore| chore.due <= now)?;
        chore.due = now + chore.every;
        Some(Arc::clone(&chore.act))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        record::Category,
        sink::{Codec, Compress, DirKeep, FileSettings, Kept},
    };
    use std::fs::File;

    const FIRST: &str = "a.log.20260102T030405.678Z-000001";

    /// A directory whose first archive is too long to be compressed within a test.
    fn directory(archives: &[&str]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        for name in archives {
            File::create(temp.path().join(name)).unwrap().set_len(1 << 36).unwrap();
        }
        temp
    }

    fn long_work() -> tempfile::TempDir {
        directory(&[FIRST, "a.log.20260102T030405.678Z-000002"])
    }

    fn upkeep(temp: &tempfile::TempDir, delay: Duration) -> Arc<Upkeep> {
        let compress = Some(Compress { codec: Codec::Gzip, delay });
        let kept =
            Kept::of(Category::Audit, &FileSettings { compress, ..FileSettings::plain("a.log") });
        Arc::new(Upkeep::new(temp.path(), vec![kept], DirKeep::default(), Arc::default()))
    }

    #[test]
    fn no_thread_starts_without_work_or_after_the_end() {
        let compressor = Compressor::new(Arc::default());
        compressor.enqueue(&upkeep(&directory(&[FIRST]), Duration::ZERO));
        assert!(!compressor.inner.queue().running);
        assert!(compressor.finish(Duration::ZERO));
        compressor.enqueue(&upkeep(&long_work(), Duration::ZERO));
        assert!(!compressor.inner.queue().running);
    }

    #[test]
    fn work_that_takes_too_long_is_dropped() {
        let temp = long_work();
        let compressor = Compressor::new(Arc::default());
        compressor.enqueue(&upkeep(&temp, Duration::ZERO));
        assert!(!compressor.finish(Duration::ZERO));
        assert!(compressor.inner.wait(Duration::from_mins(1)), "the thread still runs");
        assert!(temp.path().join(FIRST).exists());
        assert!(!temp.path().join(format!("{FIRST}.gz")).exists());
        assert_eq!(compressor.inner.counters.compression_errors.value(), 0);
    }

    #[test]
    fn work_that_is_not_due_is_left_to_the_next_process() {
        let temp = directory(&[FIRST, "a.log.20260102T030405.678Z-000002"]);
        let compressor = Compressor::new(Arc::default());
        compressor.enqueue(&upkeep(&temp, Duration::from_hours(24 * 365 * 200)));
        assert!(compressor.inner.queue().running);
        assert!(compressor.finish(Duration::from_mins(1)));
        assert!(temp.path().join(FIRST).exists());
    }

    #[test]
    fn a_chore_is_done_every_so_often_and_starts_no_thread() {
        let minute = Duration::from_mins(1);
        let compressor = Compressor::new(Arc::default());
        let before = Instant::now();
        compressor.every(minute, || {});
        let mut queue = compressor.inner.queue();
        assert!(!queue.running && queue.take_chore(before).is_none());
        let due = Instant::now() + minute;
        assert!(queue.next(before).is_some_and(|wait| minute <= wait && wait <= due - before));
        assert!(queue.take_chore(due).is_some() && queue.take_chore(due).is_none());
        assert_eq!(queue.next(due), Some(minute));
        // A machine that slept does it once.
        let late = due + 9 * minute;
        assert!(queue.take_chore(late).is_some() && queue.take_chore(late).is_none());
    }

    /// A child of a fork: the queue is locked by a thread that it does not have.
    #[test]
    fn a_child_waits_for_no_lock_of_its_parent() {
        let mut compressor = Compressor::new(Arc::default());
        compressor.maker += 1;
        let inner = Arc::clone(&compressor.inner);
        let locked = inner.queue();
        compressor.enqueue(&upkeep(&long_work(), Duration::ZERO));
        assert!(compressor.finish(Duration::ZERO));
        assert!(!locked.running);
    }

    /// The nice value of each thread of this process, by name.
    fn priorities() -> Vec<(String, String)> {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let stats = tasks
            .flatten()
            .filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
        let field = |stat: String| {
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            Some((name.to_owned(), rest.split_whitespace().nth(16)?.to_owned()))
        };
        stats.filter_map(field).collect()
    }

    #[test]
    fn compression_runs_at_the_lowest_priority_and_nothing_else_does() {
        let temp = long_work();
        let compressor = Compressor::new(Arc::default());
        compressor.enqueue(&upkeep(&temp, Duration::ZERO));
        let temporary = temp.path().join(format!(".{FIRST}.gz.tmp"));
        while !temporary.exists() {
            assert!(compressor.is_running());
            thread::yield_now();
        }
        let own = rustix::process::getpriority_process(None).unwrap();
        let all = priorities();
        drop(compressor);
        assert!(all.iter().any(|(name, nice)| name == "audit-archives" && nice == "19"), "{all:?}");
        assert!(own < 19, "{own}");
    }
}
