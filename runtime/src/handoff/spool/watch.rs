//! What is looked after beside the draining: that the spool's file is still there, that its thread
//! is, and what processes that died left.

use std::{
    os::unix::fs::MetadataExt,
    sync::{Arc, MutexGuard, TryLockError, atomic::Ordering},
    thread::{self, JoinHandle},
    time::Instant,
};

use super::{
    live::Spool,
    pump::{DEAD, Sleeper},
    recover::{has_any, recover},
    start::Wish,
};
use crate::{drain::Drain, trap};

/// What the thread needs; it is kept so that another one can take its place.
#[derive(Debug)]
pub(super) struct Job {
    spool: &'static Spool,
    drain: Arc<Drain>,
    wish: Wish,
}

impl Sleeper {
    /// Starts the thread; whether there is one.
    pub(super) fn spawn(&self) -> bool {
        let Some(spool) = self.job.get().map(|job| job.spool) else { return false };
        let Some(job) = spool.sleeper.job.get() else { return false };
        let Some(mut handle) = self.handle() else { return false };
        let thread = thread::Builder::new().name("audit-drain".to_owned());
        let spawned = thread.spawn(move || {
            let _alive = Alive(&spool.sleeper);
            spool.run(&job.drain, &job.wish);
        });
        *handle = spawned.ok();
        handle.is_some()
    }

    /// Has the thread go on. One that misses it goes on a little later by itself.
    pub(super) fn unpark(&self) {
        if let Some(handle) = self.handle().as_deref().and_then(Option::as_ref) {
            handle.thread().unpark();
        }
    }

    /// The thread, unless somebody else sees to it: perhaps this very thread, in front of a signal.
    fn handle(&self) -> Option<MutexGuard<'_, Option<JoinHandle<()>>>> {
        match self.handle.try_lock() {
            Ok(handle) => Some(handle),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// Says that the thread is gone, however it ends; the next record brings another one.
struct Alive<'a>(&'a Sleeper);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.state.store(DEAD, Ordering::Relaxed);
    }
}

impl Spool {
    /// Says what its thread is to do.
    pub(super) fn employ(&'static self, drain: Arc<Drain>, wish: Wish) {
        // Nobody else sets it.
        let _ = self.sleeper.job.set(Job { spool: self, drain, wish });
    }

    /// Looks whether its file still has a name and all its bytes; where not, the process goes on in
    /// direct mode. Whether what is in it can be read.
    pub(super) fn look(&self, drain: &Drain) -> bool {
        if self.is_cut() {
            return false;
        }
        // In this order: it grows.
        let length = self.length();
        let Ok(metadata) = self.file().metadata() else { return true };
        let whole = metadata.len() >= length;
        if (metadata.nlink() == 0 || !whole) && self.shut(!whole) {
            drain.spool_gone();
        }
        whole
    }
}

/// Takes up what processes that died left, every so often, on a thread of its own.
#[derive(Debug)]
pub(super) struct Finder {
    looked: Instant,
    thread: Option<JoinHandle<()>>,
}

impl Finder {
    pub(super) fn new() -> Self {
        Self { looked: Instant::now(), thread: None }
    }

    pub(super) fn look(&mut self, wish: &Wish) {
        if self.looked.elapsed() < wish.look || self.thread.as_ref().is_some_and(is_running) {
            return;
        }
        self.looked = Instant::now();
        if has_any(&wish.logs, Some(wish.id)) {
            let wish = wish.clone();
            let find = move || {
                // It is tried again at the next look.
                let _ = trap::contained(|| recover(&wish.logs, Some(wish.id), &wish.shared));
            };
            let thread = thread::Builder::new().name("audit-recover".to_owned());
            self.thread = thread.spawn(find).ok();
        }
    }
}

fn is_running(thread: &JoinHandle<()>) -> bool {
    !thread.is_finished()
}
