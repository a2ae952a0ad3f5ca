//! Allocations of a record, and the most memory that the process ever had.
//!
//! Allocations are those of the caller's thread, and those of all threads up to the end. Memory is
//! the high-water mark of what is resident, less what was resident before the set-up.

use std::{fs, io};

use super::{Task, load, tell};
use crate::{allocations, peers::Order};

/// So many records come at once.
const BURST: u64 = 250;

pub(super) fn run(task: &Task) -> io::Result<()> {
    let before = resident("VmRSS:")?;
    let peer = task.peer()?;
    let note = task.note();
    let warm_up = task.records / 10;
    (0..warm_up).for_each(|n| peer.record(&Order::new(n, &note)));
    load::rest();
    allocations::share();
    let of_caller = allocations::count();
    for n in 0..task.records {
        // What a queue does not absorb is work for somebody else.
        if n % BURST == 0 {
            load::rest();
        }
        peer.record(&Order::new(warm_up + n, &note));
    }
    let of_caller = allocations::count() - of_caller;
    peer.finish()?;
    let records = task.records as f64;
    tell("emitted", (warm_up + task.records) as f64);
    tell("allocations of the caller", of_caller as f64 / records);
    tell("allocations of the process", allocations::count_of_process() as f64 / records);
    tell("peak memory", resident("VmHWM:")? - before);
    Ok(())
}

/// A figure of the process's status, in KiB.
pub(super) fn resident(name: &str) -> io::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("no {name} in /proc/self/status")))
}
