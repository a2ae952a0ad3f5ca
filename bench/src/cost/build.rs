//! The time that cargo takes for a program of 200 functions.
//!
//! It is the processor's time of cargo and all that it starts, for other work on the same cores
//! makes the clock's a matter of chance. Every round builds each subject once, one after the other,
//! so that what the machine does meanwhile falls on all of them. What they depend on is built before.

use std::{fs, io};

use super::{
    subject::{Subject, program},
    workspace::{Workspace, output},
};
use crate::row::{Row, median};

const FUNCTIONS: usize = 200;

/// The peer that our added time is compared with, for sync functions.
const PEER: &str = "instrument";

/// Medians of all subjects, less those of the plain ones, and their ratios.
pub(crate) fn rows(
    workspace: &Workspace,
    subjects: &[&Subject],
    rounds: usize,
) -> io::Result<Vec<Row>> {
    let subjects: Vec<&Subject> = subjects.iter().copied().filter(|s| !s.is_async).collect();
    let mut rows = Vec::new();
    for (command, metrics) in [
        ("check", ["check", "check added", "check added, ratio"]),
        ("build", ["build", "build added", "build added, ratio"]),
    ] {
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); subjects.len()];
        for round in 0..=rounds {
            for (subject, times) in subjects.iter().zip(&mut times) {
                let name = format!("time_{}", subject.id);
                let source = format!("{}// {command} {round}\n", program(subject, FUNCTIONS));
                workspace.program(&name, &source)?;
                let before = spent()?;
                output(&mut workspace.cargo(&[command, "--offline", "--bin", &name]))?;
                // A round that is not counted builds what they depend on.
                if round > 0 {
                    times.push(spent()? - before);
                }
            }
        }
        let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
        let plain = medians.first().copied().unwrap_or(f64::NAN);
        let peer = subjects.iter().position(|subject| subject.id == PEER);
        let peer = peer.and_then(|at| medians.get(at)).map_or(f64::NAN, |time| time - plain);
        for (subject, time) in subjects.iter().zip(&medians) {
            let row = |metric, value, unit| Row {
                bench: "build_200_functions",
                peer: subject.name,
                threads: 1,
                metric,
                value,
                unit,
                rounds,
            };
            rows.push(row(metrics[0], *time, "ms"));
            if !subject.is_plain() {
                rows.push(row(metrics[1], time - plain, "ms"));
                rows.push(row(metrics[2], (time - plain) / peer, "× #[instrument]"));
            }
        }
    }
    Ok(rows)
}

/// A tick of the counters in `/proc`, in milliseconds.
const TICK: f64 = 10.0;

/// What the children of this process that have ended took of the processor, in milliseconds.
fn spent() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    children(&stat).ok_or_else(|| io::Error::other("/proc/self/stat tells no times of children"))
}

fn children(stat: &str) -> Option<f64> {
    // A program's name may hold anything, also spaces and parentheses.
    let (_, behind) = stat.rsplit_once(')')?;
    let mut times = behind.split_whitespace().skip(13).map(str::parse::<u32>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(f64::from(user + system) * TICK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_children_stand_behind_any_name() {
        let stat = "7 (a) b) R 1 7 7 0 -1 4194304 10 20 0 0 3 4 50 6 20 0 1 0";
        assert_eq!(children(stat), Some(560.0));
        assert_eq!(children("7 (a) R 1"), None);
    }
}
