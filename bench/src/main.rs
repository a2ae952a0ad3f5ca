//! Side-by-side comparison with peers, every peer in one interleaved run.
//!
//! Without a command: the time of one record and of one timed call. Each round lets every peer write the same records,
//! one peer after the other, so that what the machine does meanwhile falls on all of them. What a
//! peer wrote is parsed and counted: lines that are missing or broken are told in the row, nobody
//! is credited for them.
//!
//! `cost`: what an attribute costs in code, futures and building, against its targets.
//! `comparison`: what becomes of lines where a file logger can fail, ours and its peers.

mod allocations;
mod comparison;
mod cost;
mod measure;
mod peers;
mod python;
mod row;
mod timed;

use std::{env, fs, io, process::ExitCode};

use cost::Scope;
use row::Row;

const USAGE: &str = "\
usage: audit-bench [--quick] [--json FILE]
       audit-bench cost [--quick | --check] [--json FILE]
       audit-bench comparison [--quick | --write] [--scenario NUMBER] [--peer CRATE] [--json FILE]

  --quick      fewer rounds, no peer that has to be fetched
  --check      only what is the same at every run; fails where it is too much
  --write      renews docs/comparison.md
  --json FILE  writes the rows, one object a line";

#[derive(Default)]
struct Options {
    cost: bool,
    comparison: bool,
    scenario: Option<String>,
    peer: Option<String>,
    write: bool,
    quick: bool,
    check: bool,
    json: Option<String>,
}

fn main() -> ExitCode {
    let options = match parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(what) => {
            eprintln!("error: {what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "cost" => options.cost = true,
            "comparison" => options.comparison = true,
            "--write" => options.write = true,
            "--scenario" => {
                options.scenario = Some(arguments.next().ok_or("--scenario needs a number")?);
            }
            "--peer" => options.peer = Some(arguments.next().ok_or("--peer needs a crate")?),
            "--quick" => options.quick = true,
            "--check" => options.check = true,
            "--json" => options.json = Some(arguments.next().ok_or("--json needs a file")?),
            other => return Err(format!("unknown argument '{other}'")),
        }
    }
    if options.check && (!options.cost || options.quick) {
        return Err("--check belongs to cost alone".to_owned());
    }
    let narrowed = options.write || options.scenario.is_some() || options.peer.is_some();
    if narrowed && !options.comparison || options.cost && options.comparison {
        return Err("--write, --scenario and --peer belong to comparison alone".to_owned());
    }
    Ok(options)
}

fn run(options: &Options) -> io::Result<()> {
    if options.comparison {
        return comparison::run(&comparison::Options {
            quick: options.quick,
            scenario: options.scenario.clone(),
            peer: options.peer.clone(),
            json: options.json.clone(),
            write: options.write,
        });
    }
    let rows = if options.cost {
        let scope = match options {
            Options { check: true, .. } => Scope::Check,
            Options { quick: true, .. } => Scope::Quick,
            _ => Scope::Full,
        };
        cost::run(scope)?
    } else {
        // Many short rounds: the least of them is one that nothing else disturbed.
        let (rounds, records, calls) =
            if options.quick { (45, 400, 10_000) } else { (250, 1_000, 20_000) };
        println!("{rounds} rounds, medians; {records} records of 8 fields, {calls} timed calls");
        // Timed calls come second: logging is set up by then, and the guard is still there.
        measure::run(rounds, records, || timed::run(rounds, calls))?
    };
    print(&rows);
    if let Some(file) = &options.json {
        let lines: String = rows.iter().map(|row| format!("{}\n", row.to_json())).collect();
        fs::write(file, lines).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot write the rows to {file}: {error}"))
        })?;
    }
    let verdicts = cost::verdicts(&rows);
    for verdict in &verdicts {
        println!("{}", verdict.text);
    }
    let passed = verdicts.iter().filter(|verdict| verdict.passes).count();
    if options.check && (passed < verdicts.len() || passed < cost::STEADY) {
        let few = format!("{passed} of {} figures pass; see docs/performance.md", cost::STEADY);
        return Err(io::Error::other(few));
    }
    Ok(())
}

fn print(rows: &[Row]) {
    println!("{:<44} {:<32} {:>12} {}", "peer", "metric", "value", "unit");
    for row in rows {
        println!("{:<44} {:<32} {:>12.2} {}", row.peer, row.metric, row.value, row.unit);
    }
}
