//! When summaries and gauges are written: every so often, on request, and at the end.
//!
//! What is written is the difference to what was written before, taken under one lock: whoever
//! asks, and how often, no call is told twice and none is left out.

use std::{
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use super::{gauges, lines, lock, slot};
use crate::{clock::Timestamp, config::Timing, handoff};

/// The number of the mode in [`Timing::ALL`].
static MODE: AtomicU8 = AtomicU8::new(Timing::Each as u8);
static STATE: Mutex<State> = Mutex::new(State { every: None, phase: Phase::Idle });
static WAKE: Condvar = Condvar::new();
/// Held while lines are made and written.
static WRITING: Mutex<()> = Mutex::new(());

#[derive(Debug)]
struct State {
    every: Option<Duration>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing has been counted.
    Idle,
    /// A thread writes every so often.
    Running,
    /// The guard is gone.
    Stopped,
}

/// How calls are written from now on, and how often what was counted is.
pub fn configure(timing: Timing, every: Option<Duration>) {
    MODE.store(timing as u8, Relaxed);
    if let Some(mut state) = lock(&STATE) {
        state.every = every;
    }
}

/// How calls are written.
#[inline]
#[must_use]
pub fn mode() -> Timing {
    match MODE.load(Relaxed) {
        1 => Timing::Summary,
        2 => Timing::Slow,
        _ => Timing::Each,
    }
}

/// Something is counted for the first time: from now on it is written every so often.
pub(super) fn need() {
    let Some(mut state) = lock(&STATE) else { return };
    if let (Phase::Idle, Some(every)) = (state.phase, state.every) {
        let thread = thread::Builder::new().name("audit-summaries".to_owned());
        // Without a thread everything is written at the end.
        if thread.spawn(move || run(every)).is_ok() {
            state.phase = Phase::Running;
        }
    }
}

fn run(every: Duration) {
    loop {
        let Some(state) = lock(&STATE) else { return };
        let stopped = WAKE
            .wait_timeout_while(state, every, |state| state.phase == Phase::Running)
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .phase
            == Phase::Stopped;
        let Some(writing) = lock(&WRITING) else { return };
        if stopped || lock(&STATE).is_none_or(|state| state.phase == Phase::Stopped) {
            return;
        }
        write();
        drop(writing);
    }
}

/// Ends the thread, and writes what was counted since it last did.
pub fn stop() {
    if let Some(mut state) = lock(&STATE) {
        state.phase = Phase::Stopped;
    }
    WAKE.notify_all();
    flush_summaries();
}

/// Writes the summaries and gauges of `performance.log` now, and not only at the next interval.
///
/// Each call is in one summary only: the next one goes on from here. The guard does the same when
/// it is dropped; a program that ends without dropping it can call this.
///
/// ```
/// use audit_runtime::{Profile, Timing, timed};
///
/// #[timed]
/// fn work() {}
///
/// let _logs = audit_runtime::builder("shop").profile(Profile::Test).timing(Timing::Summary).init();
/// work();
/// audit_runtime::flush_summaries();
/// ```
pub fn flush_summaries() {
    let Some(_writing) = lock(&WRITING) else { return };
    write();
}

fn write() {
    let Some(road) = handoff::current() else { return };
    let now = Timestamp::now();
    for entry in slot::entries() {
        if let Some(window) = entry.collect(now) {
            lines::summary(road, entry, &window, now);
        }
    }
    for asked in gauges::caches(now) {
        lines::cache(road, &asked, now);
    }
    if let Some(bytes) = gauges::resident() {
        lines::memory(road, bytes, now);
    }
}
