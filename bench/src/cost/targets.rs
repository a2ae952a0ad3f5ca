//! What an attribute may cost.

use crate::row::Row;

/// What is wanted of a figure.
struct Target {
    bench: &'static str,
    peer: &'static str,
    metric: &'static str,
    /// The most that it should be.
    most: f64,
    /// The most that `--check` lets pass: a little more than what is reached.
    bound: f64,
}

const TIMED: &str = "#[timed]";
const TIMED_ASYNC: &str = "#[timed], async";
const AUDITED: &str = "#[audited], 4 fields";
const AUDITED_ASYNC: &str = "#[audited], 4 fields, async";

const SIZE: &str = "code_size";
const FUTURE: &str = "future_size";
const BUILD: &str = "build_200_functions";

const TARGETS: [Target; 11] = [
    target(SIZE, TIMED, "text added", 250.0).lets_pass(144.0),
    target(SIZE, AUDITED, "text added", 600.0).lets_pass(352.0),
    target(FUTURE, TIMED_ASYNC, "future added", 0.0),
    target(FUTURE, TIMED_ASYNC, "future added, 1 KiB argument", 0.0),
    target(FUTURE, AUDITED_ASYNC, "future added", 80.0),
    target(FUTURE, AUDITED_ASYNC, "future added, 1 KiB argument", 80.0).lets_pass(72.0),
    target("expansion", "#[audited], 2 arguments", "lines", 40.0).lets_pass(31.0),
    target(BUILD, TIMED, "check added, ratio", 1.0),
    target(BUILD, AUDITED, "check added, ratio", 1.0),
    target(BUILD, TIMED, "build added, ratio", 1.0),
    target(BUILD, AUDITED, "build added, ratio", 1.0),
];

const fn target(
    bench: &'static str,
    peer: &'static str,
    metric: &'static str,
    most: f64,
) -> Target {
    Target { bench, peer, metric, most, bound: most }
}

impl Target {
    const fn lets_pass(self, bound: f64) -> Self {
        Self { bound, ..self }
    }
}

/// One line for each target that there is a figure for.
pub(crate) fn verdicts(rows: &[Row]) -> Vec<Verdict> {
    TARGETS
        .iter()
        .filter_map(|target| {
            let Target { bench, peer, metric, most, bound } = target;
            let fits = |row: &&Row| (row.bench, row.peer, row.metric) == (bench, peer, metric);
            let row = rows.iter().find(fits)?;
            // A figure that is not a number holds nothing.
            let (holds, passes) = (row.value <= *most, row.value <= *bound);
            let word = match (holds, passes) {
                (true, true) => "holds",
                (false, true) => "missed",
                (_, false) => "TOO MUCH",
            };
            let unit = row.unit;
            let mut text =
                format!("{word:<9}{peer}: {metric} {:.2} {unit}, wanted {most}", row.value);
            if bound != most {
                text += &format!(", let pass up to {bound}");
            }
            Some(Verdict { passes, text })
        })
        .collect()
}

/// What a figure means for its target.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Whether `--check` lets it pass.
    pub(crate) passes: bool,
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
    fn a_figure_over_its_bound_does_not_pass() {
        let verdict = |value| {
            let verdicts = verdicts(&[row(value)]);
            let text = verdicts[0].text.split_once('#').unwrap_or_default();
            (text.0.trim().to_owned(), verdicts[0].passes)
        };
        assert_eq!(verdict(144.0), ("holds".to_owned(), true));
        assert_eq!(verdict(144.5), ("TOO MUCH".to_owned(), false));
        assert_eq!(verdict(250.5), ("TOO MUCH".to_owned(), false));
        assert!(!verdict(f64::NAN).1);
    }

    #[test]
    fn no_figure_is_no_verdict() {
        assert!(verdicts(&[Row { metric: "data added", ..row(1.0) }]).is_empty());
    }
}
