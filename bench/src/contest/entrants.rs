//! Who takes part in which bench.

use std::{fs, io, path::Path, process::Command};

use super::{Bench, Kind};
use crate::{child, peers, ways};

/// Python's own handler, in a script that does what a child does.
pub(crate) const PYTHON: &str = "Python RotatingFileHandler";
const SCRIPT: &str = include_str!("../peers/rotating_file_handler.py");

/// One who takes part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entrant {
    pub(super) name: &'static str,
    /// Its lines are counted as ours: one that is missing is an error.
    pub(super) ours: bool,
}

/// The entrants of each bench, in their order.
pub(super) fn by_bench(benches: &[Bench]) -> Vec<Vec<Entrant>> {
    let python = has_python();
    if !python {
        println!("skipped: {PYTHON}: python3 does not run here");
    }
    benches.iter().map(|bench| of(bench, python)).collect()
}

fn of(bench: &Bench, python: bool) -> Vec<Entrant> {
    let plain = |name| Entrant { name, ours: false };
    match bench.kind {
        Kind::Recover => Vec::new(),
        Kind::Timed | Kind::Disabled => {
            let ways = ways::of(bench.kind).into_iter();
            ways.map(|way| Entrant { name: way.name, ours: way.ours }).collect()
        }
        Kind::Synced => {
            let ours = peers::synced().map(|entry| Entrant { name: entry.name, ours: true });
            [child::DISK, child::MUTEX].map(plain).into_iter().chain(ours).collect()
        }
        Kind::Rotating => {
            let ours = peers::rotating().into_iter();
            let ours = ours.map(|entry| Entrant { name: entry.name, ours: true });
            ours.chain([plain(peers::RAW_FILE)]).collect()
        }
        Kind::Pipelined => {
            let ours = [peers::SPOOLED, peers::DIRECT].map(|name| Entrant { name, ours: true });
            [child::DISK].map(plain).into_iter().chain(ours).collect()
        }
        kind => {
            let all = peers::all().into_iter();
            let all = all.filter(|peer| kind != Kind::Fields || peer.counts_fields);
            let entrants = all.map(|peer| Entrant { name: peer.name, ours: peer.ours });
            let speaks_python = matches!(
                kind,
                Kind::Burst | Kind::Sustained | Kind::Size | Kind::Exit | Kind::Kill | Kind::Start
            );
            let python = (python && speaks_python).then(|| plain(PYTHON));
            entrants.chain(python).collect()
        }
    }
}

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|done| done.status.success())
}

/// The program that runs a task of an entrant, without the words of the task.
pub(super) fn program(entrant: &Entrant, scratch: &Path) -> io::Result<Command> {
    if entrant.name == PYTHON {
        let script = scratch.join("rotating_file_handler.py");
        fs::write(&script, SCRIPT)?;
        let mut command = Command::new("python3");
        command.arg(script);
        return Ok(command);
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child");
    Ok(command)
}
