//! What an attribute costs apart from time at run time: code, futures, building, expansion.
//!
//! `subject` writes crates whose functions carry one attribute or none, `workspace` builds them,
//! `sections` reads their sizes, `build` takes the time of their building, `expansion` counts
//! lines, `targets` says what is too much, `documented` whether the page says the same. A cost is what a crate has over the one without.

mod build;
mod documented;
mod expansion;
mod sections;
mod subject;
mod targets;
mod workspace;

use std::io;

use crate::row::Row;
use subject::{OURS, PEERS, Subject};
use workspace::Workspace;

pub(crate) use documented::differences;
pub(crate) use targets::{STEADY, verdicts};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Our own attributes, without times: the same figures at every run.
    Check,
    /// Besides, those of `tracing`, and times, of few rounds.
    Quick,
    /// Besides, peers that have to be built first.
    Full,
}

/// Measures what belongs to the scope.
pub(crate) fn run(scope: Scope) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let ours: Vec<&Subject> =
        OURS.iter().filter(|subject| scope != Scope::Check || subject.ours).collect();
    let functions = if scope == Scope::Full { 100 } else { 20 };
    let workspace = Workspace::ours()?;
    rows.extend(sections::rows(&workspace, &ours, functions)?);
    rows.extend(expansion::rows(&workspace)?);
    if scope != Scope::Check {
        let rounds = if scope == Scope::Full { 9 } else { 3 };
        rows.extend(build::rows(&workspace, &ours, rounds)?);
    }
    if scope == Scope::Full {
        for subjects in PEERS {
            let workspace = Workspace::peer(subjects)?;
            let subjects: Vec<&Subject> = subjects.iter().collect();
            match sections::rows(&workspace, &subjects, functions) {
                Ok(found) => rows.extend(found),
                Err(error) => eprintln!("{} left out: {error}", subjects[0].name),
            }
        }
    }
    Ok(rows)
}
