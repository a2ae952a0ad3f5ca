//! Rows of what the children said: medians, and the best of all rounds.

use std::{collections::BTreeMap, io};

use super::{Bench, entrants::Entrant};
use crate::{
    row::{Row, median},
    ways::BARE,
};

/// A figure that a child says, or that the parent adds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    /// The row beside the median: that of the best round, or of the worst where something is lost.
    pub(crate) beside: &'static str,
    /// The row beside it has the most, not the least.
    pub(crate) most: bool,
    /// More is better.
    pub(crate) more: bool,
    pub(crate) unit: &'static str,
    /// What it means.
    pub(crate) says: &'static str,
}

macro_rules! metric {
    ($name:literal, $unit:literal, $says:literal) => {
        metric!($name, ", min", false, false, $unit, $says)
    };
    ($name:literal, more, $unit:literal, $says:literal) => {
        metric!($name, ", max", true, true, $unit, $says)
    };
    ($name:literal, worst, $unit:literal, $says:literal) => {
        metric!($name, ", max", true, false, $unit, $says)
    };
    ($name:literal, $beside:literal, $most:literal, $more:literal, $unit:literal, $says:literal) => {
        Metric {
            name: $name,
            beside: concat!($name, $beside),
            most: $most,
            more: $more,
            unit: $unit,
            says: $says,
        }
    };
}

pub(crate) const METRICS: [Metric; 24] = [
    metric!("caller", "ns/record", "time that a call takes its caller, the mean of all calls"),
    metric!("caller p50", "ns/record", "half of the calls are done by then"),
    metric!("caller p99", "ns/record", "99 of 100 calls are done by then"),
    metric!("caller p99.9", "ns/record", "999 of 1,000 calls are done by then"),
    metric!("caller CPU", "ns/record", "time of the processor that the calling threads spent"),
    metric!("process CPU", "ns/record", "time of the processor of all threads, to the end"),
    metric!("to file", more, "1/s", "records, from the first call to the last line in the file"),
    metric!("rate", more, "1/s", "records that a paced producer got to write"),
    metric!("lost", worst, "records", "records that are not in the file"),
    metric!("lost share", worst, "%", "the same, of 100 that were written"),
    metric!("broken", worst, "lines", "lines that are not JSON or lack a field"),
    metric!("doubled", worst, "lines", "lines that repeat a record"),
    metric!("allocations of the caller", "1/record", "allocations on the calling thread"),
    metric!("allocations of the process", "1/record", "allocations of all threads, to the end"),
    metric!("peak memory", "KiB", "most resident memory, less that before the set-up"),
    metric!("set-up", "µs", "until the logger can be used"),
    metric!("set-up, record and end", "µs", "the same, one record, and the end of the logger"),
    metric!("whole process", "µs", "from before the start of a process to after its end"),
    metric!("synced", more, "1/s", "records that are on the disk when their calls return"),
    metric!("wait p50", "µs", "half of those calls are done by then"),
    metric!("wait p99", "µs", "99 of 100 of those calls are done by then"),
    metric!(
        "times one sync",
        "",
        "`wait p50`, as a multiple of that of an append and a sync in turns with it"
    ),
    metric!("call", "ns/call", "time of a call: the middle one of 25 slices"),
    metric!("allocations", "1/call", "allocations on the calling thread"),
];

/// What a call costs more than the bare one; made from medians.
pub(super) const OVER: &str = "over the bare call";
/// What a record costs its caller with most threads, as a multiple of that with one; made from
/// medians.
pub(super) const GROWTH: &str = "times one thread";

