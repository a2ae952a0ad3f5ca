//! Records that are on the disk before the call returns, and what one `fdatasync` takes.
//!
//! The floor is what the disk asks for: 400 bytes appended to a file of the thread's own, then the
//! call. None of the peers offers such a record; a hand-written one takes a mutex, appends and
//! syncs. Ours takes part as soon as the runtime knows the setting.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    sync::Mutex,
    time::Instant,
};

use super::{Task, clock::percentile, load::in_threads, tell};
use crate::peers::{self, KEYS, OPERATION, Order, Peer};

/// An append and a sync, each thread to a file of its own.
pub(crate) const DISK: &str = "append, fdatasync";
/// The same to one file under a mutex.
pub(crate) const MUTEX: &str = "hand-written, mutex, fdatasync";

pub(super) fn run(task: &Task) -> io::Result<()> {
    if peers::synced().is_some_and(|entry| entry.name == task.peer) {
        let peer = task.peer()?;
        let note = task.note();
        if task.threads == 1 {
            in_turns(task, &*peer)?;
            return peer.finish();
        }
        measure(
            task,
            |_| Ok(()),
            |(), n| {
                peer.record(&Order::new(n, &note));
                Ok(())
            },
        )?;
        return peer.finish();
    }
    std::fs::create_dir_all(&task.dir)?;
    let open = |name: &str| File::options().append(true).create(true).open(task.dir.join(name));
    if task.peer == DISK {
        // Without the name of a log: what is in there is not counted.
        return measure(
            task,
            |thread| open(&format!("own-{thread}")),
            |file, n| append(file, &line(n)),
        );
    }
    let shared = Mutex::new(open("audit.log")?);
    measure(
        task,
        |_| Ok(()),
        |(), n| {
            let mut file = shared.lock().map_err(|_| io::Error::other("poisoned"))?;
            append(&mut file, &line(n))
        },
    )
}

/// A record and an append with a sync, in turns: what the disk does meanwhile falls on both.
fn in_turns(task: &Task, peer: &dyn Peer) -> io::Result<()> {
    let note = task.note();
    let mut own = File::options().append(true).create(true).open(task.dir.join("own"))?;
    let mut waits = [Vec::new(), Vec::new()];
    let start = Instant::now();
    for n in 0..task.each() {
        let [records, appends] = &mut waits;
        let start = Instant::now();
        peer.record(&Order::new(n, &note));
        records.push(start.elapsed().as_nanos() as u64 / 1000);
        let start = Instant::now();
        append(&mut own, &line(n))?;
        appends.push(start.elapsed().as_nanos() as u64 / 1000);
    }
    let took = start.elapsed();
    waits.iter_mut().for_each(|waits| waits.sort_unstable());
    let [records, appends] = waits;
    let p50 = percentile(&records, 0.5);
    tell("emitted", task.each() as f64);
    // Both are on the disk.
    tell("synced", 2.0 * task.each() as f64 / took.as_secs_f64());
    tell("wait p50", p50);
    tell("wait p99", percentile(&records, 0.99));
    tell("times one sync", p50 / percentile(&appends, 0.5).max(1.0));
    Ok(())
}

/// Many records, and one wait for all of them. The floor is what an encoder could do: lines that are
/// made already, through a buffer, and one sync.
pub(super) fn pipelined(task: &Task) -> io::Result<()> {
    std::fs::create_dir_all(&task.dir)?;
    let count = task.each();
    let start;
    if task.peer == DISK {
        let file = File::options().append(true).create(true).open(task.dir.join("own"))?;
        let mut file = BufWriter::with_capacity(1 << 16, file);
        let line = line(0);
        start = Instant::now();
        for _ in 0..count {
            file.write_all(line.as_bytes())?;
        }
        file.into_inner()?.sync_data()?;
        tell("emitted", 0.0);
        tell("synced", count as f64 / start.elapsed().as_secs_f64());
        return Ok(());
    }
    let peer = task.peer()?;
    let note = task.note();
    start = Instant::now();
    for n in 0..count {
        peer.record(&Order::new(n, &note));
    }
    peer.sync()?;
    let took = start.elapsed();
    tell("emitted", count as f64);
    tell("synced", count as f64 / took.as_secs_f64());
    peer.finish()
}

/// Lets each thread write its records, with something of its own, and says how long it waited.
fn measure<T>(
    task: &Task,
    own: impl Fn(u64) -> io::Result<T> + Sync,
    write: impl Fn(&mut T, u64) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let start = Instant::now();
    let waits = in_threads(task.threads, &|thread| -> io::Result<Vec<u64>> {
        let mut own = own(thread)?;
        let mut waits = Vec::with_capacity(task.each() as usize);
        for n in 0..task.each() {
            let start = Instant::now();
            write(&mut own, n * task.threads + thread)?;
            waits.push(start.elapsed().as_nanos() as u64 / 1000);
        }
        Ok(waits)
    });
    let took = start.elapsed();
    let mut waits = waits.into_iter().collect::<io::Result<Vec<_>>>()?.concat();
    waits.sort_unstable();
    let records = (task.each() * task.threads) as f64;
    tell("emitted", if task.peer == DISK { 0.0 } else { records });
    tell("synced", records / took.as_secs_f64());
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
