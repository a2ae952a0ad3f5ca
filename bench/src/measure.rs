//! Rounds, medians, and what was really written.

use std::{fs, io, path::Path, time::Instant};

use serde_json::Value;

use crate::{
    allocations,
    peers::{PEERS, Peer},
    row::{Row, least, median},
};

#[derive(Default)]
struct Samples {
    caller: Vec<f64>,
    whole: Vec<f64>,
    allocated: u64,
    parsed: usize,
    broken: usize,
}

/// Runs all peers in turn, `rounds` times, `records` each, and then `more` while logging is still
/// set up.
pub(crate) fn run(
    rounds: usize,
    records: usize,
    more: impl FnOnce() -> io::Result<Vec<Row>>,
) -> io::Result<Vec<Row>> {
    let root = tempfile::tempdir()?;
    let mut names = Vec::new();
    let mut peers: Vec<Box<dyn Peer>> = Vec::new();
    for (name, make) in PEERS {
        match make(&root.path().join(name)) {
            Ok(peer) => {
                names.push(name);
                peers.push(peer);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                println!("skipped: {name}: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    let mut samples: Vec<Samples> = names.iter().map(|_| Samples::default()).collect();
    // A round that is not counted warms buffers, caches and files.
    for round in 0..=rounds {
        for (peer, samples) in peers.iter_mut().zip(&mut samples) {
            let count = if round == 0 { records / 10 } else { records };
            let before = allocations::count();
            let start = Instant::now();
            peer.write(count);
            let caller = start.elapsed();
            let allocated = allocations::count() - before;
            peer.flush()?;
            let whole = start.elapsed();
            if round > 0 {
                let per_record = |d: std::time::Duration| d.as_nanos() as f64 / count as f64;
                samples.allocated += allocated;
                samples.caller.push(per_record(caller));
                samples.whole.push(per_record(whole));
            }
        }
    }
    let more = more()?;
    drop(peers);
    let written = records / 10 + rounds * records;
    let mut rows = Vec::new();
    for (name, samples) in names.into_iter().zip(&mut samples) {
        count_lines(&root.path().join(name), samples)?;
        let bench = "one_call_8_fields";
        let row = |metric, value, unit| Row {
            bench,
            peer: name,
            threads: 1,
            metric,
            value,
            unit,
            rounds,
        };
        rows.push(row("caller", median(&mut samples.caller), "ns/record"));
        // What else the machine did has no part in it.
        rows.push(row("caller, least", least(&samples.caller), "ns/record"));
        let allocated = samples.allocated as f64 / (rounds * records) as f64;
        rows.push(row("allocations", allocated, "1/record"));
        rows.push(row("caller and flush", median(&mut samples.whole), "ns/record"));
        rows.push(row("lines missing", (written - samples.parsed.min(written)) as f64, "lines"));
        rows.push(row("lines broken", samples.broken as f64, "lines"));
    }
    for (metric, ratio) in
        [("caller", "ours, ratio to it"), ("caller, least", "ours, ratio to it, least")]
    {
        let mut of: Vec<Row> = rows.iter().filter(|row| row.metric == metric).copied().collect();
        let ours = of.first().map_or(f64::NAN, |row| row.value);
        for row in &mut of {
            *row = Row { metric: ratio, value: ours / row.value, unit: "×", ..*row };
        }
        rows.extend(of);
    }
    rows.extend(more);
    Ok(rows)
}

/// Parses each line and counts those that carry the record of the benchmark.
fn count_lines(dir: &Path, samples: &mut Samples) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if !path.is_file()
            || !path.file_name().is_some_and(|n| n.to_string_lossy().contains("audit"))
        {
            continue;
        }
        for line in fs::read_to_string(&path)?.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(line) if line.to_string().contains("bench-order") => samples.parsed += 1,
                Ok(_) => {}
                Err(_) => samples.broken += 1,
            }
        }
    }
    Ok(())
}
