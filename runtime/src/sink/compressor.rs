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
