//! Those who wait for one sync of a file.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{Disk, Owed};
use crate::{
    fs,
    record::Category,
    sink::{Failure, Shared},
    wait::{self, lock_within},
};

/// What of one file of a directory, under whatever names it had, is on the disk.
#[derive(Debug)]
pub(in crate::sink) struct Durable {
    category: Category,
    dir: PathBuf,
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    state: Mutex<State>,
    changed: Condvar,
    /// How often something was appended by this process.
    written: AtomicU64,
    /// The last append that is on the disk, with all before it.
    synced: AtomicU64,
    /// How often it could not be brought there.
    failures: AtomicU64,
    /// Whether a file is not to be synced any more.
    broken: AtomicBool,
    /// Whether it waits for the thread.
    queued: AtomicBool,
    /// The process that made it.
    maker: u32,
    /// What stands in for it in a process that was forked: nothing there is known of those who
    /// waited and appended here.
    spare: OnceLock<Box<Self>>,
}

#[derive(Debug)]
struct State {
    /// What was written to since, in order.
    dirty: Vec<Arc<File>>,
    /// Whether names changed as well.
    names: bool,
    /// Those who wait for the next sync.
    group: Arc<Group>,
    /// Those of the sync that is under way.
    leading: Option<Arc<Group>>,
    /// The file that could not be brought to the disk.
    broken: Option<Arc<File>>,
    /// What is to be on the disk within a time: since the last sync, and in the one under way.
    owed: [Owed; 2],
}

/// More files than this that nobody synced are not kept open for long.
const CROWD: usize = 4;
/// And more than this not at all.
const MOST: usize = 64;

/// What was appended.
#[derive(Debug)]
pub(in crate::sink) struct Appended {
    /// Those that are on the disk together with it.
    pub(in crate::sink) group: Arc<Group>,
    /// Whether many files wait for the disk.
    pub(in crate::sink) crowded: bool,
}

/// Those who wait for one sync.
#[derive(Debug, Default)]
pub(in crate::sink) struct Group(OnceLock<Result<(), Option<i32>>>);

impl Group {
    fn outcome(&self) -> Option<Result<(), Failure>> {
        self.0.get().map(|outcome| outcome.map_err(|errno| Failure::NotSynced(error(errno))))
    }

    fn end(&self, outcome: Result<(), Option<i32>>) {
        // It ends once.
        let _ = self.0.set(outcome);
    }
}

/// An error of the disk that many are told.
fn error(errno: Option<i32>) -> io::Error {
    errno.map_or_else(|| io::Error::other("the disk failed"), io::Error::from_raw_os_error)
}

impl Durable {
    pub(in crate::sink) fn new(
        category: Category,
        dir: &Path,
        shared: Arc<Shared>,
        disk: Arc<dyn Disk>,
    ) -> Self {
        let state = State {
            dirty: Vec::new(),
            names: false,
            group: Arc::default(),
            leading: None,
            broken: None,
            owed: Default::default(),
        };
        Self {
            category,
            dir: dir.to_owned(),
            shared,
            disk,
            state: Mutex::new(state),
            changed: Condvar::new(),
            written: AtomicU64::new(0),
            synced: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            queued: AtomicBool::new(false),
            maker: wait::process(),
            spare: OnceLock::new(),
        }
    }

    /// That of this process.
    fn own(&self) -> &Self {
        if wait::process() == self.maker {
            return self;
        }
        let make = || Self::new(self.category, &self.dir, self.shared.clone(), self.disk.clone());
        self.spare.get_or_init(|| Box::new(make())).own()
    }

    /// Something was appended to `file`, which is `new` under its name; so many lines of it are to be
    /// on the disk within a time.
    pub(in crate::sink) fn appended(&self, file: &Arc<File>, new: bool, owed: u64) -> Appended {
        let own = self.own();
        let mut state = own.state();
        let is = |other: &Arc<File>| Arc::ptr_eq(other, file);
        own.written.fetch_add(1, Ordering::Relaxed);
        state.names |= new;
        if state.broken.as_ref().is_some_and(is) {
            let failed = Group::default();
            failed.end(Err(None));
            return Appended { group: Arc::new(failed), crowded: false };
        }
        if !state.dirty.last().is_some_and(is) {
            if state.dirty.len() >= MOST {
                // A disk that hangs must not cost the process its descriptors.
                state.dirty.remove(0);
                own.failures.fetch_add(1, Ordering::Release);
            }
            state.dirty.push(Arc::clone(file));
        }
        if owed > 0 {
            let [before, _] = &mut state.owed;
            let since = before.since.unwrap_or_else(Instant::now);
            *before = before.and(Owed::new(owed, since));
        }
        Appended { group: Arc::clone(&state.group), crowded: state.dirty.len() > CROWD }
    }

    /// Whether the file is not to be written to any more, as nothing of it reaches the disk.
    pub(in crate::sink) fn is_broken(&self, file: Option<&Arc<File>>) -> bool {
        let own = self.own();
        if !own.broken.load(Ordering::Relaxed) {
            return false;
        }
        let state = own.state();
        state.broken.as_ref().zip(file).is_some_and(|(broken, file)| Arc::ptr_eq(broken, file))
    }

