//! Instructions of the hot paths, against bounds: a step of CI.
//!
//! Instructions do not depend on what else the machine does, so that a bound can be tight.
//! `rows` lists the paths and their bounds, `child` is what runs under valgrind, `callgrind` starts
//! it and reads the count.

mod callgrind;
mod child;
mod rows;

use std::io;

use crate::row::Row;

pub(crate) use child::run as child;

const BENCH: &str = "instructions";
const METRIC: &str = "instructions";

/// Counts the instructions of each path.
pub(crate) fn run() -> io::Result<Vec<Row>> {
    callgrind::look()?;
    let scratch = tempfile::tempdir()?;
    let count = |subject| callgrind::each(scratch.path(), subject);
    let mut rows = Vec::new();
    for gate in &rows::GATES {
        let base = gate.over.map_or(Ok(0.0), count)?;
        let value = count(gate.subject)? - base;
        let (peer, unit) = (gate.name, "1/call");
        rows.push(Row { bench: BENCH, peer, threads: 1, metric: METRIC, value, unit, rounds: 1 });
    }
    Ok(rows)
}

/// Prints each figure beside its bound; with `check` an error where one is above.
pub(crate) fn report(rows: &[Row], check: bool) -> io::Result<()> {
    let verdicts: Vec<rows::Verdict> = rows.iter().filter_map(rows::verdict).collect();
    for verdict in &verdicts {
        println!("{}", verdict.text);
    }
    let passed = verdicts.iter().filter(|verdict| verdict.passes).count();
    if check && passed < rows::GATES.len() {
        let all = rows::GATES.len();
        let what =
            format!("{passed} of {all} counts of instructions pass; see docs/performance.md");
        return Err(io::Error::other(what));
    }
    Ok(())
}
