//! What a thread holds for moments only, unless it is gone: a process that is forked has the thread
//! that forked and no other, but all that the others held.

use std::{
    sync::{
        Mutex, MutexGuard, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Instant,
};

use super::{BARRED, FIRST, look_at_process, persist, taken};

/// The process in which something is held by a thread that is gone; it waits no more.
static GONE: AtomicU32 = AtomicU32::new(0);

/// Locks a mutex that is held for moments only; none where its holder is gone.
///
/// What a panic left in it is taken as it is.
pub fn lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    have(|| taken(mutex.try_lock()))
}

/// Locks for reading what is held for moments only; none where its holder is gone.
pub fn read<T>(lock: &RwLock<T>) -> Option<RwLockReadGuard<'_, T>> {
    have(|| taken(lock.try_read()))
}

/// Locks for writing what is held for moments only; none where its holder is gone.
pub fn write<T>(lock: &RwLock<T>) -> Option<RwLockWriteGuard<'_, T>> {
    have(|| taken(lock.try_write()))
}

#[inline]
fn have<G>(attempt: impl Fn() -> Option<G>) -> Option<G> {
    attempt().or_else(|| await_it(&attempt, present(), &GONE))
}

/// This process, and the first one.
fn present() -> (u32, u32) {
    (look_at_process(), FIRST.load(Ordering::Relaxed))
}

#[cold]
fn await_it<G>(
    attempt: &dyn Fn() -> Option<G>,
    (own, first): (u32, u32),
    gone: &AtomicU32,
) -> Option<G> {
    // Only in a process that was forked can a thread be gone.
    let until = (own != first).then(|| Instant::now() + BARRED);
    persist(attempt, || {
        let Some(until) = until else { return false };
        if Instant::now() >= until {
            gone.store(own, Ordering::Relaxed);
        }
        // Once one is gone, the next one is not waited for.
        gone.load(Ordering::Relaxed) == own
    })
}

/// A value that is made once, as by [`OnceLock`], which waits for whoever makes it, be he gone or not.
#[derive(Debug)]
pub struct Once<T> {
    value: OnceLock<T>,
    making: AtomicBool,
}

enum Claim<'a> {
    Made,
    /// To be made by who has this.
    Mine(Making<'a>),
}

/// Whoever makes the value, until he did or panicked.
struct Making<'a>(&'a AtomicBool);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl<T> Once<T> {
    /// Not made yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { value: OnceLock::new(), making: AtomicBool::new(false) }
    }

    /// The value, made now where it is not there; none where whoever makes it is gone.
    #[inline]
    pub fn get_or_make(&self, make: impl FnOnce() -> T) -> Option<&T> {
        self.value.get().or_else(|| self.make(make))
    }

    #[cold]
    fn make(&self, make: impl FnOnce() -> T) -> Option<&T> {
        if let Claim::Mine(_making) = have(|| self.claim())?
            && self.value.get().is_none()
        {
            // Nobody else sets it meanwhile, so that nobody waits in there.
            let _ = self.value.set(make());
        }
        self.value.get()
    }

    /// Who makes it, where it is not made; none while another thread makes it.
    fn claim(&self) -> Option<Claim<'_>> {
        if self.value.get().is_some() {
            return Some(Claim::Made);
        }
        let is_free = !self.making.swap(true, Ordering::Acquire);
        is_free.then(|| Claim::Mine(Making(&self.making)))
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::{Barrier, mpsc},
        thread::scope,
    };

    use super::*;

    const CHILD: (u32, u32) = (2, 1);

    #[test]
    fn in_a_child_what_is_held_for_ever_is_waited_for_once() {
        let (held, free, gone) = (Mutex::new(1), Mutex::new(2), AtomicU32::new(0));
        let _held = held.lock().unwrap();
        let of = |mutex| await_it(&|| taken(Mutex::try_lock(mutex)).map(|it| *it), CHILD, &gone);
        assert_eq!((of(&held), gone.load(Ordering::Relaxed)), (None, 2));
        let begun = Instant::now();
        for _ in 0..1_000 {
            assert_eq!((of(&held), of(&free)), (None, Some(2)));
        }
        assert!(begun.elapsed() < 100 * BARRED, "it waits each time");
        gone.store(1, Ordering::Relaxed);
        assert_eq!(
            (of(&held), gone.load(Ordering::Relaxed)),
            (None, 2),
            "that of the parent says nothing"
        );
    }

    #[test]
    fn in_the_process_of_its_holder_it_is_waited_for() {
        let (mutex, lock, gone) = (Mutex::new(1), RwLock::new(2), AtomicU32::new(1));
        let (trying, tries) = mpsc::channel();
        scope(|scope| {
            let (one, two) = (mutex.lock().unwrap(), lock.write().unwrap());
            let attempt = || {
                let _ = trying.send(());
                Some((*taken(mutex.try_lock())?, *taken(lock.try_read())?))
            };
            let gone = &gone;
            let had = scope.spawn(move || await_it(&attempt, (1, 1), gone));
            // Far behind the point at which a child gives up.
            let begun = Instant::now();
            while begun.elapsed() < 2 * BARRED {
                tries.recv().unwrap();
            }
            drop((one, two));
            assert_eq!(had.join().unwrap(), Some((1, 2)));
        });
    }

    #[test]
    fn what_a_panic_left_is_taken() {
        let lock = RwLock::new(1);
        let poison = || {
            let _held = write(&lock).unwrap();
            std::panic::resume_unwind(Box::new(()));
        };
        catch_unwind(AssertUnwindSafe(poison)).unwrap_err();
        assert_eq!(read(&lock).map(|it| *it), Some(1));
    }

    #[test]
    fn threads_that_meet_make_one_value() {
        let (once, barrier) = (Once::new(), Barrier::new(8));
        let made = AtomicU32::new(0);
        scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    let value = once.get_or_make(|| made.fetch_add(1, Ordering::Relaxed));
                    assert_eq!(value, Some(&0));
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
    }

    #[test]
    fn in_a_child_a_value_that_is_half_made_is_none() {
        let (once, gone) = (Once::<u32>::new(), AtomicU32::new(0));
        let making = once.claim();
        assert!(await_it(&|| once.claim(), CHILD, &gone).is_none());
        drop(making);
        assert_eq!(once.get_or_make(|| 7), Some(&7));
    }

    #[test]
    fn a_value_whose_maker_panicked_is_made_by_the_next_one() {
        let once = Once::<u32>::new();
        let make = || once.get_or_make(|| std::panic::resume_unwind(Box::new(())));
        catch_unwind(AssertUnwindSafe(make)).unwrap_err();
        assert_eq!(once.get_or_make(|| 7), Some(&7));
    }
}
