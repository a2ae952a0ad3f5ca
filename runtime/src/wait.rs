//! Waits that end: for a mutex, for what another thread has, for a descriptor that takes nothing.
//!
//! A thread may hold a mutex for ever: it hangs in a write to a dead disk, or it is not there at
//! all, because this process was forked while it held the mutex.

mod gone;

pub use gone::{Once, lock, read, write};

use std::{
    fmt, hint, io,
    os::fd::AsFd,
    process,
    sync::{
        Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, TryLockResult,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec},
    io::Errno,
};

/// So often a mutex is tried before the thread lets others run.
const SPINS: u32 = 32;
/// And so often before it lets time pass.
const YIELDS: u32 = 64;
const PAUSE: Duration = Duration::from_micros(50);
/// A mutex that is held for moments and cannot be had for so long is held by nobody who is there.
const BARRED: Duration = Duration::from_millis(10);
/// A pipe that is ready takes so much without blocking (`PIPE_BUF`).
const CHUNK: usize = 4096;
/// How often a descriptor may say that it is ready and then take nothing.
const REFUSALS: u32 = 100;

/// The process as it was seen last; 0 before.
static PROCESS: AtomicU32 = AtomicU32::new(0);
/// The first one that was looked at; another one is a child of it.
static FIRST: AtomicU32 = AtomicU32::new(0);

/// Looks which process this is. Whoever begins something that a fork must not share asks here, so
/// that what lies below can go by [`process`] without a system call.
pub fn look_at_process() -> u32 {
    let id = process::id();
    // Stored only where it is another one: what lies beside it is read by every record.
    if PROCESS.load(Ordering::Relaxed) != id {
        PROCESS.store(id, Ordering::Relaxed);
        // It stays where there is one.
        let _ = FIRST.compare_exchange(0, id, Ordering::Relaxed, Ordering::Relaxed);
    }
    id
}

/// The process, as it was looked at last.
#[must_use]
pub fn process() -> u32 {
    match PROCESS.load(Ordering::Relaxed) {
        0 => look_at_process(),
        id => id,
    }
}

/// Locks a mutex that is held for moments only, or gives up at the deadline.
///
/// What a panic left in it is taken as it is.
pub fn lock_within<T>(mutex: &Mutex<T>, deadline: Instant) -> Option<MutexGuard<'_, T>> {
    persist(|| taken(mutex.try_lock()), || Instant::now() >= deadline)
}

/// Tries until it has it, or gives up, which it is asked only after a while.
fn persist<G>(attempt: impl Fn() -> Option<G>, mut gives_up: impl FnMut() -> bool) -> Option<G> {
    let mut tries = 0_u32;
    loop {
        if let Some(had) = attempt() {
            return Some(had);
        }
        tries = tries.saturating_add(1);
        match tries {
            ..SPINS => hint::spin_loop(),
            SPINS..YIELDS => thread::yield_now(),
            _ if gives_up() => return None,
            _ => thread::sleep(PAUSE),
        }
    }
}

