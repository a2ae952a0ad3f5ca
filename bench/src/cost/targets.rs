//! What an attribute may cost.

use crate::row::Row;

/// The most that a figure may be.
struct Target {
    bench: &'static str,
    peer: &'static str,
    metric: &'static str,
    most: f64,
}

const TIMED: &str = "#[timed]";
const TIMED_ASYNC: &str = "#[timed], async";
const AUDITED: &str = "#[audited], 4 fields";
const AUDITED_ASYNC: &str = "#[audited], 4 fields, async";

const TARGETS: [Target; 11] = [
    target("code_size", TIMED, "text added", 250.0),
    target("code_size", AUDITED, "text added", 600.0),
    target("future_size", TIMED_ASYNC, "future added", 0.0),
    target("future_size", TIMED_ASYNC, "future added, 1 KiB argument", 0.0),
    target("future_size", AUDITED_ASYNC, "future added", 80.0),
    target("future_size", AUDITED_ASYNC, "future added, 1 KiB argument", 80.0),
    target("expansion", "#[audited], 2 arguments", "lines", 40.0),
    target("build_200_functions", TIMED, "check added, ratio", 1.0),
    target("build_200_functions", AUDITED, "check added, ratio", 1.0),
    target("build_200_functions", TIMED, "build added, ratio", 1.0),
    target("build_200_functions", AUDITED, "build added, ratio", 1.0),
];

const fn target(
    bench: &'static str,
    peer: &'static str,
    metric: &'static str,
    most: f64,
) -> Target {
    Target { bench, peer, metric, most }
}

/// One line for each target that there is a figure for.
pub(crate) fn verdicts(rows: &[Row]) -> Vec<Verdict> {
    TARGETS
        .iter()
        .filter_map(|target| {
            let Target { bench, peer, metric, most } = target;
            let fits = |row: &&Row| (row.bench, row.peer, row.metric) == (bench, peer, metric);
            let row = rows.iter().find(fits)?;
            // A figure that is not a number holds nothing.
            let holds = row.value <= *most;
            let word = if holds { "holds" } else { "MISSED" };
            let unit = row.unit;
            let text = format!(
                "{word:<7} {peer}: {metric} {:.2} {unit}, at most {most} {unit}",
                row.value
            );
            Some(Verdict { holds, text })
        })
        .collect()
}

/// What a figure means for its target.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) holds: bool,
    pub(crate) text: String,
}

/// How many targets have figures that are the same at every run.
pub(crate) const STEADY: usize = 7;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64) -> Row {
        let (bench, peer, metric) = ("code_size", TIMED, "text added");
        Row { bench, peer, threads: 1, metric, value, unit: "B", rounds: 1 }
    }

    #[test]
    fn a_figure_over_its_target_misses_it() {
        let holds = |value| verdicts(&[row(value)]).iter().map(|v| v.holds).collect::<Vec<_>>();
        assert_eq!(holds(250.0), [true]);
        assert_eq!(holds(250.5), [false]);
        assert_eq!(holds(f64::NAN), [false]);
    }

    #[test]
    fn no_figure_is_no_verdict() {
        assert!(verdicts(&[Row { metric: "data added", ..row(1.0) }]).is_empty());
    }
}
