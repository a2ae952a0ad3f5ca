//! Calls of a function in one of several ways: timed, or with what would be written switched off.

use std::{hint::black_box, io, sync::Barrier, time::Instant};

use super::{Task, load::in_threads, memory::resident, tell};
use crate::{allocations, ways};

pub(super) fn run(task: &Task) -> io::Result<()> {
    let way = ways::of(task.kind).into_iter().find(|way| way.name == task.peer);
    let way = way.ok_or_else(|| io::Error::other(format!("no way {}", task.peer)))?;
    let before = resident("VmRSS:")?;
    let held = (way.set_up)(&task.dir)?;
    let calls = (task.each() / way.share).max(1);
    let barrier = Barrier::new(task.threads as usize);
    let spent = in_threads(task.threads, &|_| {
        // Warms caches, and makes what each thread has of its own.
        black_box((way.run)(calls / 10 + 1));
        barrier.wait();
        let (allocated, start) = (allocations::count(), Instant::now());
        black_box((way.run)(calls));
        (start.elapsed().as_nanos() as f64, allocations::count() - allocated)
    });
    let all = (calls * task.threads) as f64;
    tell("emitted", 0.0);
    tell("call", spent.iter().map(|(nanos, _)| nanos).sum::<f64>() / all);
    tell("allocations", spent.iter().map(|(_, count)| *count as f64).sum::<f64>() / all);
    tell("peak memory", resident("VmHWM:")? - before);
    drop(held);
    Ok(())
}
