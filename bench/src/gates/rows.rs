//! The paths that are counted, and the most instructions that each may have.
//!
//! A bound is what was counted and at most a twentieth more, as another compiler or another libc
//! makes other code. Who makes a path shorter lowers its bound; a count far below is told.

use super::child::Subject;
use crate::{contest::Kind, peers, row::Row, timed, ways};

/// A path, and its bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate {
    pub(super) name: &'static str,
    pub(super) subject: Subject,
    /// What is subtracted.
    pub(super) over: Option<Subject>,
    /// The most instructions of one call.
    pub(super) most: f64,
}

const BARE: Option<Subject> = Some(Subject::Way(Kind::Disabled, ways::BARE));

pub(super) const GATES: [Gate; 6] = [
    gate("#[timed], category off", Subject::Way(Kind::Disabled, "#[timed], category off"), 6.0)
        .over(BARE),
    gate("#[audited], category off", Subject::Way(Kind::Disabled, "#[audited], category off"), 4.0)
        .over(BARE),
    gate(timed::SUMMARY, Subject::Way(Kind::Timed, timed::SUMMARY), 206.0).over(BARE),
    gate("#[audited], 8 fields, direct", Subject::Records(peers::DIRECT), 5_750.0),
    gate("#[audited], 8 fields, into the spool", Subject::Records(peers::SPOOLED), 775.0),
    gate("out of the spool into the file", Subject::Drain(peers::SPOOLED), 2_600.0),
];

const fn gate(name: &'static str, subject: Subject, most: f64) -> Gate {
    Gate { name, subject, over: None, most }
}

impl Gate {
    const fn over(self, over: Option<Subject>) -> Self {
        Self { over, ..self }
    }
}

/// What a count means for its bound.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) passes: bool,
    pub(super) text: String,
}

/// A bound that is higher than this many times the count holds nothing.
const SLACK: f64 = 1.1;

/// None where no path has that name.
pub(super) fn verdict(row: &Row) -> Option<Verdict> {
    let Gate { name, most, .. } = GATES.iter().find(|gate| gate.name == row.peer)?;
    // A count that is no number passes nothing.
    let passes = row.value <= *most;
    let word = if passes { "holds" } else { "TOO MUCH" };
    let mut text = format!("{word:<9}{name}: {:.1} instructions, let pass up to {most}", row.value);
    if row.value * SLACK + 1.0 < *most {
        text += "; lower the bound in bench/src/gates/rows.rs";
    }
    Some(Verdict { passes, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Gate = GATES[GATES.len() - 1];

    fn of(value: f64) -> (bool, bool) {
        let peer = LONG.name;
        let row = Row { bench: "", peer, threads: 1, metric: "", value, unit: "", rounds: 1 };
        let verdict = verdict(&row).unwrap();
        (verdict.passes, verdict.text.contains("lower the bound"))
    }

    #[test]
    fn a_count_over_its_bound_does_not_pass() {
        let most = LONG.most;
        assert_eq!(of(most), (true, false));
        assert_eq!(of(most + 0.5), (false, false));
        assert_eq!(of(f64::NAN), (false, false));
    }

    #[test]
    fn a_bound_that_holds_nothing_is_told() {
        assert_eq!(of(LONG.most / 2.0), (true, true));
    }

    #[test]
    fn a_path_has_a_name_of_its_own() {
        let mut names: Vec<_> = GATES.iter().map(|gate| gate.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), GATES.len());
    }
}
