//! Bringing what is in the spool into the files.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    thread::{self, JoinHandle, Thread},
    time::{Duration, Instant},
};

use super::{
    fork::Batching,
    live::{Pushed, Spool},
    plan::{self, STREAMS},
    record::Fault,
    recover::{has_any, recover},
    ring::Cursor,
    start::Wish,
};
use crate::{
    clock::Anchor,
    drain::{Batch, Drain, Parcel, Route},
    frame::Ticket,
    record::{Callsite, Category},
    sink::Spot,
    trap,
};

/// The most bytes of one stream in a batch; more than the longest record.
const MOST: usize = plan::SEGMENT / 2;
/// A batch is no longer than this and one stream more.
const BATCH: usize = 128 * 1024;
/// After a batch shorter than this there is time for a nap.
const BUSY: usize = 32 * 1024;
const NAP: Duration = Duration::from_micros(200);
const LONGEST_NAP: Duration = Duration::from_millis(10);
/// Idle for so long, it sleeps until it is woken; a wake that was missed costs this much.
const AWAKE: Duration = Duration::from_secs(1);
const SLEEP: Duration = Duration::from_millis(250);
/// How often it is looked for spools of processes that died, when there is nothing else to do.
const LOOK: Duration = Duration::from_mins(1);
const STEP: Duration = Duration::from_micros(50);

/// What a drain of the spool keeps between batches; who has it is the only reader.
#[derive(Debug, Default)]
pub(super) struct Pump {
    bytes: Vec<u8>,
    known: Vec<&'static Callsite>,
    /// The stream the next batch begins with.
    next: usize,
    /// Which of the two anchors in the file counts.
    choice: u64,
}

/// The records of one stream in a batch.
struct Fetched {
    stream: usize,
    from: u64,
    to: u64,
    bytes: std::ops::Range<usize>,
}

/// Where the drain's thread is.
#[derive(Debug, Default)]
pub(super) struct Sleeper {
    state: AtomicU8,
    thread: OnceLock<Thread>,
    stop: AtomicBool,
    handle: Mutex<Option<JoinHandle<()>>>,
}

const WORKING: u8 = 0;
const NAPPING: u8 = 1;
const ASLEEP: u8 = 2;

impl Sleeper {
    /// A record came; it is woken from its sleep, and from a nap when there is much to do.
    #[inline]
    pub(super) fn pushed(&self, filling: bool) {
        let state = self.state.load(Ordering::Relaxed);
        if state == ASLEEP || (filling && state == NAPPING) {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        if self.state.swap(WORKING, Ordering::Relaxed) != WORKING
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
    }

    fn rest(&self, idle: Duration, nap: Duration) {
        let (state, rest) = if idle < AWAKE { (NAPPING, nap) } else { (ASLEEP, SLEEP) };
        self.state.store(state, Ordering::Relaxed);
        thread::park_timeout(rest);
        self.state.store(WORKING, Ordering::Relaxed);
    }
}

impl Spool {
    /// Starts the thread that drains it; whether it could be started.
    pub(super) fn start(&'static self, drain: Arc<Drain>, wish: Wish) -> bool {
        let run = move || self.run(&drain, &wish);
        let Ok(handle) = thread::Builder::new().name("audit-drain".to_owned()).spawn(run) else {
            return false;
        };
        // Nobody else sets it.
        let _ = self.sleeper.thread.set(handle.thread().clone());
        *self.sleeper.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        true
    }

    fn run(&self, drain: &Drain, wish: &Wish) {
        let mut looked = Instant::now();
        let mut nap = NAP;
        let mut idle = Duration::ZERO;
        while !self.sleeper.stop.load(Ordering::Relaxed) {
            let mut pump = self.pump.lock().unwrap_or_else(PoisonError::into_inner);
            self.anchor(&mut pump);
            let moved = self.pass(drain, &mut pump);
            drop(pump);
            if moved >= BUSY {
                continue;
            }
            (nap, idle) = if moved > 0 {
                (NAP, Duration::ZERO)
            } else {
                ((nap * 2).min(LONGEST_NAP), idle.saturating_add(nap))
            };
            self.sleeper.rest(idle, nap);
            if idle >= AWAKE && looked.elapsed() >= LOOK {
                looked = Instant::now();
                if has_any(&wish.logs, Some(wish.id)) {
                    // It is tried again at the next look.
                    let _ = trap::contained(|| recover(&wish.logs, Some(wish.id), &wish.shared));
                }
            }
        }
    }

    /// Drains batches in the place of the thread, or waits for whoever does it, until a record finds
    /// room or the time is over.
    #[cold]
    pub(in crate::handoff) fn help(
        &self,
        drain: &Drain,
        within: Duration,
        mut push: impl FnMut() -> Pushed,
    ) -> Pushed {
        let until = Instant::now() + within;
        loop {
            if self.try_pass(drain).is_none() {
                thread::sleep(STEP);
            }
            let pushed = push();
            if pushed != Pushed::Full || Instant::now() >= until {
                return pushed;
            }
        }
    }

    /// Drains until nothing is left; whether that was reached in time.
    pub(in crate::handoff) fn flush(&self, drain: &Drain, within: Duration) -> bool {
        let until = Instant::now() + within;
        while !self.is_empty() {
            if Instant::now() >= until {
                return false;
            }
            if self.try_pass(drain).is_none() {
                thread::sleep(STEP);
            }
        }
        // Somebody may still be writing what he has taken out.
        while self.pump.try_lock().is_err_and(|error| matches!(error, TryLockError::WouldBlock)) {
            if Instant::now() >= until {
                return false;
            }
            thread::sleep(STEP);
        }
        true
    }

