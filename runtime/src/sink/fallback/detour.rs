//! What became of the lines of a category since its file takes none.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Instant,
};

use super::{place::PAUSE, private::Private};
use crate::{
    clock::Timestamp,
    ledger::Gap,
    sink::backoff::Backoff,
    wait::{self, Turn},
};

/// The way around a file, which one thread at a time takes.
#[derive(Debug)]
pub(super) struct Detour {
    active: AtomicBool,
    /// Lines for which nobody had the time.
    missed: AtomicU64,
    state: Turn<Taken>,
}

/// What became of the lines since.
#[derive(Debug)]
pub(super) struct Taken {
    owner: u32,
    /// Why the file took no line, the last time it was tried.
    pub(super) cause: String,
    /// They stand nowhere.
    pub(super) missing: Option<Gap>,
    /// They stand in another place.
    pub(super) elsewhere: Vec<(String, Gap)>,
    /// They stand in the private directory, if there is one.
    pub(super) private: Option<Private>,
    /// When making it is tried again.
    pub(super) backoff: Backoff,
}

impl Detour {
    pub(super) fn new() -> Self {
        let state = Turn::new(Taken::new());
        Self { active: AtomicBool::new(false), missed: AtomicU64::new(0), state }
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
        now: Timestamp,
        act: impl FnOnce(&mut Taken) -> R,
    ) -> Option<R> {
        self.state.with(deadline, Taken::new, |taken| {
            if taken.owner != wait::process() {
                // The process that this one was forked from sees to what it had.
                *taken = Taken::new();
                self.missed.store(0, Ordering::Relaxed);
            }
            match self.missed.swap(0, Ordering::Relaxed) {
                0 => {}
                lines => Gap::join(Some(&mut taken.missing), Gap::new(lines, now, "held_up")),
            }
            act(taken)
        })
    }

    /// Lines stand nowhere, and the way was busy.
    pub(super) fn missed(&self, lines: u64) {
        self.missed.fetch_add(lines, Ordering::Relaxed);
    }
}

impl Taken {
    fn new() -> Self {
        let (first, longest) = PAUSE;
        Self {
            owner: wait::process(),
            cause: String::new(),
            missing: None,
            elsewhere: Vec::new(),
            private: None,
            backoff: Backoff::new(first, longest),
        }
    }

    /// Lines stand nowhere.
    pub(super) fn lose(&mut self, lines: u64, now: Timestamp) {
        if lines > 0 {
            Gap::join(Some(&mut self.missing), Gap::new(lines, now, &self.cause));
        }
    }

    /// Lines stand in that place.
    pub(super) fn put(&mut self, lines: u64, now: Timestamp, place: &str) {
        let gap = Gap::new(lines, now, &self.cause);
        match self.elsewhere.iter_mut().find(|(other, _)| other == place) {
            Some((_, earlier)) => {
                let mut joined = Some(earlier.clone());
                Gap::join(Some(&mut joined), gap);
                *earlier = joined.unwrap_or_else(|| earlier.clone());
            }
            None => self.elsewhere.push((place.to_owned(), gap)),
        }
    }

    #[cfg(test)]
    pub(super) fn inherit(&mut self) {
        self.owner = 0;
    }
}
