//! A timed call of which nothing but its duration is wanted.
//!
//! Where calls are counted it is one reading of a clock, kept where the call is: no box, no frame,
//! no context. Where each makes a line it is a live call as any other.

use std::{mem, thread};

use super::{
    Ending, Site,
    pool::{self, Slot},
};
use crate::{
    clock::{self, Start},
    config::Timing,
    handoff,
    record::{Category, Level, Outcome},
    timing,
};

/// A call that is timed until it is dropped.
#[must_use = "it ends when it is dropped; bind it to a name"]
#[derive(Debug)]
pub struct Timed {
    site: &'static Site,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nobody wants to hear of it.
    Off,
    /// It is counted.
    Counted(Start),
    /// It makes a line.
    Live(Slot),
}

impl Timed {
    /// Begins a call whose records have at least the level `gate`.
    #[inline]
    pub fn enter(site: &'static Site, gate: Level) -> Self {
        let takes = handoff::takes(Category::Performance, gate);
        Self { site, state: if takes { begin(site, false) } else { State::Off } }
    }

    /// Begins a call that may end in another context than it began in.
    pub(super) fn wandering(site: &'static Site) -> Self {
        Self { site, state: begin(site, true) }
    }

    /// Whether anybody wants to hear of it.
    #[inline]
    pub fn is_watched(&self) -> bool {
        !matches!(self.state, State::Off)
    }

    /// The body is done, in that way.
    #[inline]
    pub fn done(mut self, ending: Ending) {
        done(self.site, mem::replace(&mut self.state, State::Off), ending);
    }
}

impl Drop for Timed {
    #[inline]
    fn drop(&mut self) {
        if self.is_watched() {
            end(self.site, mem::replace(&mut self.state, State::Off));
        }
    }
}

#[cold]
#[inline(never)]
fn begin(site: &'static Site, wanders: bool) -> State {
    if !timing::drawn(site.sample) {
        return State::Off;
    }
    let counted = match timing::mode() {
        Timing::Each => false,
        Timing::Summary => true,
        // The line of a slow call tells of the context at its beginning.
        Timing::Slow => !wanders || site.callsite.slow_nanos == 0,
    };
    // One that began in a panic does not end by it.
    if counted && !thread::panicking() {
        return State::Counted(Start::now());
    }
    begun(site).map_or(State::Off, State::Live)
}

#[cold]
#[inline(never)]
fn done(site: &'static Site, state: State, ending: Ending) {
    match state {
        State::Off => {}
        State::Counted(start) => count(site, start, Some(ending.outcome), ending.error),
        State::Live(mut slot) => {
            if slot.ended(ending) {
                slot.hand_off_line();
            }
            pool::give_back(slot);
        }
    }
}

#[cold]
#[inline(never)]
fn end(site: &'static Site, state: State) {
    match state {
        State::Off => {}
        State::Counted(start) => {
            count(site, start, thread::panicking().then_some(Outcome::Panicked), None);
        }
        State::Live(mut slot) => {
            slot.abandon();
            pool::give_back(slot);
        }
    }
}

/// A call without fields; none where it cannot be recorded.
fn begun(site: &'static Site) -> Option<Slot> {
    let mut slot = pool::take(site, handoff::for_record()?);
    slot.begin();
    Some(slot)
}

/// Counts a call; a slow one makes a line where such a line is wanted.
#[inline]
fn count(site: &'static Site, start: Start, outcome: Option<Outcome>, error: Option<&'static str>) {
    let units = start.units();
    if site.count(clock::nanos(units), outcome) && timing::mode() == Timing::Slow {
        tell(site, start, units, (outcome, error));
    }
}

#[cold]
fn tell(
    site: &'static Site,
    start: Start,
    units: u64,
    (outcome, error): (Option<Outcome>, Option<&'static str>),
) {
    let Some(mut slot) = begun(site) else { return };
    slot.since(start);
    slot.tell(units, outcome);
    slot.failed_with(error);
    slot.hand_off();
    pool::give_back(slot);
}
