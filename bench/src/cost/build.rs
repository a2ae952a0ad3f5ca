//! The time that cargo takes for a program of 200 functions.
//!
//! Every round builds each subject once, one after the other, so that what the machine does
//! meanwhile falls on all of them. What they depend on is built before.

use std::{io, time::Instant};

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
                let start = Instant::now();
                output(&mut workspace.cargo(&[command, "--offline", "--bin", &name]))?;
                // A round that is not counted builds what they depend on.
                if round > 0 {
                    times.push(start.elapsed().as_secs_f64() * 1e3);
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
