//! Bursts that queues absorb: 500 records a thread as fast as possible, then 10 ms of rest.
//!
//! Every other burst is timed as a whole, for the mean and for the time of the processor; the
//! bursts between have a reading of the processor's counter before and after each call, for the
//! percentiles. One such reading (about 10 ns) is inside each of those.

use std::{io, sync::Barrier, time::Instant};

use quanta::Clock;

use super::{Task, clock, load, tell};
use crate::peers::{Order, Peer};

const BURST: u64 = 500;

#[derive(Default)]
struct Spent {
    wall: f64,
    cpu: f64,
    records: u64,
    stamps: Vec<u64>,
}

pub(super) fn run(task: &Task) -> io::Result<()> {
    let peer = task.peer()?;
    let clock = Clock::new();
    let bursts = (task.each() / BURST).max(2);
    let barrier = Barrier::new(task.threads as usize);
    let before = clock::of_process();
    let spent = load::in_threads(task.threads, &|thread| {
        producer(task, &*peer, bursts, thread, &barrier, &clock)
    });
    peer.finish()?;
    let process = clock::of_process() - before;
    let records: u64 = spent.iter().map(|spent| spent.records).sum();
    let emitted = (bursts + 1) * BURST * task.threads;
    tell("emitted", emitted as f64);
    tell("caller", spent.iter().map(|spent| spent.wall).sum::<f64>() / records as f64);
    tell("caller CPU", spent.iter().map(|spent| spent.cpu).sum::<f64>() / records as f64);
    tell("process CPU", process / emitted as f64);
    clock::tell_percentiles(spent.into_iter().flat_map(|spent| spent.stamps).collect());
    Ok(())
}

/// All bursts of one thread, after one that is not counted.
fn producer(
    task: &Task,
    peer: &dyn Peer,
    bursts: u64,
    thread: u64,
    barrier: &Barrier,
    clock: &Clock,
) -> Spent {
    let note = task.note();
    let order = |n: u64| Order::new(n * task.threads + thread, &note);
    let mut spent = Spent::default();
    spent.stamps.reserve((bursts * BURST) as usize);
    for burst in 0..=bursts {
        let numbers = burst * BURST..(burst + 1) * BURST;
        load::rest();
        barrier.wait();
        if burst % 2 == 0 {
            for n in numbers {
                let order = order(n);
                let start = clock.raw();
                peer.record(&order);
                let took = clock.delta_as_nanos(start, clock.raw());
                if burst > 0 {
                    spent.stamps.push(took);
                }
            }
        } else {
            let (wall, cpu) = (Instant::now(), clock::of_thread());
            numbers.for_each(|n| peer.record(&order(n)));
            spent.cpu += clock::of_thread() - cpu;
            spent.wall += wall.elapsed().as_nanos() as f64;
            spent.records += BURST;
        }
    }
    spent
}
