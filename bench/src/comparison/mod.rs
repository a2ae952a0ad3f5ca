//! Failure scenarios against file loggers: each peer is a program of its own, the driver sets the
//! scene, and an oracle counts the lines that are there afterwards.
//!
//! `docs/comparison.md` is made here. A figure of it is never written by hand.

mod oracle;
mod outcome;
mod peers;
mod program;
mod report;
mod scenarios;
mod scene;

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use outcome::{Outcome, Stop};
use peers::{PEERS, Peer};
use report::{Cell, Row};
use scenarios::Scenario;
use scene::Scene;

/// What is asked for.
#[derive(Default)]
pub(crate) struct Options {
    /// Fewer rounds.
    pub(crate) quick: bool,
    /// Only that number, with or without its letter.
    pub(crate) scenario: Option<String>,
    pub(crate) peer: Option<String>,
    pub(crate) json: Option<String>,
    /// Renews `docs/comparison.md`.
    pub(crate) write: bool,
}

/// Runs the scenarios and tells what came of them.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    let wanted = |name: &str| options.peer.as_deref().is_none_or(|peer| peer == name);
    let peers: Vec<Peer> = PEERS.into_iter().filter(|peer| wanted(peer.name)).collect();
    let chosen = |scenario: &Scenario| {
        let number = options.scenario.as_deref();
        number.is_none_or(|number| number == scenario.number || number == scenario.row())
    };
    let scenarios: Vec<Scenario> = scenarios::all().into_iter().filter(chosen).collect();
    let whole = options.peer.is_none() && options.scenario.is_none() && !options.quick;
    if peers.is_empty() || scenarios.is_empty() || options.write && !whole {
        let why = "no such peer or scenario; --write needs all of them, and not --quick";
        return Err(io::Error::other(why));
    }
    let programs: Vec<(Peer, io::Result<PathBuf>)> =
        peers.iter().copied().zip(peers::build(&peers)?).collect();
    let start = Instant::now();
    let mut rows = Vec::new();
    for scenario in scenarios {
        let mut row = Row { scenario, cells: Vec::new() };
        for (peer, program) in &programs {
            let cell = match program {
                Ok(program) => cell(*peer, program, scenario, options.quick)?,
                Err(error) => Cell::LeftOut(error.to_string()),
            };
            println!("{:<4} {:<17} {cell}", scenario.number, peer.name);
            row.cells.push(cell);
        }
        rows.push(row);
    }
    println!("{} s", start.elapsed().as_secs());
    if let Some(file) = &options.json {
        let lines: String =
            report::json(&peers, &rows)?.iter().map(|row| format!("{row}\n")).collect();
        fs::write(file, lines)?;
    }
    if options.write {
        report::renew(&peers, &rows)?;
    }
    Ok(())
}

fn cell(peer: Peer, program: &Path, scenario: Scenario, quick: bool) -> io::Result<Cell> {
    let mut scene = Scene::new(peer, program, quick)?;
    let done = (scenario.act)(&mut scene);
    let outcome: Outcome = scene.judge();
    Ok(match done {
        Ok(()) | Err(Stop::Over) => Cell::Judged(outcome),
        Err(Stop::NotApplicable(why)) => Cell::NotApplicable(why),
        Err(Stop::LeftOut(why)) => Cell::LeftOut(why),
        Err(Stop::Driver(error)) => {
            let place = format!("scenario {} of {}: {error}", scenario.number, peer.name);
            return Err(io::Error::new(error.kind(), place));
        }
    })
}
