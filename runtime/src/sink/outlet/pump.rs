//! What empties the queue: the thread, and whoever cannot wait for it.

use std::{
    io,
    mem::take,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    handle::Put,
    queue::{Entry, Rank},
    state::{Events, State, Writing},
};
use crate::{
    fs, trap,
    wait::{self, Turn, lock_within},
};

/// How long a caller waits: for room, or until a line is written that must not be lost.
const PATIENCE: Duration = Duration::from_millis(100);
/// So much is written at once.
const BATCH: usize = 64 * 1024;

/// What takes bytes: a descriptor, in tests anything.
pub trait Target: Send + Sync {
    /// Writes, and waits that long whenever nothing is taken; how many bytes were taken, and why no
    /// more were. [`io::ErrorKind::TimedOut`]: the rest may be taken later.
    fn write(&self, bytes: &[u8], patience: Duration) -> (usize, io::Result<()>);
}

/// What callers and thread share.
pub(super) struct Inner {
    pub(super) name: &'static str,
    pub(super) target: Box<dyn Target>,
    pub(super) events: Box<dyn Events>,
    pub(super) state: Mutex<State>,
    /// There is something to write.
    pub(super) work: Condvar,
    /// Something was written.
    pub(super) moved: Condvar,
    pub(super) writing: Turn<Writing>,
    /// The process in which the state cannot be had: a thread held it when that was forked.
    pub(super) barred: AtomicU32,
    /// The process that made this.
    pub(super) maker: u32,
}

/// How far one write came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There was nothing to write.
    Idle,
    /// It went on.
    Moved,
    /// The stream takes nothing at the moment.
    Stalled,
    /// Somebody else is writing.
    Busy,
}