/// What was locked, be it poisoned or not.
fn taken<G>(result: TryLockResult<G>) -> Option<G> {
    match result {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Something that one thread at a time has, for as long as it takes; others wait until a deadline.
pub struct Turn<T> {
    inner: Mutex<Inner<T>>,
    free: Condvar,
    /// The process that made it.
    maker: u32,
    /// The process in which the mutex is locked for ever: it was, when that was forked.
    barred: AtomicU32,
    /// What stands in for it there.
    spare: OnceLock<Box<Self>>,
}

struct Inner<T> {
    /// Not there while a thread has it.
    value: Option<Box<T>>,
    /// The process of the thread that has it.
    holder: u32,
    waiting: usize,
}

/// It is given back when this is dropped.
struct Taken<'a, T> {
    turn: &'a Turn<T>,
    value: Option<Box<T>>,
}

impl<T> Turn<T> {
    /// That value, which nobody has.
    pub fn new(value: T) -> Self {
        let inner = Inner { value: Some(Box::new(value)), holder: 0, waiting: 0 };
        Self {
            inner: Mutex::new(inner),
            free: Condvar::new(),
            maker: process(),
            barred: AtomicU32::new(0),
            spare: OnceLock::new(),
        }
    }

    /// Acts on the value; `None` where another thread has it until the deadline.
    ///
    /// Where that thread is one of the process that this one was forked from, it will never come
    /// back with it: `renew` makes another.
    pub fn with<R>(
        &self,
        deadline: Instant,
        renew: impl Fn() -> T,
        act: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        let mut taken = self.take(deadline, &renew)?;
        taken.value.as_mut().map(|value| act(value))
    }

    fn take(&self, deadline: Instant, renew: &dyn Fn() -> T) -> Option<Taken<'_, T>> {
        let own = process();
        let spare = || self.spare.get_or_init(|| Box::new(Self::new(renew())));
        if self.barred.load(Ordering::Relaxed) == own {
            return spare().take(deadline, renew);
        }
        let mut inner = if own == self.maker {
            lock_within(&self.inner, deadline)?
        } else if let Some(inner) = lock_within(&self.inner, Instant::now() + BARRED) {
            inner
        } else {
            self.barred.store(own, Ordering::Relaxed);
            return spare().take(deadline, renew);
        };
        if inner.value.is_none() && inner.holder != own {
            inner.value = Some(Box::new(renew()));
            inner.waiting = 0;
        }
        loop {
            if let Some(value) = inner.value.take() {
                inner.holder = own;
                return Some(Taken { turn: self, value: Some(value) });
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            inner.waiting += 1;
            let waited = self.free.wait_timeout(inner, left);
            (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
            inner.waiting = inner.waiting.saturating_sub(1);
        }
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        // Held for moments only, and this process has a thread for each that holds it.
        let mut inner = self.turn.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.value = self.value.take();
        let waits = inner.waiting > 0;
        drop(inner);
        if waits {
            self.turn.free.notify_one();
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Turn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.inner.try_lock() {
            Ok(inner) => f.debug_tuple("Turn").field(&inner.value).finish(),
            Err(_) => f.write_str("Turn(..)"),
        }
    }
}

/// Writes to a descriptor, and waits that long whenever it takes nothing; how many bytes it took,
/// and why it took no more.
pub fn write_within(
    target: impl AsFd,
    bytes: &[u8],
    patience: Duration,
) -> (usize, io::Result<()>) {
    let (mut taken, mut refused) = (0, 0);
    while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
        if let Err(error) = ready(&target, patience) {
            return (taken, Err(error.into()));
        }
        match rustix::io::write(&target, part(rest)) {
            Ok(0) => return (taken, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => taken += count,
            Err(Errno::INTR) => {}
            // Ready, and yet not: somebody else was quicker.
            Err(Errno::AGAIN) if refused < REFUSALS => refused += 1,
            Err(error) => return (taken, Err(error.into())),
        }
    }
    (taken, Ok(()))
}

/// As much as is written at once: whole lines where they fit, since another process may write to
/// the same pipe.
fn part(bytes: &[u8]) -> &[u8] {
    let Some(chunk) = bytes.get(..CHUNK) else { return bytes };
    let end = chunk.iter().rposition(|byte| *byte == b'\n').map_or(CHUNK, |last| last + 1);
    chunk.get(..end).unwrap_or(chunk)
}

fn ready(target: &impl AsFd, patience: Duration) -> Result<(), Errno> {
    let patience = Timespec {
        tv_sec: i64::try_from(patience.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: patience.subsec_nanos().into(),
    };
    loop {
        let mut polled = [PollFd::new(target, PollFlags::OUT)];
        match rustix::event::poll(&mut polled, Some(&patience)) {
            Ok(0) => return Err(Errno::TIMEDOUT),
            // An error of the descriptor shows when it is written to.
            Ok(_) => return Ok(()),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::mpsc,
        thread::{scope, spawn},
    };

    fn soon() -> Instant {
        Instant::now()
    }

    fn late() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    #[test]
    fn a_mutex_that_is_held_is_given_up() {
        let mutex = Mutex::new(1);
        let held = mutex.lock().unwrap();
        assert!(lock_within(&mutex, soon()).is_none());
        drop(held);
        assert_eq!(*lock_within(&mutex, soon()).unwrap(), 1);
    }

    #[test]
    fn what_a_panic_left_is_taken() {
        let mutex = Mutex::new(1);
        scope(|scope| {
            let poison = || {
                let _held = mutex.lock().unwrap();
                std::panic::resume_unwind(Box::new(()));
            };
            scope.spawn(poison).join().unwrap_err();
        });
        assert_eq!(*lock_within(&mutex, soon()).unwrap(), 1);
    }

    #[test]
    fn what_another_thread_has_is_waited_for_until_the_deadline() {
        let turn = std::sync::Arc::new(Turn::new(1));
        let (started, has) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let other = turn.clone();
        let thread = spawn(move || {
            other.with(
                late(),
                || 0,
                |value| {
                    started.send(()).unwrap();
                    ended.recv().unwrap_err();
                    *value += 1;
                },
            )
        });
        has.recv().unwrap();
        assert_eq!(turn.with(soon(), || 0, |value| *value), None);
        drop(end);
        assert_eq!(turn.with(late(), || 0, |value| *value), Some(2));
        thread.join().unwrap().unwrap();
    }

    #[test]
    fn what_a_thread_of_another_process_has_is_made_anew() {
        let turn = Turn::new(1);
        let mut inner = turn.inner.lock().unwrap();
        inner.value = None;
        inner.holder = process() + 1;
        drop(inner);
        assert_eq!(turn.with(soon(), || 7, |value| *value), Some(7));
    }

    #[test]
    fn what_a_thread_of_another_process_locked_is_made_anew() {
        let turn = Turn { maker: process() + 1, ..Turn::new(1) };
        let locked = turn.inner.lock().unwrap();
        let deadline = late();
        assert_eq!(turn.with(deadline, || 7, |value| std::mem::replace(value, 8)), Some(7));
        assert!(Instant::now() < deadline, "it waits for a moment only");
        drop(locked);
        assert_eq!(turn.with(soon(), || 7, |value| *value), Some(8), "the same from then on");
    }

    #[test]
    fn it_comes_back_from_a_panic() {
        let turn = Turn::new(1);
        scope(|scope| {
            let act = || turn.with(late(), || 0, |_| std::panic::resume_unwind(Box::new(())));
            scope.spawn(act).join().unwrap_err();
        });
        assert_eq!(turn.with(soon(), || 0, |value| *value), Some(1));
    }

    #[test]
    fn many_threads_have_it_one_after_the_other() {
        let turn = Turn::new(0_u32);
        scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        turn.with(late(), || 0, |value| *value += 1).unwrap();
                    }
                });
            }
        });
        assert_eq!(turn.with(soon(), || 0, |value| *value), Some(8_000));
    }

    #[test]
    fn lines_are_not_divided_where_they_fit() {
        let lines = [vec![b'x'; 3_000], vec![b'y'; 3_000]].map(|line| [&line[..], b"\n"].concat());
        assert_eq!(part(&lines.concat()), lines[0]);
        assert_eq!(part(&lines[0]), lines[0]);
        assert_eq!(part(&[b'x'; 5_000]).len(), CHUNK);
    }

    #[test]
    fn a_pipe_nobody_reads_is_given_up() {
        let (_reader, writer) = io::pipe().unwrap();
        let (taken, result) = write_within(&writer, &vec![b'x'; 1 << 20], Duration::ZERO);
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!((CHUNK..1 << 20).contains(&taken));
    }
}
