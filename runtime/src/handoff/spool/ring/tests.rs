//! The ring over heap memory (`cargo +nightly miri` runs it too), and under loom.

use std::{
    alloc::Layout,
    ptr::NonNull,
    sync::{Mutex, atomic::AtomicU64},
};

use super::*;
use crate::handoff::spool::memory::Memory;

const SEAL: Seal = Seal { key: 0x5eed, stream: 2 };

type HeapRing = Ring<Memory, &'static AtomicU64>;

/// A ring that lives until the test program ends.
fn heap(length: usize) -> &'static HeapRing {
    let layout = Layout::from_size_align(length + 256, 128).expect("a layout");
    // SAFETY: the size is not 0; the memory is never freed.
    let start = NonNull::new(unsafe { std::alloc::alloc_zeroed(layout) }).expect("memory");
    // SAFETY: as above, and nothing else points to it.
    let memory = unsafe { Memory::new(start, length + 256) };
    let [tail, head] = [0, 128].map(|at| memory.word(at).expect("inside"));
    let store = memory.part(256, length).expect("inside");
    Box::leak(Box::new(Ring { store, tail, head, seal: SEAL }))
}

fn writer(ring: &HeapRing) -> Writer<'_, Memory, &'static AtomicU64> {
    // SAFETY: the tests make one for each ring.
    unsafe { ring.writer(Place::default()) }
}

/// Reads and releases what is there; number and payload of each.
fn drain(ring: &HeapRing) -> Vec<(u64, Vec<u8>)> {
    let mut all = Vec::new();
    loop {
        let from = ring.head.observe();
        let mut bytes = Vec::new();
        // SAFETY: the only reader.
        unsafe { ring.fetch(from, 1 << 20, &mut bytes) }.expect("sound");
        if bytes.is_empty() {
            return all;
        }
        let mut records = ring.records(&bytes, from);
        for record in records.by_ref() {
            let record = record.expect("no fault");
            all.push((record.head.n, record.payload.to_vec()));
        }
        ring.head.publish(records.position());
    }
}

#[test]
fn records_come_out_as_they_went_in_round_after_round() {
    let ring = heap(4096);
    let mut writer = writer(ring);
    for n in 1..if cfg!(miri) { 80 } else { 2_000 } {
        // Whole words, and bytes behind them.
        let length = if n % 2 == 0 { n * 4 % 800 } else { n * 97 % 800 };
        let payload = (0..length).map(|at| u8::try_from((n ^ at) % 251).expect("small"));
        let payload: Vec<u8> = payload.collect();
        assert_eq!((writer.push(1, 1, &payload), drain(ring)), (Ok(n), vec![(n, payload)]));
    }
}

#[test]
fn a_full_ring_takes_nothing_until_something_is_released() {
    let ring = heap(128);
    let mut writer = writer(ring);
    let mut taken = 0;
    while writer.push(1, 1, &[7; 8]).is_ok() {
        taken += 1;
    }
    assert_eq!(taken, 4);
    assert!(writer.is_filling());
    assert_eq!(ring.waiting(), 128);
    assert_eq!(writer.push(1, 1, &[7; 8]), Err(Refused::Full));
    assert_eq!(drain(ring).len(), 4);
    assert_eq!(writer.push(1, 1, &[7; 8]), Ok(5));
    assert!(!writer.is_filling());
    assert_eq!(writer.push(1, 1, &[7; 9]), Err(Refused::TooLong));
}

#[test]
fn a_later_writer_goes_on_where_the_earlier_one_stood() {
    let ring = heap(256);
    let mut first = writer(ring);
    first.push(1, 1, b"first").expect("room");
    let place = first.place();
    // SAFETY: the first one is not used any more.
    let mut second = unsafe { ring.writer(place) };
    assert_eq!(second.push(1, 1, b"second"), Ok(2));
    assert_eq!(drain(ring), [(1, b"first".to_vec()), (2, b"second".to_vec())]);
}

#[test]
fn positions_that_do_not_fit_are_not_followed() {
    let ring = heap(128);
    for tail in [4, 136, u64::MAX] {
        ring.tail.publish(tail);
        // SAFETY: the only reader.
        assert_eq!(unsafe { ring.fetch(0, 64, &mut Vec::new()) }, Err(Unsound));
    }
    // A head in front of which the writer stands.
    let behind = heap(128);
    behind.head.publish(8);
    let mut writer = writer(behind);
    assert_eq!([1, 2, 3].map(|_| writer.push(1, 1, &[7; 8])), [1, 2, 3].map(Ok));
    assert!(ring.store.part(120, 16).is_none() && ring.store.word(4).is_none());
}

