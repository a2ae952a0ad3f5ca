//! Records that are on the disk before the call returns, and what one `fdatasync` takes.
//!
//! `fdatasync` is what the disk asks for: 400 bytes appended to a file of the thread's own, then
//! the call. None of the peers offers such a record; a hand-written one takes the mutex, appends
//! and syncs.

use std::{
    fs::File,
    io::{self, Write as _},
    sync::Mutex,
    time::Instant,
};

use super::{Task, clock::percentile, load::in_threads, tell};
use crate::peers::{KEYS, OPERATION};

/// The ways; ours joins them with the setting that asks for it.
pub(crate) const WAYS: [&str; 2] = ["append, fdatasync", "hand-written, mutex, fdatasync"];

pub(super) fn run(task: &Task) -> io::Result<()> {
    let own = task.peer == WAYS[0];
    std::fs::create_dir_all(&task.dir)?;
    let open = |name: &str| File::options().append(true).create(true).open(task.dir.join(name));
    let shared = Mutex::new(open("audit.log")?);
    let each = task.each();
    let start = Instant::now();
    let waits = in_threads(task.threads, &|thread| -> io::Result<Vec<u64>> {
        let mut file = if own { Some(open(&format!("own-{thread}"))?) } else { None };
        let mut waits = Vec::with_capacity(each as usize);
        for n in 0..each {
            let line = line(n * task.threads + thread);
            let start = Instant::now();
            match &mut file {
                Some(file) => append(file, &line)?,
                None => {
                    let mut file = shared.lock().map_err(|_| io::Error::other("poisoned"))?;
                    append(&mut file, &line)?;
                }
            }
            waits.push(start.elapsed().as_nanos() as u64 / 1000);
        }
        Ok(waits)
    });
    let took = start.elapsed();
    let mut waits = waits.into_iter().collect::<io::Result<Vec<_>>>()?.concat();
    waits.sort_unstable();
    // The baseline writes no log.
    tell("emitted", if own { 0.0 } else { (each * task.threads) as f64 });
    tell("synced", (each * task.threads) as f64 / took.as_secs_f64());
    tell("wait p50", percentile(&waits, 0.5));
    tell("wait p99", percentile(&waits, 0.99));
    Ok(())
}

fn append(file: &mut File, line: &str) -> io::Result<()> {
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

/// About 400 bytes with the keys of a record.
fn line(n: u64) -> String {
    let fields: String =
        KEYS[1..].iter().map(|key| format!(",\"{key}\":\"{:<30}\"", "x")).collect();
    format!("{{\"operation\":\"{OPERATION}\",\"order_id\":{n}{fields}}}\n")
}
