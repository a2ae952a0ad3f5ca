//! Calls of a function in one of several ways: timed, or with what would be written switched off.
//!
//! The calls are made in slices, and the figure is that of the middle slice: in some of them another
//! process had the processor.

use std::{hint::black_box, io, sync::Barrier, time::Instant};

use super::{Task, load::in_threads, memory::resident, tell};
use crate::{allocations, row::median, ways};

const SLICES: u64 = 25;

pub(super) fn run(task: &Task) -> io::Result<()> {
    let way = ways::of(task.kind).into_iter().find(|way| way.name == task.peer);
    let way = way.ok_or_else(|| io::Error::other(format!("no way {}", task.peer)))?;
    let before = resident("VmRSS:")?;
    let held = (way.set_up)(&task.dir)?;
    let calls = (task.each() / way.share / SLICES).max(1);
    let barrier = Barrier::new(task.threads as usize);
    let spent = in_threads(task.threads, &|_| {
        // Warms caches, and makes what each thread has of its own.
        black_box((way.run)(calls));
        barrier.wait();
        let allocated = allocations::count();
        let mut slices = [0.0; SLICES as usize];
        for nanos in &mut slices {
            let start = Instant::now();
            black_box((way.run)(calls));
            *nanos = start.elapsed().as_nanos() as f64 / calls as f64;
        }
        (median(&mut slices), allocations::count() - allocated)
    });
    let allocated: u64 = spent.iter().map(|(_, count)| count).sum();
    tell("emitted", 0.0);
    tell("call", spent.iter().map(|(nanos, _)| nanos).sum::<f64>() / task.threads as f64);
    tell("allocations", allocated as f64 / (calls * SLICES * task.threads) as f64);
    tell("peak memory", resident("VmHWM:")? - before);
    drop(held);
    Ok(())
}
