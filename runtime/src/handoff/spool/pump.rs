//! Bringing what is in the spool into the files.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    apart::Apart,
    fork::Batching,
    gap::{self, Gap, Loss, Numbers},
    live::Spool,
    outlet::{Draining, Ready, Spare},
    plan::{self, STREAMS},
    reach::Progress,
    record::Fault,
    ring::Cursor,
    start::Wish,
    watch::{Finder, Job},
};
use crate::{
    clock::Anchor,
    drain::{Batch, Drain, Parcel, Route},
    frame::Ticket,
    record::{Callsite, Category},
    sink::Spot,
    trap,
};

/// The most bytes of one stream in a batch; more than the longest record. The less of a full ring it
/// is, the sooner who waits for room can go on, or make the lines of the next one.
const MOST: usize = plan::SEGMENT / 8 * 3;
/// A batch is no longer than this and one stream more.
const BATCH: usize = 128 * 1024;
/// Few records are shorter.
const USUAL: usize = 128;
/// After a batch shorter than this there is time for a nap.
const BUSY: usize = 16 * 1024;
const NAP: Duration = Duration::from_micros(200);
const LONGEST_NAP: Duration = Duration::from_millis(10);
/// Idle for so long, it sleeps until it is woken; a wake that was missed costs this much.
const AWAKE: Duration = Duration::from_secs(1);
const SLEEP: Duration = Duration::from_millis(250);
const STEP: Duration = Duration::from_micros(50);

/// What a drain of the spool keeps between batches; who has it is the only reader.
#[derive(Debug)]
pub(super) struct Pump {
    /// How many were taken out.
    pub(super) batches: u64,
    /// Up to where the streams were.
    read: [u64; STREAMS],
    known: Vec<&'static Callsite>,
    /// The stream the next batch begins with.
    next: usize,
    /// Which of the two anchors in the file counts.
    choice: u64,
    /// The numbers that were read last.
    numbers: [Numbers; STREAMS],
    /// The files whose records were read.
    seen: Route,
    /// What is lost and not yet told.
    pub(super) gaps: Vec<Gap>,
}

impl Default for Pump {
    fn default() -> Self {
        let (read, numbers) = ([0; STREAMS], Numbers::of_all());
        let (batches, known, next, choice, seen, gaps) = Default::default();
        Self { batches, read, known, next, choice, numbers, seen, gaps }
    }
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
    pub(super) state: Apart<AtomicU8>,
    /// It rests for a moment; not in its state, which every record asks for.
    naps: AtomicBool,
    stop: AtomicBool,
    pub(super) job: OnceLock<Job>,
    pub(super) handle: Mutex<Option<JoinHandle<()>>>,
    pub(super) progress: Progress,
}

/// It works or naps.
const UP: u8 = 0;
/// It rests until it is woken.
const ASLEEP: u8 = 1;
/// There is no thread.
pub(super) const DEAD: u8 = 2;

impl Sleeper {
    /// A record came; it is woken from its sleep, and from a nap when there is much to do.
    #[inline]
    pub(super) fn pushed(&self, filling: bool) {
        let up = self.state.load(Ordering::Relaxed) == UP;
        if !up || (filling && self.naps.load(Ordering::Relaxed)) {
            self.wake();
        }
    }

    #[cold]
    #[inline(never)]
    fn wake(&self) {
        let napped = self.naps.swap(false, Ordering::Relaxed);
        match self.state.swap(UP, Ordering::Relaxed) {
            UP if !napped => {}
            DEAD if self.stop.load(Ordering::Relaxed) => {}
            DEAD if !self.spawn() => self.state.store(DEAD, Ordering::Relaxed),
            _ => self.unpark(),
        }
    }

    /// Has the thread look now; another one where it is gone.
    pub(super) fn hurry(&self) {
        if self.state.load(Ordering::Relaxed) == DEAD {
            // Without one what waits is left to the next process.
            let _ = self.spawn();
        }
        // Also one that says it works: it may be about to rest.
        self.unpark();
    }

    /// Whether it is over with the thread.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn rest(&self, idle: Duration, nap: Duration) {
        if idle < AWAKE {
            self.naps.store(true, Ordering::Relaxed);
            thread::park_timeout(nap);
            self.naps.store(false, Ordering::Relaxed);
        } else {
            self.state.store(ASLEEP, Ordering::Relaxed);
            thread::park_timeout(SLEEP);
            self.state.store(UP, Ordering::Relaxed);
        }
    }
}

impl Spool {
    /// Starts the thread that drains it; whether it could be started.
    pub(super) fn start(&'static self, drain: Arc<Drain>, wish: Wish) -> bool {
        self.employ(drain, wish);
        self.sleeper.spawn()
    }

    pub(super) fn run(&self, drain: &Drain, wish: &Wish) {
        let mut finder = Finder::new();
        let mut nap = NAP;
        let mut idle = Duration::ZERO;
        while !self.sleeper.stop.load(Ordering::Relaxed) && self.look(drain) {
            finder.look(wish);
            let pump = self.pump.lock().unwrap_or_else(PoisonError::into_inner);
            let moved = self.pass(drain, pump);
            if moved >= BUSY {
                continue;
            }
            (nap, idle) = if moved > 0 {
                (NAP, Duration::ZERO)
            } else {
                ((nap * 2).min(LONGEST_NAP), idle.saturating_add(nap))
            };
            self.sleeper.rest(idle, nap);
        }
    }