/// The values of all rounds, by name and threads of the bench, peer and metric.
#[derive(Debug, Default)]
pub(super) struct Collected(BTreeMap<(&'static str, usize, &'static str, &'static str), Vec<f64>>);

impl Collected {
    pub(super) fn add(
        &mut self,
        bench: &Bench,
        peer: &'static str,
        said: &BTreeMap<String, f64>,
    ) -> io::Result<()> {
        for (metric, value) in said {
            let known = METRICS.iter().find(|known| known.name == metric);
            let known = known.ok_or_else(|| io::Error::other(format!("unknown: {metric}")))?;
            self.0.entry((bench.name, bench.threads, peer, known.name)).or_default().push(*value);
        }
        Ok(())
    }
}

/// A median and a best value for each figure.
pub(super) fn rows(
    benches: &[Bench],
    entrants: &[Vec<Entrant>],
    Collected(collected): &Collected,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for (bench, entrants) in benches.iter().zip(entrants) {
        for (peer, metric) in entrants.iter().flat_map(|e| METRICS.iter().map(|m| (e.name, m))) {
            let key = (bench.name, bench.threads, peer, metric.name);
            let Some(mut values) = collected.get(&key).cloned() else { continue };
            let median = median(&mut values);
            let beside = if metric.most { values.last() } else { values.first() };
            let row = Row {
                bench: bench.name,
                peer,
                threads: bench.threads,
                metric: metric.name,
                value: median,
                unit: metric.unit,
                rounds: values.len(),
            };
            let value = beside.copied().unwrap_or(f64::NAN);
            rows.extend([row, Row { metric: metric.beside, value, ..row }]);
        }
    }
    let more: Vec<Row> = rows.iter().filter_map(|row| derived(&rows, row)).collect();
    rows.extend(more);
    rows
}

/// What follows from a row and another one.
fn derived(rows: &[Row], row: &Row) -> Option<Row> {
    let at = |threads, peer, metric| value(rows, row.bench, threads, peer, metric);
    match row.metric {
        "call" => {
            let value = row.value - at(row.threads, BARE, "call")?;
            Some(Row { metric: OVER, value, ..*row })
        }
        "caller CPU" if row.bench == "growth" && row.threads > 1 => {
            let value = row.value / at(1, row.peer, "caller CPU")?;
            Some(Row { metric: GROWTH, value, unit: "×", ..*row })
        }
        _ => None,
    }
}

/// The figure of a row.
pub(super) fn value(
    rows: &[Row],
    bench: &str,
    threads: usize,
    peer: &str,
    metric: &str,
) -> Option<f64> {
    let fits = |row: &&Row| {
        (row.bench, row.threads, row.peer, row.metric) == (bench, threads, peer, metric)
    };
    rows.iter().find(fits).map(|row| row.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::Kind;

    fn rows_of(name: &'static str, metric: &str, said: &[(usize, &'static str, f64)]) -> Vec<Row> {
        let bench = |threads| {
            let (kind, records, size, times) = (Kind::Growth, 1, 8, 1);
            Bench { name, kind, threads, records, size, times }
        };
        let mut collected = Collected::default();
        for (threads, peer, value) in said {
            let said = BTreeMap::from([(metric.to_owned(), *value)]);
            collected.add(&bench(*threads), peer, &said).unwrap();
        }
        let entrants = |names: [&'static str; 2]| names.map(|name| Entrant { name, ours: false });
        let entrants = entrants(["b", BARE]).to_vec();
        rows(&[bench(1), bench(4)], &[entrants.clone(), entrants], &collected)
    }

    #[test]
    fn a_figure_is_a_median_and_what_stands_beside_it() {
        for (metric, beside, of_it) in [
            ("caller", "caller, min", 1.0),
            ("to file", "to file, max", 9.0),
            ("lost", "lost, max", 9.0),
        ] {
            let rows = rows_of("x", metric, &[(1, "b", 9.0), (1, "b", 1.0), (1, "b", 3.0)]);
            let found: Vec<_> =
                rows.iter().map(|row| (row.metric, row.value, row.rounds)).collect();
            assert_eq!(found, [(metric, 3.0, 3), (beside, of_it, 3)]);
        }
    }

    #[test]
    fn what_is_derived_comes_from_medians() {
        let calls = rows_of("timed", "call", &[(1, "b", 5.0), (1, BARE, 2.0), (4, "b", 7.0)]);
        assert_eq!(value(&calls, "timed", 1, "b", OVER), Some(3.0));
        assert_eq!(value(&calls, "timed", 4, "b", OVER), None);
        let grown = rows_of("growth", "caller CPU", &[(1, "b", 5.0), (4, "b", 20.0)]);
        assert_eq!(value(&grown, "growth", 4, "b", GROWTH), Some(4.0));
        assert_eq!(value(&grown, "growth", 1, "b", GROWTH), None);
    }

    #[test]
    fn what_has_no_name_is_refused() {
        let bench = &crate::contest::plan::benches(crate::contest::Scope::Quick)[0];
        let said = BTreeMap::from([("color".to_owned(), 1.0)]);
        assert!(Collected::default().add(bench, "b", &said).is_err());
    }
}
