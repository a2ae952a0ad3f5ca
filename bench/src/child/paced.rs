//! 100,000 records a second of all threads together, each call timed on its own.
//!
//! A producer waits for its next slot by reading the processor's counter, so that no sleep and no
//! wake-up is in a figure. Who falls behind (another process had the processor) skips the slots
//! that are gone: there is no burst to catch up, and the rate that was reached is told. One reading
//! of the counter (about 10 ns) is in each figure.

use std::{hint::spin_loop, io, time::Instant};

use quanta::Clock;

use super::{Task, clock, load, tell};
use crate::peers::Order;

/// Nanoseconds between two records of all threads.
const SLOT: u64 = 10_000;

/// Records of a thread that are not counted.
const WARM_UP: u64 = 200;

pub(super) fn run(task: &Task) -> io::Result<()> {
    let peer = task.peer()?;
    let clock = Clock::new();
    let each = task.each().max(WARM_UP * 2);
    let note = task.note();
    let start = Instant::now();
    let stamps = load::in_threads(task.threads, &|thread| {
        let mut stamps = Vec::with_capacity(each as usize);
        let origin = clock.raw();
        let now = || clock.delta_as_nanos(origin, clock.raw());
        let mut due = SLOT * thread;
        for n in 0..each {
            let order = Order::new(n * task.threads + thread, &note);
            while now() < due {
                spin_loop();
            }
            let start = clock.raw();
            peer.record(&order);
            let took = clock.delta_as_nanos(start, clock.raw());
            if n >= WARM_UP {
                stamps.push(took);
            }
            due = next(due, now(), SLOT * task.threads);
        }
        stamps
    });
    let rate = (each * task.threads) as f64 / start.elapsed().as_secs_f64();
    peer.finish()?;
    let stamps: Vec<u64> = stamps.into_iter().flatten().collect();
    tell("emitted", (each * task.threads) as f64);
    tell("rate", rate);
    tell("caller", stamps.iter().sum::<u64>() as f64 / stamps.len() as f64);
    clock::tell_percentiles(stamps);
    Ok(())
}

/// The slot after `due`, or the one that is running by now where that is later.
fn next(due: u64, now: u64, slot: u64) -> u64 {
    due + slot * (now.saturating_sub(due) / slot).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_that_are_gone_are_skipped() {
        for (now, due) in [(90, 110), (100, 110), (119, 110), (120, 120), (1_005, 1_000)] {
            assert_eq!(next(100, now, 10), due, "at {now}");
        }
    }
}
