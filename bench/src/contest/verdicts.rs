//! The targets of the project, and what the rows say about them.
//!
//! A verdict never fails a run: on a machine that others use a figure is weather, and a ratio of
//! one run is not.

use super::{
    figures::{METRICS, OVER, value},
    plan::PIPELINED,
};
use crate::{
    peers::{DIRECT, RAW_FILE, ROTATING, SPOOLED, SYNCED},
    row::Row,
    timed,
};

/// A target, and whether it is reached.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) what: &'static str,
    pub(super) target: &'static str,
    pub(super) unit: &'static str,
    /// As it was measured; `None` where no row says it.
    pub(super) figure: Option<Figure>,
    /// By the medians.
    pub(super) reached: bool,
}

/// What the medians give, and what the rows beside them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    pub(super) middle: f64,
    pub(super) beside: f64,
}

impl Figure {
    fn with(self, other: Option<Self>, of: impl Fn(f64, f64) -> f64) -> Option<Self> {
        let other = other?;
        let (middle, beside) = (of(self.middle, other.middle), of(self.beside, other.beside));
        Some(Self { middle, beside })
    }
}

impl Verdict {
    pub(super) fn word(&self) -> &'static str {
        match (self.figure, self.reached) {
            (None, _) => "not measured",
            (_, true) => "reached",
            (_, false) => "missed",
        }
    }
}

/// The entry of ours that is judged: the spooled one where it exists.
pub(super) fn ours(rows: &[Row]) -> &'static str {
    if rows.iter().any(|row| row.peer == SPOOLED) { SPOOLED } else { DIRECT }
}

const LOSSLESS: &str = "tracing, non_blocking lossless";
const SPDLOG: &str = "spdlog-rs, sync";

pub(super) fn of(rows: &[Row]) -> Vec<Verdict> {
    let ours = ours(rows);
    let at = |bench, threads, peer, metric| {
        let known = METRICS.iter().find(|known| known.name == metric);
        let middle = value(rows, bench, threads, peer, metric)?;
        let beside = known.and_then(|known| value(rows, bench, threads, peer, known.beside));
        Some(Figure { middle, beside: beside.unwrap_or(middle) })
    };
    let mine = |bench, metric| at(bench, 1, ours, metric);
    let ratio = |a: Option<Figure>, b| a.and_then(|a| a.with(b, |a, b| a / b));
    let burst = mine("burst", "caller");
    let sustained = mine("sustained", "to file");
    let timed = at("timed", 1, timed::SUMMARY, "call");
    let disabled = ["#[audited], category off", "#[timed], category off"];
    let [audited_off, timed_off] = disabled.map(|way| at("disabled", 1, way, OVER));
    let disabled = audited_off.and_then(|figure| figure.with(timed_off, f64::max));
    let lost = mine("loss on exit", "lost");
    let lost = lost.and_then(|lost| lost.with(mine("loss on SIGKILL", "lost"), |a, b| a + b));
    let verdict = |what, target, unit, figure: Option<Figure>, reached: &dyn Fn(f64) -> bool| {
        let reached = figure.is_some_and(|figure| reached(figure.middle));
        Verdict { what, target, unit, figure, reached }
    };
    let most = |what, target, unit, figure, most: f64| {
        verdict(what, target, unit, figure, &|figure| figure <= most)
    };
    let least = |what, target, unit, figure, least: f64| {
        verdict(what, target, unit, figure, &|figure| figure >= least)
    };
    vec![
        most(
            "`#[audited]`, 8 fields, burst: mean of the caller",
            "≤ 60 ns",
            "ns/call",
            burst,
            60.0,
        ),
        most(
            "the same, share of tracing non_blocking lossless",
            "≤ 0.05",
            "",
            ratio(burst, at("burst", 1, LOSSLESS, "caller")),
            0.05,
        ),
        most("paced: p99", "≤ 200 ns", "ns/call", mine("paced", "caller p99"), 200.0),
        most("paced: p99.9", "≤ 1,000 ns", "ns/call", mine("paced", "caller p99.9"), 1000.0),
        most(
            "allocations of the caller for a record",
            "0",
            "",
            mine("memory", "allocations of the caller"),
            0.0,
        ),
        least("sustained to file", "≥ 1.5 M/s", "1/s", sustained, 1.5e6),
        least(
            "the same, times tracing non_blocking lossless",
            "≥ 6",
            "",
            ratio(sustained, at("sustained", 1, LOSSLESS, "to file")),
            6.0,
        ),
        least(
            "the same, times spdlog-rs sync",
            "≥ 2.5",
            "",
            ratio(sustained, at("sustained", 1, SPDLOG, "to file")),
            2.5,
        ),
        most(
            "rotating, direct: time to file, times tracing on a raw file",
            "≤ 1.5",
            "",
            ratio(at("rotating", 1, RAW_FILE, "to file"), at("rotating", 1, ROTATING, "to file")),
            1.5,
        ),
        most("`#[timed]`, histogram", "≤ 30 ns", "ns/call", timed, 30.0),
        most(
            "the same, times two readings of the counter",
            "≤ 1.5",
            "",
            ratio(timed, at("timed", 1, timed::COUNTERS, "call")),
            1.5,
        ),
        most(
            "allocations of a timed call",
            "0",
            "",
            at("timed", 1, timed::SUMMARY, "allocations"),
            0.0,
        ),
        most("disabled, over the bare call", "≤ 0.5 ns", "ns/call", disabled, 0.5),
        most("lost on exit and on SIGKILL", "0", "", lost, 0.0),
        least("synced, pipelined", "≥ 1 M/s", "1/s", at(PIPELINED, 1, SPOOLED, "synced"), 1e6),
        least(
            "synced, 128 threads wait",
            "≥ 20 k/s",
            "1/s",
            at("synced", 128, SYNCED, "synced"),
            2e4,
        ),
        most(
            "synced, one thread waits: p50, times one `fdatasync`",
            "≤ 1.3",
            "",
            at("synced", 1, SYNCED, "times one sync"),
            1.3,
        ),
        most("set-up of a short command", "≤ 1,000 µs", "µs", mine("start", "set-up"), 1000.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(bench: &'static str, peer: &'static str, metric: &'static str, value: f64) -> Row {
        Row { bench, peer, threads: 1, metric, value, unit: "", rounds: 1 }
    }

    fn words(rows: &[Row]) -> Vec<&'static str> {
        of(rows).iter().map(Verdict::word).collect()
    }

    #[test]
    fn a_target_without_a_row_is_not_measured() {
        assert!(words(&[]).iter().all(|word| *word == "not measured"));
    }

    #[test]
    fn figures_are_judged_by_their_bounds() {
        for (value, word) in [(60.0, "reached"), (60.1, "missed"), (f64::NAN, "missed")] {
            assert_eq!(words(&[row("burst", DIRECT, "caller", value)])[0], word);
        }
        let spooled = row("burst", SPOOLED, "caller", 50.0);
        let direct = row("burst", DIRECT, "caller", 4000.0);
        assert_eq!(words(&[direct, spooled])[0], "reached");
        let rows = |sustained| {
            let of = |peer, value| row("sustained", peer, "to file", value);
            words(&[of(DIRECT, sustained), of(LOSSLESS, 1e5)])[6]
        };
        assert_eq!((rows(6e5), rows(5e5)), ("reached", "missed"));
    }
}
