//! A timed call that waits in a future, and takes four bytes of it.
//!
//! Four bytes without alignment go where a future has padding: beside the byte that says how far
//! it has come. What is known of the call stands at a place of that number, outside of the future.

use std::{
    cell::RefCell,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use super::{Site, Timed};
use crate::{
    handoff,
    record::{Category, Level},
    wait::{Once, lock},
};

/// A call that is timed until it is dropped, wherever it is by then.
#[must_use = "it ends when it is dropped; bind it to a name"]
#[derive(Debug)]
pub struct Waiting(
    /// The number of its place; 0 where nobody wants to hear of it.
    [u8; 4],
);

impl Waiting {
    /// Begins a call whose records have at least the level `gate`.
    #[inline]
    pub fn enter(site: &'static Site, gate: Level) -> Self {
        let takes = handoff::takes(Category::Performance, gate);
        Self(if takes { begin(site) } else { [0; 4] })
    }
}

impl Drop for Waiting {
    #[inline]
    fn drop(&mut self) {
        if self.0 != [0; 4] {
            end(self.0);
        }
    }
}

#[cold]
#[inline(never)]
fn begin(site: &'static Site) -> [u8; 4] {
    let call = Timed::wandering(site);
    if !call.is_watched() {
        return [0; 4];
    }
    let number = free();
    match place(number) {
        Some(mut place) => *place = Some(call),
        None => return [0; 4],
    }
    number.to_ne_bytes()
}

#[cold]
#[inline(never)]
fn end(number: [u8; 4]) {
    let number = u32::from_ne_bytes(number);
    let call = place(number).and_then(|mut place| place.take());
    give_back(number);
    drop(call);
}

type Place = Mutex<Option<Timed>>;

/// The places, in chunks of which each has twice as many as the one before; they stay.
static CHUNKS: [Once<Box<[Place]>>; 26] = [const { Once::new() }; 26];
/// How many places the first chunk has.
const FIRST: u32 = 64;

/// The highest number that was ever in use.
static HIGHEST: AtomicU32 = AtomicU32::new(0);
/// Numbers below that are not in use, and that no thread keeps for itself.
static FREE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// How many free numbers a thread takes and gives back at once.
const BATCH: usize = 32;

/// The numbers that a thread keeps, until it ends.
struct Mine(Vec<u32>);

thread_local! {
    static MINE: RefCell<Mine> = const { RefCell::new(Mine(Vec::new())) };
}

impl Drop for Mine {
    fn drop(&mut self) {
        if let Some(mut free) = lock(&FREE) {
            free.append(&mut self.0);
        }
    }
}

/// The place of a number from 1 on; none beyond the last chunk.
fn place(number: u32) -> Option<MutexGuard<'static, Option<Timed>>> {
    let (chunk, index) = position(number)?;
    let make = || (0..FIRST << chunk).map(|_| Place::default()).collect();
    let places = CHUNKS.get(chunk)?.get_or_make(make)?;
    lock(places.get(index)?)
}

/// The chunk of a number, and the place in it.
fn position(number: u32) -> Option<(usize, usize)> {
    let at = number.checked_sub(1)?.checked_add(FIRST)?;
    let chunk = at.checked_ilog2()? - FIRST.ilog2();
    Some((chunk as usize, (at - (FIRST << chunk)) as usize))
}

/// A number that is not in use.
fn free() -> u32 {
    let mine = MINE.try_with(|mine| {
        let Mine(mine) = &mut *mine.try_borrow_mut().ok()?;
        if mine.is_empty() {
            let mut free = lock(&FREE)?;
            let kept = free.len().saturating_sub(BATCH);
            mine.extend(free.drain(kept..));
        }
        mine.pop()
    });
    match mine {
        Ok(Some(number)) => number,
        _ => HIGHEST.fetch_add(1, Relaxed) + 1,
    }
}

fn give_back(number: u32) {
    let kept = MINE.try_with(|mine| {
        let Mine(mine) = &mut *mine.try_borrow_mut().ok()?;
        mine.push(number);
        if mine.len() > 2 * BATCH {
            lock(&FREE)?.extend(mine.drain(..BATCH));
        }
        Some(())
    });
    if !matches!(kept, Ok(Some(()))) {
        // Where nobody can take it, it is not used again.
        if let Some(mut free) = lock(&FREE) {
            free.push(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn it_takes_four_bytes_wherever_they_are() {
        assert_eq!((size_of::<Waiting>(), align_of::<Waiting>()), (4, 1));
    }

    #[test]
    fn each_number_has_a_place_of_its_own() {
        let mut expected = (0, 0);
        for number in 1..=10_000 {
            assert_eq!(position(number), Some(expected), "{number}");
            let (chunk, index) = expected;
            let full = index + 1 == (FIRST as usize) << chunk;
            expected = if full { (chunk + 1, 0) } else { (chunk, index + 1) };
        }
        assert_eq!(position(0), None);
        assert_eq!(position(u32::MAX), None);
        assert_eq!(position(u32::MAX - FIRST + 1).map(|(chunk, _)| chunk), Some(CHUNKS.len() - 1));
    }

    #[test]
    fn numbers_are_used_again_whichever_thread_gives_them_back() {
        let taken = || -> Vec<u32> { (0..500).map(|_| free()).collect() };
        let given_back = |numbers: Vec<u32>| {
            thread::spawn(|| numbers.into_iter().for_each(give_back)).join().expect("it ends");
        };
        let first = taken();
        let mut apart = first.clone();
        apart.sort_unstable();
        apart.dedup();
        assert_eq!(apart.len(), 500, "no number is in use twice");
        given_back(first);
        let second = thread::spawn(taken).join().expect("it ends");
        given_back(second);
        assert_eq!(HIGHEST.load(Relaxed), 500);
    }
}
