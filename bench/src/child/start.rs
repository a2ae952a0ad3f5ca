//! A short command: set up, one record, end.
//!
//! The parent adds the time of the whole process, from before its start to after its end.

use std::{io, time::Instant};

use super::{Task, tell};
use crate::peers::Order;

pub(super) fn run(task: &Task) -> io::Result<()> {
    let entry = task.entry()?;
    let note = task.note();
    let start = Instant::now();
    let peer = (entry.make)(&task.dir)?;
    let set_up = start.elapsed();
    peer.record(&Order::new(0, &note));
    peer.finish()?;
    let all = start.elapsed();
    tell("emitted", 1.0);
    tell("set-up", set_up.as_secs_f64() * 1e6);
    tell("set-up, record and end", all.as_secs_f64() * 1e6);
    Ok(())
}