#[test]
fn two_threads_share_it() {
    let ring = heap(256);
    let last: u64 = if cfg!(miri) { 60 } else { 20_000 };
    let mut read = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = writer(ring);
            for n in 1..=last {
                while writer.push(1, 1, &n.to_le_bytes()) != Ok(n) {
                    std::thread::yield_now();
                }
            }
        });
        while read < last {
            for (n, payload) in drain(ring) {
                read += 1;
                assert_eq!((n, payload), (read, read.to_le_bytes().to_vec()));
            }
            std::thread::yield_now();
        }
    });
}

/// A ring, and what its last writer left for the next one.
type Shelf = Mutex<Vec<(&'static HeapRing, Place)>>;

/// Fault 40: threads that live for a few records, 64 at a time, with rings of 4 KiB that are too few
/// and too small for them. `AUDIT_TESTS_ROUNDS` asks for more threads one after the other.
#[test]
fn short_threads_share_small_rings_without_a_gap() {
    const AT_ONCE: u64 = if cfg!(miri) { 4 } else { 64 };
    const EACH: u64 = 12;
    let rounds = std::env::var("AUDIT_TESTS_ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds: u64 = rounds.unwrap_or(if cfg!(miri) { 2 } else { 30 });
    let rings: Vec<_> = (0..8).map(|_| heap(4096)).collect();
    let shelf: Shelf = Mutex::new(rings.iter().map(|ring| (*ring, Place::default())).collect());
    let short = || {
        let (ring, place) = loop {
            if let Some(taken) = shelf.lock().unwrap().pop() {
                break taken;
            }
            std::thread::yield_now();
        };
        // SAFETY: who took it from the shelf is the only writer.
        let mut writer = unsafe { ring.writer(place) };
        for n in 1..=EACH {
            // Of many lengths, so that the filling at the end is too.
            let payload = vec![7; usize::try_from((place.n + n) * 97 % 900).expect("small")];
            while writer.push(1, 1, &payload).is_err() {
                std::thread::yield_now();
            }
        }
        shelf.lock().unwrap().push((ring, writer.place()));
    };
    let mut read = vec![0; rings.len()];
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                for _ in 0..rounds {
                    std::thread::scope(|scope| scope.spawn(short).join().expect("joined"));
                }
            });
        }
        while read.iter().sum::<u64>() < AT_ONCE * rounds * EACH {
            for (ring, read) in rings.iter().zip(&mut read) {
                for (n, payload) in drain(ring) {
                    *read += 1;
                    assert_eq!(n, *read);
                    assert_eq!(payload.len() as u64, n * 97 % 900);
                }
            }
            std::thread::yield_now();
        }
    });
}

/// Bytes and positions, as they were behind each step of the writer.
#[derive(Default)]
struct Steps {
    bytes: Vec<u8>,
    positions: [u64; 2],
    taken: Vec<(Vec<u8>, u64)>,
}

/// The bytes, or one of the positions.
#[derive(Clone, Copy)]
struct Stepwise<'a>(&'a Mutex<Steps>, usize);

// SAFETY: it keeps to its bytes, and never grows.
unsafe impl Store for Stepwise<'_> {
    fn len(&self) -> usize {
        self.0.lock().unwrap().bytes.len()
    }

    unsafe fn put(&self, at: usize, bytes: &[u8]) {
        let mut steps = self.0.lock().unwrap();
        // Half of it, too: a process may die anywhere.
        for length in [bytes.len() / 2, bytes.len()] {
            steps.bytes[at..at + length].copy_from_slice(&bytes[..length]);
            let taken = (steps.bytes.clone(), steps.positions[0]);
            steps.taken.push(taken);
        }
    }

    unsafe fn get(&self, at: usize, length: usize, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.0.lock().unwrap().bytes[at..at + length]);
    }
}

impl Cursor for Stepwise<'_> {
    fn observe(&self) -> u64 {
        self.0.lock().unwrap().positions[self.1]
    }

    fn publish(&self, position: u64) {
        let mut steps = self.0.lock().unwrap();
        steps.positions[self.1] = position;
        let taken = (steps.bytes.clone(), steps.positions[0]);
        steps.taken.push(taken);
    }
}

#[test]
fn a_writer_who_dies_within_a_record_leaves_those_before_it() {
    let steps = Mutex::new(Steps { bytes: vec![0; 256], ..Steps::default() });
    let part = |which| Stepwise(&steps, which);
    let ring = Ring { store: part(0), tail: part(0), head: part(1), seal: SEAL };
    // SAFETY: the only one.
    let mut writer = unsafe { ring.writer(Place::default()) };
    for n in 1..=4 {
        assert_eq!(writer.push(1, 1, &[7; 40]), Ok(n));
    }
    let taken = mem::take(&mut steps.lock().unwrap().taken);
    assert_eq!(taken.len(), 4 * 5);
    for (bytes, tail) in taken {
        let waiting = &bytes[..usize::try_from(tail).expect("small")];
        let records = Records::new(waiting, SEAL, 0).map(|it| it.expect("no fault").head.n);
        assert!(records.eq(1..=tail / 64));
    }
}

