//! Side-by-side comparison of one record's cost and of one timed call's, every peer in one
//! interleaved run.
//!
//! Each round lets every peer write the same records, one peer after the other, so that what the
//! machine does meanwhile falls on all of them. What a peer wrote is parsed and counted: lines that
//! are missing or broken are told in the row, nobody is credited for them.

mod allocations;
mod measure;
mod peers;
mod timed;

use std::{env, fs, process::ExitCode};

use measure::{Row, run};

const USAGE: &str = "usage: audit-bench [--quick] [--json FILE]";

fn main() -> ExitCode {
    let mut quick = false;
    let mut json = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => quick = true,
            "--json" => match arguments.next() {
                Some(file) => json = Some(file),
                None => return usage("--json needs a file"),
            },
            other => return usage(&format!("unknown argument '{other}'")),
        }
    }
    let (rounds, records, calls) = if quick { (3, 5_000, 50_000) } else { (5, 50_000, 2_000_000) };
    // Timed calls come second: logging is set up by then, and the guard is still there.
    let rows = match run(rounds, records, || timed::run(rounds, calls)) {
        Ok(rows) => rows,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{rounds} rounds, medians; {records} records of 8 fields, {calls} timed calls");
    print(&rows);
    if let Some(file) = json {
        let lines: String = rows.iter().map(|row| format!("{}\n", row.to_json())).collect();
        if let Err(error) = fs::write(&file, lines) {
            eprintln!("error: cannot write the rows to {file}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn usage(what: &str) -> ExitCode {
    eprintln!("error: {what}\n{USAGE}");
    ExitCode::from(2)
}

fn print(rows: &[Row]) {
    println!("{:<44} {:<24} {:>12} {}", "peer", "metric", "value", "unit");
    for row in rows {
        println!("{:<44} {:<24} {:>12.2} {}", row.peer, row.metric, row.value, row.unit);
    }
}
