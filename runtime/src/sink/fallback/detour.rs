//! What became of the lines of a category since its file takes none.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{place::PAUSE, private::Private};
use crate::{
    clock::Timestamp,
    ledger::Gap,
    sink::backoff::Backoff,
    wait::{self, Turn, lock_within},
};

/// How long what is held for moments only is waited for.
const WAIT: Duration = Duration::from_millis(100);

/// The way around a file, which one thread at a time takes.
#[derive(Debug)]
pub(super) struct Detour {
    active: AtomicBool,
    /// Who has it hangs: until it is given back, it is not waited for.
    held_up: AtomicBool,
    /// What became of lines meanwhile.
    beside: Mutex<Whereabouts>,
    state: Turn<Taken>,
}

/// What became of the lines since.
#[derive(Debug)]
pub(super) struct Taken {
    owner: u32,
    /// Why the file took no line, the last time it was tried.
    pub(super) cause: String,
    pub(super) whereabouts: Whereabouts,
    /// They stand in the private directory, if there is one.
    pub(super) private: Option<Private>,
    /// When making it is tried again.
    pub(super) backoff: Backoff,
}

/// Where lines are that do not stand in their file.
#[derive(Debug, Default)]
pub(super) struct Whereabouts {
    /// They stand nowhere.
    pub(super) missing: Option<Gap>,
    /// They stand in another place.
    pub(super) elsewhere: Vec<(String, Gap)>,
}

impl Detour {
    pub(super) fn new() -> Self {
        Self {
            active: AtomicBool::new(false),
            held_up: AtomicBool::new(false),
            beside: Mutex::default(),
            state: Turn::new(Taken::new()),
        }
    }

    /// Whether lines go around the file.
    pub(super) fn is_active(&self) -> bool {
        self.active.load(Ordering::Acquire)
    }

    pub(super) fn set_active(&self, active: bool) {
        self.active.store(active, Ordering::Release);
    }

    /// Acts on what is known of it; `None` where another thread has it until the deadline.
    pub(super) fn with<R>(
        &self,
        deadline: Instant,
        act: impl FnOnce(&mut Taken) -> R,
    ) -> Option<R> {
        let held_up = self.held_up.load(Ordering::Relaxed);
        let deadline = if held_up { Instant::now() } else { deadline };
        let result = self.state.with(deadline, Taken::new, |taken| {
            self.held_up.store(false, Ordering::Relaxed);
            let beside = self.take_beside();
            if taken.owner == wait::process() {
                taken.whereabouts.join(beside);
            } else {
                // The process that this one was forked from sees to what it had.
                *taken = Taken::new();
            }
            let result = act(taken);
            let beside = self.take_beside();
            if !beside.is_empty() {
                // The file is to be told of them with the next line.
                taken.whereabouts.join(beside);
                self.set_active(true);
            }
            result
        });
        self.held_up.fetch_or(result.is_none(), Ordering::Relaxed);
        result
    }

    /// Takes note of what became of lines of a thread that had no turn.
    pub(super) fn beside(&self, whereabouts: Whereabouts) {
        // Where not even that is to be had, the counters tell of the lines.
        if let Some(mut beside) = lock_within(&self.beside, Instant::now() + WAIT) {
            beside.join(whereabouts);
        }
        self.set_active(true);
    }

    fn take_beside(&self) -> Whereabouts {
        let beside = lock_within(&self.beside, Instant::now() + WAIT);
        beside.map(|mut beside| std::mem::take(&mut *beside)).unwrap_or_default()
    }
}

impl Whereabouts {
    pub(super) fn is_empty(&self) -> bool {
        self.missing.is_none() && self.elsewhere.is_empty()
    }

    fn join(&mut self, other: Self) {
        if let Some(gap) = other.missing {
            Gap::join(Some(&mut self.missing), gap);
        }
        for (place, gap) in other.elsewhere {
            self.put(gap, &place);
        }
    }

    fn put(&mut self, gap: Gap, place: &str) {
        match self.elsewhere.iter_mut().find(|(other, _)| other == place) {
            Some((_, earlier)) => {
                let mut joined = Some(earlier.clone());
                Gap::join(Some(&mut joined), gap);
                *earlier = joined.unwrap_or_else(|| earlier.clone());
            }
            None => self.elsewhere.push((place.to_owned(), gap)),
        }
    }
}

impl Taken {
    fn new() -> Self {
        let (first, longest) = PAUSE;
        Self {
            owner: wait::process(),
            cause: String::new(),
            whereabouts: Whereabouts::default(),
            private: None,
            backoff: Backoff::new(first, longest),
        }
    }

    /// For lines that go beside who has the turn: the private directory is that one's alone.
    pub(super) fn beside(now: Timestamp) -> Self {
        let mut taken = Self { cause: "held_up".to_owned(), ..Self::new() };
        taken.backoff.failed(now);
        taken
    }

    /// Lines stand nowhere.
    pub(super) fn lose(&mut self, lines: u64, now: Timestamp) {
        if lines > 0 {
            Gap::join(Some(&mut self.whereabouts.missing), Gap::new(lines, now, &self.cause));
        }
    }

    /// Lines stand in that place.
    pub(super) fn put(&mut self, lines: u64, now: Timestamp, place: &str) {
        self.whereabouts.put(Gap::new(lines, now, &self.cause), place);
    }

    #[cfg(test)]
    pub(super) fn inherit(&mut self) {
        self.owner = 0;
    }
}