    /// Returns when a group is on the disk; leads where nobody does.
    pub(in crate::sink) fn wait(&self, group: &Group, deadline: Instant) -> Result<(), Failure> {
        let own = self.own();
        let mut state = lock_within(&own.state, deadline).ok_or(Failure::Stuck)?;
        loop {
            if let Some(outcome) = group.outcome() {
                return outcome;
            }
            if state.leading.is_none() {
                // It was not ended, so it is the present one.
                own.lead(state);
                state = own.state();
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::Stuck);
            }
            let waited = own.changed.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Returns when all that was appended before is on the disk.
    pub(in crate::sink) fn sync(&self, deadline: Instant) -> Result<(), Failure> {
        let own = self.own();
        let groups = {
            let state = lock_within(&own.state, deadline).ok_or(Failure::Stuck)?;
            let present = (!state.dirty.is_empty()).then(|| Arc::clone(&state.group));
            [state.leading.clone(), present]
        };
        let waited = groups.iter().flatten().map(|group| own.wait(group, deadline));
        waited.fold(Ok(()), Result::and)
    }

    /// What is to be on the disk within a time, and is not.
    pub(in crate::sink) fn owed(&self) -> Owed {
        // In a child of a fork it may be locked for ever.
        let state = lock_within(&self.own().state, Instant::now());
        state.map_or_else(Owed::default, |state| {
            let [waiting, leading] = state.owed;
            waiting.and(leading)
        })
    }

    /// How often something was appended.
    pub(in crate::sink) fn written(&self) -> u64 {
        self.own().written.load(Ordering::Acquire)
    }

    /// How often that could not be brought to the disk.
    pub(in crate::sink) fn failures(&self) -> u64 {
        self.own().failures.load(Ordering::Acquire)
    }

    /// Whether so many appends are on the disk.
    pub(in crate::sink) fn has(&self, appends: u64) -> bool {
        self.own().synced.load(Ordering::Acquire) >= appends
    }

    /// Whether it is to be given to the thread; not where it was already.
    pub(super) fn queue(&self) -> bool {
        let queued = &self.own().queued;
        !queued.load(Ordering::Relaxed) && !queued.swap(true, Ordering::AcqRel)
    }

    /// The thread has it.
    pub(super) fn dequeue(&self) {
        self.own().queued.store(false, Ordering::Release);
    }

    /// Brings to the disk what the present group waits for. No lock is held meanwhile.
    fn lead(&self, mut state: MutexGuard<'_, State>) {
        let dirty = std::mem::take(&mut state.dirty);
        let names = std::mem::take(&mut state.names);
        let group = std::mem::take(&mut state.group);
        state.owed.rotate_right(1);
        state.leading = Some(Arc::clone(&group));
        let target = self.written.load(Ordering::Relaxed);
        drop(state);
        let mut broken = None;
        for file in dirty {
            match self.disk.sync(&file) {
                Ok(()) => self.shared.counters.syncs.add_one(),
                Err(error) => {
                    self.shared.counters.sync_errors.add_one();
                    broken = Some((file, error));
                }
            }
        }
        if names {
            self.disk.sync_names(&self.dir);
        }
        let outcome = broken.as_ref().map_or(Ok(()), |(_, error)| Err(error.raw_os_error()));
        self.tell(broken.as_ref().map(|(_, error)| error));
        let mut state = self.state();
        state.leading = None;
        // Where the disk failed, that is told otherwise: nothing more of them is known.
        let [_, led] = &mut state.owed;
        *led = Owed::default();
        if let Some((file, _)) = broken {
            // What was appended to it meanwhile is as lost.
            if state.dirty.iter().any(|other| Arc::ptr_eq(other, &file)) {
                state.dirty.retain(|other| !Arc::ptr_eq(other, &file));
                std::mem::take(&mut state.group).end(outcome);
            }
            state.broken = Some(file);
            self.broken.store(true, Ordering::Relaxed);
            self.failures.fetch_add(1, Ordering::Release);
        } else {
            self.synced.fetch_max(target, Ordering::Release);
        }
        group.end(outcome);
        drop(state);
        self.changed.notify_all();
    }

    /// Says how it went.
    fn tell(&self, failed: Option<&io::Error>) {
        let what = match self.category {
            Category::System => "durability of system",
            Category::Debug => "durability of debug",
            Category::Error => "durability of error",
            Category::Audit => "durability of audit",
            Category::Performance => "durability of performance",
        };
        let Shared { counters, trap } = &*self.shared;
        let Some(error) = failed else {
            if self.failures.load(Ordering::Relaxed) > 0 {
                counters.conditions.set(what, None);
            }
            return;
        };
        let reason = fs::reason(error);
        let (category, dir) = (self.category, self.dir.display());
        trap.say(&format!(
            "lines of {category} in {dir} may not be on the disk ({reason}); going on in a new file"
        ));
        counters.conditions.set(what, Some(format!("lines may not be on the disk ({reason})")));
    }

    /// It is held for moments only.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        if wait::process() == self.maker {
            return;
        }
        // The numbers of these descriptors may be those of other files here.
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        for file in state.dirty.drain(..).chain(state.broken.take()) {
            std::mem::forget(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::{durable::disk::testing::Model, tests::support::shared};

    /// A child of a fork: the lock is held and a group led by threads that it does not have.
    #[test]
    fn a_child_waits_for_nobody_of_its_parent() {
        let temp = tempfile::tempdir().unwrap();
        let file = Arc::new(fs::open_append(&temp.path().join("a"), fs::FILE_MODE).unwrap());
        let disk = Arc::new(Model::default());
        let mut child = Durable::new(Category::Audit, temp.path(), shared(), disk.clone());
        child.appended(&file, true, 0);
        child.maker += 1;
        let held = child.state.lock().unwrap();
        let Appended { group, .. } = child.appended(&file, false, 0);
        child.wait(&group, Instant::now()).unwrap();
        assert_eq!((disk.syncs(), child.written()), (1, 1), "its own append alone");
        drop(held);
        drop(child);
        assert_eq!(Arc::strong_count(&file), 2, "what its parent had is not closed");
    }
}
