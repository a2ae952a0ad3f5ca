//! Side-by-side comparison with peers, every peer in one interleaved run.
//!
//! Without a command: what a record and a timed call cost, what is lost, what it takes to start and
//! to grow. `contest` runs a process of this program for each bench, peer and round (`child` is
//! what runs there), so that each peer has its global logger for itself and what the machine does
//! meanwhile falls on all of them. What a peer wrote is parsed and counted: lines that are missing
//! or broken are told beside its figure, nobody is credited for them.
//!
//! `cost`: what an attribute costs in code, futures and building, against its targets.
//! `gates`: how many instructions the hot paths have, against bounds.
//! `comparison`: what becomes of lines where a file logger can fail, ours and its peers.

mod allocations;
mod child;
mod comparison;
mod contest;
mod cost;
mod gates;
mod peers;
mod row;
mod timed;
mod ways;

use std::{env, fs, io, path::Path, process::ExitCode};

use row::Row;

const USAGE: &str = "\
usage: audit-bench [--quick | --write] [--rounds N] [--json FILE]
       audit-bench cost [--quick | --check] [--json FILE]
       audit-bench gates [--check] [--json FILE]
       audit-bench comparison [--quick | --write] [--scenario NUMBER] [--peer CRATE] [--json FILE]

  --quick      fewer rounds, no peer that has to be fetched
  --rounds N   so many rounds in the place of 5
  --check      only what is the same at every run; fails where it is too much
  --write      renews docs/comparison.md, or the tables of docs/performance.md
  --json FILE  writes the rows, one object a line";

#[derive(Default)]
struct Options {
    cost: bool,
    gates: bool,
    comparison: bool,
    scenario: Option<String>,
    peer: Option<String>,
    write: bool,
    quick: bool,
    check: bool,
    rounds: Option<usize>,
    json: Option<String>,
}

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1).peekable();
    if arguments.next_if(|word| word == "child").is_some() {
        return done(child::run(arguments));
    }
    if arguments.next_if(|word| word == "gate").is_some() {
        return done(gates::child(arguments));
    }
    let options = match parse(arguments) {
        Ok(options) => options,
        Err(what) => {
            eprintln!("error: {what}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    done(run(&options))
}

fn done(result: io::Result<()>) -> ExitCode {
    match result {
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
            "gates" => options.gates = true,
            "comparison" => options.comparison = true,
            "--write" => options.write = true,
            "--scenario" => {
                options.scenario = Some(arguments.next().ok_or("--scenario needs a number")?);
            }
            "--peer" => options.peer = Some(arguments.next().ok_or("--peer needs a crate")?),
            "--rounds" => {
                let rounds = arguments.next().and_then(|number| number.parse().ok());
                options.rounds = Some(rounds.filter(|n| *n > 0).ok_or("--rounds needs a number")?);
            }
            "--quick" => options.quick = true,
            "--check" => options.check = true,
            "--json" => options.json = Some(arguments.next().ok_or("--json needs a file")?),
            other => return Err(format!("unknown argument '{other}'")),
        }
    }
    let is_contest = !options.cost && !options.gates && !options.comparison;
    if options.rounds.is_some() && !is_contest {
        return Err("--rounds belongs to the comparison of speed alone".to_owned());
    }
    if options.check && (!options.cost && !options.gates || options.quick) {
        return Err("--check belongs to cost and to gates alone".to_owned());
    }
    if options.write && (options.cost || options.gates || options.quick && !options.comparison) {
        return Err("--write belongs to a full run".to_owned());
    }
    let narrowed = options.scenario.is_some() || options.peer.is_some();
    if narrowed && !options.comparison {
        return Err("--scenario and --peer belong to comparison alone".to_owned());
    }
    if [options.cost, options.gates, options.comparison].into_iter().filter(|it| *it).count() > 1 {
        return Err("cost, gates and comparison are run one after the other".to_owned());
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
            Options { check: true, .. } => cost::Scope::Check,
            Options { quick: true, .. } => cost::Scope::Quick,
            _ => cost::Scope::Full,
        };
        cost::run(scope)?
    } else if options.gates {
        gates::run()?
    } else {
        let scope = if options.quick { contest::Scope::Quick } else { contest::Scope::Full };
        contest::run(scope, options.rounds)?
    };
    if let Some(file) = &options.json {
        let lines: String = rows.iter().map(|row| format!("{}\n", row.to_json())).collect();
        fs::write(file, lines).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot write the rows to {file}: {error}"))
        })?;
    }
    if options.gates {
        return gates::report(&rows, options.check);
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md");
    if !options.cost {
        return contest::report(&rows, options.write.then_some(page.as_path()));
    }
    print(&rows);
    let verdicts = cost::verdicts(&rows);
    for verdict in &verdicts {
        println!("{}", verdict.text);
    }
    let passed = verdicts.iter().filter(|verdict| verdict.passes).count();
    if options.check && (passed < verdicts.len() || passed < cost::STEADY) {
        let few = format!("{passed} of {} figures pass; see docs/performance.md", cost::STEADY);
        return Err(io::Error::other(few));
    }
    if options.check {
        let differences = cost::differences(&rows, &fs::read_to_string(page)?);
        if !differences.is_empty() {
            return Err(io::Error::other(differences.join("\n")));
        }
    }
    Ok(())
}

fn print(rows: &[Row]) {
    println!("{:<44} {:<32} {:>12} unit", "peer", "metric", "value");
    for row in rows {
        println!("{:<44} {:<32} {:>12.2} {}", row.peer, row.metric, row.value, row.unit);
    }
}
