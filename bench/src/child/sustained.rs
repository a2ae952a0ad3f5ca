//! As fast as possible, more than the queues hold, up to the last line in the file.
//!
//! The clock runs from the first record until the peer says that it has written all, and on until
//! the last line is in the file where that comes later. A peer that loses records is timed until
//! its file has stopped growing; the loss is told beside its figure. The number of fields, the
//! length of a record and the number of threads are varied in the same way.

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{Task, clock, load, tell};

/// A file that has not grown for so long is complete.
const STILL: Duration = Duration::from_millis(300);

/// Records that are written first, and not counted.
const WARM_UP: u64 = 500;

pub(super) fn run(task: &Task) -> io::Result<()> {
    let peer = task.peer()?;
    let warm_up = (WARM_UP / task.threads).max(1);
    load::produce(task, &*peer, 0, warm_up);
    load::rest();
    let each = task.each();
    let emitted = (warm_up + each) * task.threads;
    let (start, cpu) = (Instant::now(), clock::of_process());
    let spent = load::produce(task, &*peer, warm_up * task.threads, each);
    peer.finish()?;
    let (mut took, mut process) = (start.elapsed(), clock::of_process() - cpu);
    let mut lines = lines_in(&task.dir)?;
    if lines < emitted {
        let (mut grew, mut looking) = (Instant::now(), 0.0);
        while lines < emitted && grew.elapsed() < STILL {
            let before = clock::of_thread();
            let more = lines_in(&task.dir)?;
            if more > lines {
                (lines, took, grew) = (more, start.elapsed(), Instant::now());
                process = clock::of_process() - cpu - looking;
            }
            looking += clock::of_thread() - before;
            thread::sleep(Duration::from_micros(200));
        }
    }
    let records = (each * task.threads) as f64;
    tell("emitted", emitted as f64);
    tell("caller", spent.wall);
    tell("caller CPU", spent.cpu);
    tell("process CPU", process / records);
    tell("to file", records / took.as_secs_f64());
    Ok(())
}

/// Line feeds in the files that records go to.
fn lines_in(dir: &Path) -> io::Result<u64> {
    let mut lines = 0;
    let found = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        found => found?,
    };
    for entry in found {
        let path = entry?.path();
        if path.is_file() && crate::contest::is_log(&path) {
            let text = fs::read(&path)?;
            lines += text.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
    }
    Ok(lines)
}
