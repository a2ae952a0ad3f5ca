//! A timed call that waits in a future, and takes four bytes of it.
//!
//! Four bytes without alignment go where a future has padding: beside the byte that says how far
//! it has come. What is known of the call stands at a place of that number, outside of the future.

use std::{
    cell::RefCell,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use super::{Site, Timed};
use crate::{
    handoff,
    record::{Category, Level},
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
    if !call.is_on() {
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
static CHUNKS: [OnceLock<Box<[Place]>>; 26] = [const { OnceLock::new() }; 26];
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
        lock(&FREE).append(&mut self.0);
    }
}

/// The place of a number from 1 on; none beyond the last chunk.
fn place(number: u32) -> Option<MutexGuard<'static, Option<Timed>>> {
    let at = number.checked_sub(1)?.checked_add(FIRST)?;
    let chunk = at.checked_ilog2()? - FIRST.ilog2();
    let length = FIRST << chunk;
    let make = || (0..length).map(|_| Place::default()).collect();
    let places = CHUNKS.get(chunk as usize)?.get_or_init(make);
    Some(lock(places.get((at - length) as usize)?))
}

/// A number that is not in use.
fn free() -> u32 {
    let mine = MINE.try_with(|mine| {
        let Mine(mine) = &mut *mine.try_borrow_mut().ok()?;
        if mine.is_empty() {
            let mut free = lock(&FREE);
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
            lock(&FREE).extend(mine.drain(..BATCH));
        }
        Some(())
    });
    if !matches!(kept, Ok(Some(()))) {
        lock(&FREE).push(number);
    }
}

/// Locks; what a panic left behind is whole, as nothing here panics between two steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