impl Inner {
    /// The state, as this process has it.
    pub(super) fn state(&self) -> Option<MutexGuard<'_, State>> {
        let own = wait::process();
        if self.barred.load(Ordering::Relaxed) == own {
            return None;
        }
        let Some(mut state) = lock_within(&self.state, Instant::now() + PATIENCE) else {
            if own != self.maker {
                self.barred.store(own, Ordering::Relaxed);
            }
            return None;
        };
        if state.owner != wait::process() {
            state.inherited();
        }
        Some(state)
    }

    /// How long a stream that takes nothing is waited for: not at all where it was in vain before.
    fn patience(&self, left: Duration) -> Duration {
        if self.state().is_none_or(|state| state.stalled) { Duration::ZERO } else { left }
    }

    /// Writes the entry past the queue.
    pub(super) fn direct(&self, entry: &Entry) -> Put {
        let written = trap::contained(|| self.target.write(&entry.bytes, PATIENCE));
        if written.is_some_and(|(count, _)| count == entry.bytes.len()) {
            self.events.written(1, entry.bytes.len() as u64);
            return Put::Written;
        }
        self.events.lost(1, false);
        Put::Lost
    }

    /// Queues the entry; its number, and whether the caller has to write it. Or it is lost, or given
    /// back where there is no queue to be had.
    pub(super) fn push(
        self: &Arc<Self>,
        mut entry: Entry,
        waits: bool,
    ) -> Result<(u64, bool), Option<Entry>> {
        let deadline = Instant::now() + PATIENCE;
        let mut tried = false;
        loop {
            let Some(mut state) = self.state() else { return Err(Some(entry)) };
            match state.offer(&*self.events, entry) {
                Ok(number) => {
                    if waits {
                        state.waited.push(number);
                    }
                    let helps = !self.wake(&mut state, !waits);
                    return Ok((number, helps));
                }
                Err(back) => entry = back,
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if entry.rank == Rank::Low || tried && (state.stalled || left.is_zero()) {
                state.drop_entry(&*self.events, &entry);
                return Err(None);
            }
            drop(state);
            // Only what is written makes room.
            tried = true;
            if self.step(self.patience(left)) == Step::Busy {
                self.wait(self.patience(left));
            }
        }
    }

    /// Has the thread write; whether there is one.
    fn wake(self: &Arc<Self>, state: &mut State, now: bool) -> bool {
        if !state.works && !state.closed {
            let inner = Arc::clone(self);
            let thread = thread::Builder::new().name(self.name.to_owned());
            state.works = thread.spawn(move || inner.work()).is_ok();
        }
        if state.idle && now {
            self.work.notify_all();
        }
        state.works
    }

    fn work(self: &Arc<Self>) {
        let _ended = Ended(self);
        loop {
            let step = self.step(PATIENCE);
            let Some(mut state) = self.state() else { continue };
            if state.abandoned {
                return;
            }
            if step != Step::Idle || !state.queue.is_empty() {
                continue;
            }
            if state.closed {
                return;
            }
            state.idle = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle = false;
        }
    }

    /// Waits until something was written.
    fn wait(&self, within: Duration) {
        if let Some(state) = self.state() {
            // Whatever the reason is for going on, the caller looks again.
            let _ = self.moved.wait_timeout(state, within);
        }
    }

    /// Waits until the entry is written or lost.
    pub(super) fn settle(&self, number: u64) -> Put {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let step = self.step(self.patience(left));
            let Some(mut state) = self.state() else { return Put::Queued };
            if state.settled > number {
                state.waited.retain(|waited| *waited != number);
                let before = state.failed.len();
                state.failed.retain(|failed| *failed != number);
                return if state.failed.len() < before { Put::Lost } else { Put::Written };
            }
            if state.stalled || left.is_zero() {
                state.waited.retain(|waited| *waited != number);
                return Put::Queued;
            }
            drop(state);
            if step == Step::Busy {
                self.wait(left);
            }
        }
    }

    /// Writes a part of what waits, unless somebody else does.
    pub(super) fn step(&self, patience: Duration) -> Step {
        let step = self.writing.with(Instant::now(), Writing::default, |writing| {
            if writing.owner != wait::process() {
                *writing = Writing { owner: wait::process(), ..Writing::default() };
            }
            if writing.batch.is_empty() {
                let Some(mut state) = self.state() else { return Step::Busy };
                writing.batch = state.queue.take(BATCH);
                if writing.batch.is_empty() {
                    return Step::Idle;
                }
            }
            self.write(writing, patience)
        });
        match step {
            Some(Step::Moved) => self.moved.notify_all(),
            // Whoever wrote may not try again; the thread does.
            Some(Step::Stalled) => self.work.notify_all(),
            _ => {}
        }
        step.unwrap_or(Step::Busy)
    }

    fn write(&self, writing: &mut Writing, patience: Duration) -> Step {
        let closing: &[u8] = if writing.torn { b"\n" } else { b"" };
        let parts = writing.batch.iter().enumerate().map(|(place, entry)| {
            let from = if place == 0 { writing.taken } else { 0 };
            entry.bytes.get(from..).unwrap_or_default()
        });
        let bytes = [closing].into_iter().chain(parts).collect::<Vec<_>>().concat();
        let written = trap::contained(|| self.target.write(&bytes, patience));
        let (count, result) = written.unwrap_or_else(|| {
            self.events.panicked();
            (0, Err(io::Error::other("the writer panicked")))
        });
        writing.torn &= count == 0;
        let whole = writing.advance(count.saturating_sub(closing.len()));
        let Some(mut state) = self.state() else { return Step::Stalled };
        state.settle(&*self.events, whole, None);
        match result {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                state.stalled = count == 0;
                state.trouble(&*self.events, "nobody reads it");
                return if count == 0 { Step::Stalled } else { Step::Moved };
            }
            Err(error) => {
                let reason = fs::reason(&error);
                writing.torn |= take(&mut writing.taken) > 0;
                state.trouble(&*self.events, &reason);
                state.settle(&*self.events, take(&mut writing.batch), Some(&reason));
                return Step::Moved;
            }
        }
        state.works_again(&*self.events);
        Step::Moved
    }

    pub(super) fn finish(&self, within: Duration) -> u64 {
        let deadline = Instant::now() + within;
        if let Some(mut state) = self.state() {
            state.closed = true;
            state.flush_gaps(&*self.events);
        }
        self.work.notify_all();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let step = self.step(left.min(PATIENCE));
            let Some(mut state) = self.state() else { return 0 };
            if !state.queue.is_settled() && !left.is_zero() {
                drop(state);
                if step == Step::Busy {
                    self.wait(left.min(PATIENCE));
                }
                continue;
            }
            let lines = state.queue.clear();
            state.abandoned = true;
            drop(state);
            self.work.notify_all();
            if lines > 0 {
                self.events.lost(lines, false);
            }
            return lines;
        }
    }
}

/// The thread is gone, whatever the reason; if it was a panic, another takes its place.
struct Ended<'a>(&'a Arc<Inner>);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let Self(inner) = self;
        if thread::panicking() {
            inner.events.panicked();
        }
        if let Some(mut state) = inner.state() {
            state.works = false;
            if thread::panicking() {
                inner.wake(&mut state, false);
            }
        }
        inner.moved.notify_all();
    }
}