    /// Takes nothing more, drains what is there, and removes the file when all is done in time.
    pub(in crate::handoff) fn finish(&'static self, drain: &Drain, within: Duration) -> bool {
        let until = Instant::now() + within;
        self.close();
        let flushed = self.flush(drain, within);
        self.sleeper.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.sleeper.thread.get() {
            thread.unpark();
        }
        let mut handle = self.sleeper.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handle.take() {
            while !handle.is_finished() && Instant::now() < until {
                thread::sleep(STEP);
            }
            if handle.is_finished() {
                // Its panics were contained; it gives nothing back.
                let _ = handle.join();
            }
        }
        flushed && self.remove_if_done()
    }

    pub(super) fn try_pass(&self, drain: &Drain) -> Option<usize> {
        match self.pump.try_lock() {
            Ok(mut pump) => Some(self.pass(drain, &mut pump)),
            Err(TryLockError::Poisoned(poisoned)) => {
                Some(self.pass(drain, &mut poisoned.into_inner()))
            }
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Drains one batch; how many bytes it had.
    fn pass(&self, drain: &Drain, pump: &mut Pump) -> usize {
        let Some(_batching) = Batching::begin() else { return 0 };
        let mut fetched = self.fetch(pump);
        if fetched.is_empty() {
            return 0;
        }
        let anchor = self.anchor(pump);
        self.learn(&mut pump.known);
        let Pump { bytes, known, .. } = pump;
        // The drain does not panic by design; were it to, the next batch must not do so again.
        let drained = trap::contained(|| {
            let parcels = self.parcels(drain, bytes, (known, &anchor), &mut fetched);
            drain.take_all(&parcels, self);
        });
        if drained.is_none() {
            drain.lost();
        }
        for Fetched { stream, to, .. } in fetched {
            if let Some(lane) = self.lanes.get(stream).and_then(OnceLock::get) {
                lane.head.publish(to);
            }
        }
        for category in Category::ALL {
            if let Some(state) = self.base.word(plan::intent(category).0) {
                state.store(0, Ordering::Release);
            }
        }
        bytes.len()
    }

    /// Takes the anchor of readings anew: the later it is, the less it is wrong for those to come,
    /// also when the clock was set or the machine was suspended. Whoever recovers finds the last one.
    pub(super) fn anchor(&self, pump: &mut Pump) -> Anchor {
        let anchor = Anchor::now();
        pump.choice ^= 1;
        let words = [anchor.reading, anchor.time.0.cast_unsigned(), anchor.rate];
        for (at, word) in plan::anchor(pump.choice).into_iter().zip(words) {
            if let Some(place) = self.base.word(at) {
                // None of them before the choice that was made last.
                place.store(word, Ordering::Release);
            }
        }
        if let Some(choice) = self.base.word(plan::anchor_choice()) {
            choice.store(pump.choice, Ordering::Release);
        }
        anchor
    }

    fn fetch(&self, pump: &mut Pump) -> Vec<Fetched> {
        let Pump { bytes, next, .. } = pump;
        bytes.clear();
        let mut fetched = Vec::new();
        for step in 0..STREAMS {
            let stream = (*next + step) % STREAMS;
            let Some(lane) = self.lanes.get(stream).and_then(OnceLock::get) else { continue };
            let (from, start) = (lane.head.observe(), bytes.len());
            // SAFETY: who has the pump is the only reader.
            if unsafe { lane.fetch(from, MOST, bytes) }.is_err() {
                lane.head.publish(lane.tail.observe());
            }
            if bytes.len() > start {
                let to = from.wrapping_add((bytes.len() - start) as u64);
                fetched.push(Fetched { stream, from, to, bytes: start..bytes.len() });
            }
            if bytes.len() >= BATCH {
                *next = (stream + 1) % STREAMS;
                break;
            }
        }
        fetched
    }

    /// The records among what was fetched, and up to where they go.
    fn parcels<'a>(
        &self,
        drain: &Drain,
        bytes: &'a [u8],
        (known, anchor): (&[&'static Callsite], &'a Anchor),
        fetched: &mut [Fetched],
    ) -> Vec<Parcel<'a>> {
        let mut parcels = Vec::new();
        for Fetched { stream, from, to, bytes: range } in fetched {
            let Some(lane) = self.lanes.get(*stream).and_then(OnceLock::get) else { continue };
            let mut records = lane.records(bytes.get(range.clone()).unwrap_or_default(), *from);
            let mut whole = true;
            for record in records.by_ref() {
                let site = record.map(|record| (record, known.get(record.head.site as usize)));
                match site {
                    Ok((record, Some(site))) => parcels.push(Parcel {
                        site,
                        bytes: record.payload,
                        route: Route(record.head.route),
                        ticket: Ticket { stream: lane.seal.stream, n: record.head.n },
                        anchor,
                    }),
                    Err(Fault::Short) => whole = false,
                    // Somebody wrote into our memory: what follows cannot be told apart.
                    Ok((_, None)) | Err(Fault::Checksum) => drain.lost(),
                }
            }
            if !whole && records.position() > *from {
                *to = records.position();
            }
        }
        parcels
    }
}

impl Batch for Spool {
    fn wants(&self, _category: Category, _ticket: Ticket) -> bool {
        true
    }

    fn begins(&self, category: Category, spot: Spot) {
        let (state, place) = plan::intent(category);
        if let (Some(state), Some(place)) = (self.base.word(state), self.base.word(place)) {
            place.store(spot.offset, Ordering::Relaxed);
            // The state last: a death in between leaves none, and nothing was written yet.
            state.store(spot.number.saturating_add(1), Ordering::Release);
        }
    }
}
