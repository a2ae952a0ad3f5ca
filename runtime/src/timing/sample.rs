//! Which calls of a sampled site are measured.
//!
//! Drawn at random, as a counter would keep step with a caller that does two things in turn: xorshift64*
//! (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016), one
//! state a thread.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// The number of threads that have drawn.
static THREADS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Whether this call is the one in `n` that is measured; each is for `n` of 0 and 1.
#[inline]
#[must_use]
pub fn drawn(n: u32) -> bool {
    if n <= 1 {
        return true;
    }
    STATE.with(|state| {
        let now = match state.get() {
            0 => seed(THREADS.fetch_add(1, Relaxed)),
            now => now,
        };
        let (next, high) = step(now);
        state.set(next);
        is_one_in(n, high)
    })
}

/// The states of two threads are far apart, and never 0 (splitmix64).
fn seed(thread: u64) -> u64 {
    let z = thread.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) | 1
}

/// The next state, and 32 random bits.
fn step(state: u64) -> (u64, u64) {
    let x = state ^ (state >> 12);
    let x = x ^ (x << 25);
    let x = x ^ (x >> 27);
    (x, x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32)
}

/// Whether 32 bits fall into the first of `n` equal parts.
fn is_one_in(n: u32, bits: u64) -> bool {
    (bits * u64::from(n)) >> 32 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_n_whatever_n_is() {
        for n in [2, 3, 10, 64, 1_000] {
            let mut state = seed(7);
            let mut hits = 0_u64;
            for _ in 0..n * 1_000 {
                let (next, bits) = step(state);
                state = next;
                hits += u64::from(is_one_in(n, bits));
            }
            // Four standard deviations of 1,000; the sequence is the same in each run.
            assert!((874..=1_126).contains(&hits), "{hits} of {n}");
        }
    }

    #[test]
    fn no_part_is_larger() {
        assert!(is_one_in(2, (1 << 31) - 1) && !is_one_in(2, 1 << 31));
        assert!(is_one_in(u32::MAX, 1) && !is_one_in(u32::MAX, 2));
    }

    #[test]
    fn without_sampling_each_call_is_measured() {
        assert!((0..100).all(|_| drawn(0) && drawn(1)));
    }

    #[test]
    fn threads_draw_apart() {
        assert_ne!(seed(0), seed(1));
        assert!((0..1_000).all(|thread| seed(thread) != 0));
    }
}
