//! The one background thread that compresses archives for all categories.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::compress;
use crate::{health::Counters, trap};

/// How long the thread is waited for once it was told to drop its work.
const GRACE: Duration = Duration::from_millis(100);
/// The lowest priority: compression can wait.
const NICE: i32 = 19;

/// Compresses archives on a thread of its own, which starts with the first work.
#[derive(Debug)]
pub struct Compressor {
    inner: Arc<Inner>,
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
    jobs: VecDeque<(PathBuf, String)>,
    running: bool,
    closed: bool,
}

impl Compressor {
    /// A compressor without work.
    #[must_use]
    pub fn new(counters: Arc<Counters>) -> Self {
        Self {
            inner: Arc::new(Inner {
                counters,
                queue: Mutex::default(),
                changed: Condvar::new(),
                cancel: AtomicBool::new(false),
            }),
        }
    }

    /// Has the archives of `active` in `dir` compressed.
    pub fn enqueue(&self, dir: &Path, active: &str) {
        if !compress::has_work(dir, active) {
            return;
        }
        let mut queue = self.inner.queue();
        let job = (dir.to_owned(), active.to_owned());
        if queue.closed || queue.jobs.contains(&job) {
            return;
        }
        queue.jobs.push_back(job);
        if !queue.running {
            let inner = Arc::clone(&self.inner);
            let thread = thread::Builder::new().name("audit-compress".to_owned());
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

    /// Ends the thread, when its work is done or `within` is over; tells whether it was done.
    /// What is not done is left to the next process.
    pub fn finish(&self, within: Duration) -> bool {
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
        // The priority of this thread alone; without it the work is done all the same.
        let _ = rustix::process::setpriority_process(None, NICE);
        let mut queue = self.queue();
        loop {
            let waited =
                self.changed.wait_while(queue, |queue| queue.jobs.is_empty() && !queue.closed);
            queue = waited.unwrap_or_else(PoisonError::into_inner);
            let cancelled = self.cancel.load(Ordering::Relaxed);
            let Some((dir, active)) = queue.jobs.pop_front().filter(|_| !cancelled) else { break };
            drop(queue);
            let run = || compress::run(&dir, &active, &self.cancel, &self.counters);
            if trap::contained(run).is_none() {
                self.counters.compression_errors.add_one();
            }
            queue = self.queue();
        }
        queue.running = false;
        drop(queue);
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn no_thread_starts_without_work_or_after_the_end() {
        let compressor = Compressor::new(Arc::default());
        compressor.enqueue(directory(&[FIRST]).path(), "a.log");
        assert!(!compressor.inner.queue().running);
        assert!(compressor.finish(Duration::ZERO));
        compressor.enqueue(long_work().path(), "a.log");
        assert!(!compressor.inner.queue().running);
    }

    #[test]
    fn work_that_takes_too_long_is_dropped() {
        let temp = long_work();
        let compressor = Compressor::new(Arc::default());
        compressor.enqueue(temp.path(), "a.log");
        assert!(!compressor.finish(Duration::ZERO));
        assert!(compressor.inner.wait(Duration::from_mins(1)), "the thread still runs");
        assert!(temp.path().join(FIRST).exists());
        assert!(!temp.path().join(format!("{FIRST}.gz")).exists());
        assert_eq!(compressor.inner.counters.compression_errors.value(), 0);
    }
}
