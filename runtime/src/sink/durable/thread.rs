//! The thread that brings lines to the disk soon, so that no caller waits for it.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{Disk, Durable, RealDisk};
use crate::{
    health::Counters,
    trap,
    wait::{self, lock_within},
};

/// How long the thread waits for another one that is at it.
const PATIENCE: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(10);
/// What it says where there is no thread to be had.
const CONDITION: &str = "durability";

/// Brings files to the disk soon after they were written to, by a thread that starts with the first of them and
/// sleeps while there is none.
#[derive(Debug)]
pub struct Syncer {
    disk: Arc<dyn Disk>,
    counters: Arc<Counters>,
    inner: Arc<Inner>,
    /// The process that made it.
    maker: u32,
    /// What stands in for it in a process that was forked, which has not the thread.
    spare: OnceLock<Box<Self>>,
}

#[derive(Debug, Default)]
struct Inner {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    jobs: Vec<(Instant, Arc<Durable>)>,
    running: bool,
    closed: bool,
}

/// What the thread does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It looks again.
    Go,
    /// It sleeps until then.
    At(Instant),
    /// It sleeps until something is written.
    Idle,
    /// It ends.
    End,
}

impl Syncer {
    /// With the disk of the machine.
    #[must_use]
    pub fn new(counters: Arc<Counters>) -> Self {
        Self::with_disk(Arc::new(RealDisk), counters)
    }

    /// With another one.
    #[must_use]
    pub fn with_disk(disk: Arc<dyn Disk>, counters: Arc<Counters>) -> Self {
        let (inner, spare) = (Arc::default(), OnceLock::new());
        Self { disk, counters, inner, maker: wait::process(), spare }
    }

    pub(in crate::sink) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    fn own(&self) -> &Self {
        if wait::process() == self.maker {
            return self;
        }
        let make = || Self::with_disk(self.disk.clone(), self.counters.clone());
        self.spare.get_or_init(|| Box::new(make())).own()
    }

    /// Has what was just written be on the disk within that time: half of it passes before the disk
    /// begins, so that much comes at once and the disk has the other half.
    pub(in crate::sink) fn enqueue(&self, durable: &Arc<Durable>, within: Duration) {
        if !durable.queue() {
            return;
        }
        let Self { counters, inner, .. } = self.own();
        let due = Instant::now() + within / 2;
        let Some(mut queue) = lock_within(&inner.queue, due) else { return durable.dequeue() };
        if queue.closed {
            return;
        }
        queue.jobs.push((due, Arc::clone(durable)));
        if !queue.running {
            let work = Arc::clone(inner);
            let thread = thread::Builder::new().name("audit-sync".to_owned());
            queue.running = thread.spawn(move || work.run()).is_ok();
            let missing = (!queue.running).then(|| "no thread brings lines to the disk".to_owned());
            counters.conditions.set(CONDITION, missing);
            if !queue.running {
                // The next append tries again.
                queue.jobs.drain(..).for_each(|(_, durable)| durable.dequeue());
            }
        }
        drop(queue);
        inner.changed.notify_all();
    }

    /// Brings what waits to the disk at once and ends the thread; whether that was done in time.
    pub fn finish(&self, within: Duration) -> bool {
        let Self { inner, .. } = self.own();
        let until = Instant::now() + within;
        let Some(mut queue) = lock_within(&inner.queue, until.max(Instant::now() + MOMENT)) else {
            return false;
        };
        queue.closed = true;
        inner.changed.notify_all();
        let waited = inner.changed.wait_timeout_while(queue, within, |queue| queue.running);
        let (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !queue.running
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        if wait::process() == self.maker {
            self.finish(Duration::ZERO);
        }
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut queue = self.queue();
        loop {
            let next = self.step(queue, Instant::now());
            queue = match next {
                (Next::Go, queue) => queue,
                (Next::At(then), queue) => {
                    let left = then.saturating_duration_since(Instant::now());
                    let waited = self.changed.wait_timeout(queue, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                (Next::Idle, queue) => {
                    self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner)
                }
                (Next::End, mut queue) => {
                    queue.running = false;
                    drop(queue);
                    self.changed.notify_all();
                    return;
                }
            };
        }
    }

    /// Does what is due; tells what comes next.
    fn step<'a>(
        &'a self,
        mut queue: MutexGuard<'a, Queue>,
        now: Instant,
    ) -> (Next, MutexGuard<'a, Queue>) {
        let closed = queue.closed;
        let Some(place) = queue.jobs.iter().position(|(due, _)| closed || *due <= now) else {
            let next = queue.jobs.iter().map(|(due, _)| *due).min();
            let rest = if closed { Next::End } else { Next::Idle };
            return (next.map_or(rest, Next::At), queue);
        };
        let (_, durable) = queue.jobs.swap_remove(place);
        drop(queue);
        // What is appended from here on is queued anew.
        durable.dequeue();
        // A failure was counted and told by whoever led. The disk does not panic; were it to, the other
        // files are still to be brought there.
        let _ = trap::contained(|| durable.sync(Instant::now() + PATIENCE));
        (Next::Go, self.queue())
    }
}

#[cfg(test)]
impl Syncer {
    /// One that has no thread: a test takes each step.
    pub(super) fn by_hand(disk: Arc<dyn Disk>, counters: Arc<Counters>) -> Self {
        let syncer = Self::with_disk(disk, counters);
        syncer.inner.queue().running = true;
        syncer
    }

    /// Does what is due at that time; tells what comes next.
    pub(super) fn step(&self, now: Instant) -> Next {
        self.inner.step(self.inner.queue(), now).0
    }

    /// How many files wait.
    pub(super) fn waiting(&self) -> usize {
        self.inner.queue().jobs.len()
    }

    /// The test takes no more steps.
    pub(super) fn let_go(&self) {
        self.inner.queue().running = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fs,
        record::Category,
        sink::{durable::disk::testing::Model, tests::support::shared},
    };

    /// A child of a fork: the queue is locked by a thread that it does not have, and nobody works.
    #[test]
    fn a_child_has_a_thread_of_its_own() {
        let temp = tempfile::tempdir().unwrap();
        let file = Arc::new(fs::open_append(&temp.path().join("a"), fs::FILE_MODE).unwrap());
        let (disk, shared) = (Arc::new(Model::default()), shared());
        let mut syncer = Syncer::by_hand(disk.clone(), shared.counters.clone());
        let durable = Arc::new(Durable::new(Category::Audit, temp.path(), shared, disk.clone()));
        syncer.maker += 1;
        let inner = Arc::clone(&syncer.inner);
        let locked = inner.queue();
        durable.appended(&file, false, 0);
        // Long enough for a thread, and no hang where there is none.
        syncer.enqueue(&durable, Duration::from_secs(10));
        assert!(syncer.finish(Duration::from_secs(10)), "nobody works");
        assert_eq!(disk.syncs(), 1);
        drop(locked);
    }
}
