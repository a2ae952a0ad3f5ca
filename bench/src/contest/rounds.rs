//! Starts a child for each bench, peer and round, and reads what it says.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::Path,
    process::Stdio,
    time::Instant,
};

use super::{
    Bench, Kind,
    entrants::{self, Entrant, PYTHON},
    figures::Collected,
    lines,
};
use crate::child::Task;

/// What one child said.
type Said = BTreeMap<String, f64>;

pub(super) fn run(
    benches: &[Bench],
    entrants: &[Vec<Entrant>],
    rounds: usize,
) -> io::Result<Collected> {
    let scratch = tempfile::tempdir()?;
    let mut collected = Collected::default();
    for round in 0..rounds {
        let start = Instant::now();
        for (bench, entrants) in benches.iter().zip(entrants) {
            for n in 0..entrants.len() * bench.times {
                let entrant = &entrants[(n + round) % entrants.len()];
                match child(bench, entrant, scratch.path(), round + n / entrants.len()) {
                    Ok(said) => collected.add(bench, entrant.name, &said)?,
                    Err(error) if entrant.ours => return Err(named(bench, entrant, &error)),
                    Err(error) => println!("left out: {}", named(bench, entrant, &error)),
                }
            }
        }
        println!("round {} of {rounds}: {:.0} s", round + 1, start.elapsed().as_secs_f64());
    }
    Ok(collected)
}

fn named(bench: &Bench, entrant: &Entrant, error: &io::Error) -> io::Error {
    let (name, threads) = (bench.name, bench.threads);
    io::Error::other(format!("{}, {name}, {threads} threads: {error}", entrant.name))
}

/// Runs one child in a fresh directory, and counts its lines.
fn child(bench: &Bench, entrant: &Entrant, scratch: &Path, round: usize) -> io::Result<Said> {
    let dir = scratch.join("logs");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    // An interpreter writes a tenth in the same time.
    let records = if entrant.name == PYTHON { bench.records.div_ceil(10) } else { bench.records };
    let task = Task {
        kind: bench.kind,
        peer: entrant.name.to_owned(),
        dir: dir.clone(),
        threads: bench.threads as u64,
        records,
        size: bench.size,
    };
    let start = Instant::now();
    let mut said = spawn(&task, entrant, scratch, round)?;
    if bench.kind == Kind::Start {
        said.insert("whole process".to_owned(), start.elapsed().as_secs_f64() * 1e6);
    }
    if entrant.ours && matches!(bench.kind, Kind::Exit | Kind::Kill) {
        spawn(&Task { kind: Kind::Recover, ..task }, entrant, scratch, round)?;
    }
    check(bench, entrant, &dir, &mut said)?;
    Ok(said)
}

/// Adds what is in the files to what was said. What of ours is lost, doubled or broken is an error;
/// but for a line that the end of the process cut, whose record stands whole behind it.
fn check(bench: &Bench, entrant: &Entrant, dir: &Path, said: &mut Said) -> io::Result<()> {
    let emitted = said.remove("emitted").unwrap_or_default();
    if entrant.ours && said.get("allocations").is_some_and(|count| *count > 0.0) {
        return Err(io::Error::other("a timed call allocated"));
    }
    if emitted == 0.0 || entrant.name == crate::peers::NOTHING {
        return Ok(());
    }
    let found = lines::count(dir, bench.kind, emitted as u64)?;
    let lost = (emitted - found.records as f64).max(0.0);
    let cuts = matches!(bench.kind, Kind::Exit | Kind::Kill);
    let broken = if cuts { found.broken.saturating_sub(1) } else { found.broken };
    if entrant.ours && (lost > 0.0 || broken + found.doubled > 0) {
        return Err(io::Error::other(format!("{found:?} of {emitted}")));
    }
    said.insert("lost".to_owned(), lost);
    said.insert("lost share".to_owned(), lost / emitted * 100.0);
    said.insert("broken".to_owned(), found.broken as f64);
    said.insert("doubled".to_owned(), found.doubled as f64);
    Ok(())
}

/// Starts a child and reads its lines; kills it when it has said enough.
fn spawn(task: &Task, entrant: &Entrant, scratch: &Path, round: usize) -> io::Result<Said> {
    let complaints = scratch.join("complaints");
    let mut command = entrants::program(entrant, scratch)?;
    command.args(task.words()).stdout(Stdio::piped()).stderr(File::create(&complaints)?);
    let mut running = command.spawn()?;
    // Not at the same record in each round.
    let enough =
        (task.kind == Kind::Kill).then(|| task.records as f64 * (1.0 + round as f64 / 10.0));
    let mut said = Said::new();
    let mut killed = false;
    for line in running.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let line = line?;
        let Some((metric, value)) = line.split_once('\t') else { continue };
        let value = value.parse::<f64>().map_err(io::Error::other)?;
        // What is in the pipe by now was said before the end, so it counts.
        if !killed && enough.is_some_and(|enough| metric == "emitted" && value >= enough) {
            running.kill()?;
            killed = true;
        }
        said.insert(metric.to_owned(), value);
    }
    let status = running.wait()?;
    if !killed && !status.success() {
        let complaint = fs::read_to_string(&complaints)?;
        let last = complaint.lines().rev().take(3).collect::<Vec<_>>().join(" | ");
        return Err(io::Error::other(format!("{status}: {last}")));
    }
    Ok(said)
}