/// Every order in which two threads may see the words of a ring.
#[cfg(not(miri))]
mod orders {
    use loom::{
        cell::UnsafeCell,
        sync::{
            Arc,
            atomic::{AtomicU64, Ordering},
        },
        thread,
    };

    use super::*;

    /// Words that loom watches.
    struct Watched(Vec<UnsafeCell<u64>>);

    // SAFETY: it keeps to its words, and never grows.
    unsafe impl Store for Watched {
        fn len(&self) -> usize {
            self.0.len() * 8
        }

        unsafe fn put(&self, at: usize, bytes: &[u8]) {
            for (word, bytes) in self.0.iter().skip(at / 8).zip(bytes.chunks_exact(8)) {
                let value = u64::from_le_bytes(bytes.try_into().expect("8 bytes"));
                // SAFETY: loom checks it.
                word.with_mut(|word| unsafe { *word = value });
            }
        }

        unsafe fn get(&self, at: usize, length: usize, into: &mut Vec<u8>) {
            for word in self.0.iter().skip(at / 8).take(length / 8) {
                // SAFETY: loom checks it.
                into.extend(word.with(|word| unsafe { *word }).to_le_bytes());
            }
        }
    }

    struct Position(AtomicU64, Ordering);

    impl Cursor for Position {
        fn observe(&self) -> u64 {
            self.0.load(Ordering::Acquire)
        }

        fn publish(&self, position: u64) {
            self.0.store(position, self.1);
        }
    }

    /// Reads two records from there on.
    fn read(ring: &Ring<Watched, Position>, mut from: u64) {
        let mut expected = 1;
        while expected <= 2 {
            let mut bytes = Vec::new();
            // SAFETY: the only reader.
            unsafe { ring.fetch(from, 1024, &mut bytes) }.expect("sound");
            let mut records = ring.records(&bytes, from);
            for record in records.by_ref() {
                let record = record.expect("no fault");
                assert_eq!(record.payload, u64::to_le_bytes(expected));
                expected += 1;
            }
            if records.position() == from {
                thread::yield_now();
            } else {
                from = records.position();
                ring.head.publish(from);
            }
        }
    }

    /// One thread writes two records into a ring with room for one, the other reads them.
    fn model(publish: Ordering) {
        const START: u64 = 96;
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(move || {
            let store = Watched((0..16).map(|_| UnsafeCell::new(0)).collect());
            let cursor = |at| Position(AtomicU64::new(at), publish);
            let (tail, head) = (cursor(START), cursor(0));
            let ring = Arc::new(Ring { store, tail, head, seal: SEAL });
            let theirs = ring.clone();
            let writing = thread::spawn(move || {
                // SAFETY: the only one.
                let mut writer = unsafe { theirs.writer(Place { tail: START, n: 0 }) };
                for n in 1..=2_u64 {
                    while writer.push(1, 1, &n.to_le_bytes()) == Err(Refused::Full) {
                        thread::yield_now();
                    }
                }
            });
            read(&ring, START);
            writing.join().expect("joined");
        });
    }

    #[test]
    fn no_order_shows_half_a_record() {
        model(Ordering::Release);
    }

    /// A stream that goes from one thread to the next, with room for one record, beside the reader:
    /// the second writer has what the first one saw by the lock of the list alone.
    #[test]
    fn no_order_shows_half_a_record_of_a_stream_that_is_handed_on() {
        const START: u64 = 96;
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(2);
        model.check(|| {
            let store = Watched((0..16).map(|_| UnsafeCell::new(0)).collect());
            let cursor = |at| Position(AtomicU64::new(at), Ordering::Release);
            let ring = Arc::new(Ring { store, tail: cursor(START), head: cursor(0), seal: SEAL });
            let place = Arc::new(loom::sync::Mutex::new(Place { tail: START, n: 0 }));
            let writing: Vec<_> = (0..2)
                .map(|_| {
                    let (ring, place) = (ring.clone(), place.clone());
                    thread::spawn(move || {
                        let mut place = place.lock().unwrap();
                        // SAFETY: who has the lock is the only one.
                        let mut writer = unsafe { ring.writer(*place) };
                        let n = place.n + 1;
                        while writer.push(1, 1, &n.to_le_bytes()) == Err(Refused::Full) {
                            thread::yield_now();
                        }
                        *place = writer.place();
                    })
                })
                .collect();
            read(&ring, START);
            for thread in writing {
                thread.join().expect("joined");
            }
        });
    }

    /// The model sees what it is there for.
    #[test]
    #[should_panic(expected = "Causality violation")]
    fn without_release_it_does() {
        model(Ordering::Relaxed);
    }
}
