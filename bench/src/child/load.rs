//! Producers: threads that write records as fast as they can.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use super::{Task, clock};
use crate::peers::{Order, Peer};

/// What the callers spent on a record, in nanoseconds: the mean of all threads.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub(super) wall: f64,
    pub(super) cpu: f64,
}

/// Lets each thread write its records; `first` is the number of the first one.
pub(super) fn produce(task: &Task, peer: &dyn Peer, first: u64, each: u64) -> Spent {
    let (write, note, threads) = (task.write(), task.note(), task.threads);
    let barrier = Barrier::new(threads as usize);
    let producer = |thread: u64| {
        barrier.wait();
        let (wall, cpu) = (Instant::now(), clock::of_thread());
        for n in 0..each {
            write(peer, &Order::new(first + n * threads + thread, &note));
        }
        Spent { cpu: clock::of_thread() - cpu, wall: wall.elapsed().as_nanos() as f64 }
    };
    let spent = in_threads(threads, &producer);
    let records = (each * threads) as f64;
    Spent {
        wall: spent.iter().map(|spent| spent.wall).sum::<f64>() / records,
        cpu: spent.iter().map(|spent| spent.cpu).sum::<f64>() / records,
    }
}

/// What each of so many threads gives.
pub(super) fn in_threads<T: Send>(threads: u64, work: &(impl Fn(u64) -> T + Sync)) -> Vec<T> {
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|n| scope.spawn(move || work(n))).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// Lets queues and caches come to rest.
pub(super) fn rest() {
    thread::sleep(Duration::from_millis(10));
}