    /// Takes nothing more, drains what is there, and removes the file when all is done in time.
    pub(in crate::handoff) fn finish(&'static self, drain: &Drain, within: Duration) -> bool {
        let until = Instant::now() + within;
        self.close();
        let flushed = self.flush(drain, within);
        self.sleeper.stop.store(true, Ordering::Relaxed);
        self.sleeper.unpark();
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

    /// Drains one batch, unless somebody is taking one out; how many bytes it had.
    pub(super) fn try_pass(&self, drain: &Drain) -> Option<usize> {
        match self.pump.try_lock() {
            Ok(pump) => Some(self.pass(drain, pump)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.pass(drain, poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Drains one batch; how many bytes it had.
    fn pass(&self, drain: &Drain, mut pump: MutexGuard<'_, Pump>) -> usize {
        let Some(_draining) = Draining::begin() else { return 0 };
        let Some(_batching) = Batching::begin().filter(|_| !self.is_cut()) else { return 0 };
        if !self.outlet.has_room(pump.batches) {
            return 0;
        }
        let Spare { mut bytes, spent } = self.outlet.spare();
        let mut fetched = self.fetch(&mut pump, &mut bytes);
        let anchor = self.anchor(&mut pump);
        if fetched.is_empty() && pump.gaps.is_empty() {
            self.outlet.keep(Spare { bytes, spent });
            return 0;
        }
        self.learn(&mut pump.known);
        let mut gaps = mem::take(&mut pump.gaps);
        let told = gaps.len();
        let Pump { batches, read, known, numbers, seen, .. } = &mut *pump;
        let before = *numbers;
        // Nothing here panics by design; were it to, the next batch must not do so again.
        let parcels = trap::contained(|| {
            self.parcels(&bytes, (known, &anchor), &mut fetched, numbers, &mut gaps)
        });
        for Fetched { stream, to, .. } in &fetched {
            if let Some(read) = read.get_mut(*stream) {
                *read = *to;
            }
        }
        let taken = parcels.iter().flatten();
        *seen = taken.fold(*seen, |seen, parcel| Route(seen.0 | parcel.route.0));
        let route = gap::route(*seen, known.iter().copied());
        let (number, numbers) = (*batches, [before, *numbers]);
        *batches = batches.wrapping_add(1);
        drop(pump);
        drain.lost(gaps.iter().skip(told).map(|gap| gap.records).sum());
        let lines = parcels.and_then(|mut parcels| {
            // Those that this batch found stand behind it.
            parcels.extend(gaps.iter().map(|gap| gap.parcel(route)));
            trap::contained(|| drain.render_all(&parcels, self, spent))
        });
        let moved = bytes.len();
        let reached = fetched.iter().map(|fetched| (fetched.stream, fetched.to)).collect();
        self.deliver(drain, Ready { number, lines, reached, numbers, bytes });
        moved
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

    fn fetch(&self, pump: &mut Pump, bytes: &mut Vec<u8>) -> Vec<Fetched> {
        let Pump { read, next, numbers, gaps, .. } = pump;
        bytes.clear();
        let mut fetched = Vec::new();
        for step in 0..STREAMS {
            let stream = (*next + step) % STREAMS;
            let Some(lane) = self.lanes.get(stream).and_then(OnceLock::get) else { continue };
            let (from, start) = (read.get(stream).copied().unwrap_or_default(), bytes.len());
            let mut to = from;
            // SAFETY: who has the pump is the only reader.
            if unsafe { lane.fetch(from, MOST, bytes) }.is_err() {
                to = lane.tail.observe();
                if let Some(numbers) = numbers.get_mut(stream) {
                    numbers.broke(Loss::Positions);
                    gaps.extend(numbers.end(lane.seal.stream));
                }
            }
            to = to.wrapping_add((bytes.len() - start) as u64);
            if to != from {
                fetched.push(Fetched { stream, from, to, bytes: start..bytes.len() });
            }
            if bytes.len() >= BATCH {
                *next = (stream + 1) % STREAMS;
                break;
            }
        }
        fetched
    }

    /// The records among what was fetched, up to where they go, and what is lost of them.
    fn parcels<'a>(
        &self,
        bytes: &'a [u8],
        (known, anchor): (&[&'static Callsite], &'a Anchor),
        fetched: &mut [Fetched],
        numbers: &mut [Numbers; STREAMS],
        gaps: &mut Vec<Gap>,
    ) -> Vec<Parcel<'a>> {
        let mut parcels = Vec::with_capacity(bytes.len() / USUAL);
        for Fetched { stream, from, to, bytes: range } in fetched {
            let lane = self.lanes.get(*stream).and_then(OnceLock::get);
            let (Some(lane), Some(numbers)) = (lane, numbers.get_mut(*stream)) else { continue };
            let stream = lane.seal.stream;
            let mut records = lane.records(bytes.get(range.clone()).unwrap_or_default(), *from);
            while let Some(record) = records.next() {
                let site = record.map(|record| (record, known.get(record.head.site as usize)));
                match site {
                    Ok((record, Some(site))) => {
                        let n = record.head.n;
                        if let Some(gap) = numbers.saw(stream, n) {
                            gaps.push(gap);
                        }
                        parcels.push(Parcel {
                            site,
                            bytes: record.payload,
                            route: Route(record.head.route),
                            ticket: Ticket { stream, n },
                            anchor,
                        });
                    }
                    Ok((_, None)) => numbers.broke(Loss::Site),
                    Err(Fault::Short) if records.position() > *from => {
                        *to = records.position();
                        break;
                    }
                    // Somebody wrote into our memory.
                    Err(_) => {
                        numbers.broke(Loss::Damaged);
                        if !records.resume() {
                            break;
                        }
                    }
                }
            }
            gaps.extend(numbers.end(stream));
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
