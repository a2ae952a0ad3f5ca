//! All benches and all peers in one interleaved run.
//!
//! `plan` lists the benches and their sizes, `entrants` who takes part in which, `rounds` starts a
//! child for each bench, peer and round, `lines` counts what is in a peer's files, `figures` makes
//! rows of what was collected, `verdicts` compares them with the targets, `table` prints ratios and
//! writes them into `docs/performance.md`.
//!
//! In a round the peers of a bench run one after the other, so that what the machine does meanwhile
//! falls on all of them; each round begins with another one.

mod entrants;
mod figures;
mod lines;
mod plan;
mod rounds;
mod table;
mod verdicts;

use std::{io, path::Path};

use crate::row::Row;

pub(crate) use lines::is_log;
pub(crate) use plan::{Bench, Kind, Scope};

/// Runs the benches, so many rounds or as many as are usual; gives the rows.
pub(crate) fn run(scope: Scope, rounds: Option<usize>) -> io::Result<Vec<Row>> {
    let benches = plan::benches(scope);
    let rounds = rounds.unwrap_or(scope.rounds());
    let entrants = entrants::by_bench(&benches);
    println!("{rounds} rounds; a process for each bench, peer and round");
    if !cfg!(feature = "peers") {
        println!("left out: peers that take long to build (feature `peers`)");
    }
    let collected = rounds::run(&benches, &entrants, rounds)?;
    Ok(figures::rows(&benches, &entrants, &collected))
}

/// Prints what the rows say, and writes it into the page where that is asked for.
pub(crate) fn report(rows: &[Row], page: Option<&Path>) -> io::Result<()> {
    let tables = table::tables(rows, &verdicts::of(rows));
    print!("{tables}");
    page.map_or(Ok(()), |page| table::write(page, &tables))
}
