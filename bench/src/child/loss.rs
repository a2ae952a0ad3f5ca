//! What is not in the file when a process ends in the middle of its work.
//!
//! `exit`: all records are written at once, then `process::exit` without the peer's guard, as a
//! program ends that calls it somewhere deep inside. `kill`: the process says after each 64
//! records that their calls have returned; once it has said enough, the parent kills it with
//! SIGKILL, and only records of which it had said so can be lost. The next process of ours may
//! bring records of a dead one to the file; it is started before the lines are counted.

use std::{
    io::{self, Write as _},
    process,
};

use super::{Task, load, tell};
use crate::peers::Order;

/// Records between two words to the parent.
const ACKNOWLEDGED: u64 = 64;

pub(super) fn exit(task: &Task) -> io::Result<()> {
    let peer = task.peer()?;
    load::produce(task, &*peer, 0, task.each());
    tell("emitted", (task.each() * task.threads) as f64);
    io::stdout().flush()?;
    process::exit(0)
}

pub(super) fn kill(task: &Task) -> io::Result<()> {
    let peer = task.peer()?;
    let note = task.note();
    let mut parent = io::stdout();
    let mut n = 0;
    loop {
        for _ in 0..ACKNOWLEDGED {
            peer.record(&Order::new(n, &note));
            n += 1;
        }
        parent.write_all(format!("emitted\t{n}\n").as_bytes())?;
        parent.flush()?;
    }
}
