//! Operations of which only summaries are known.
//!
//! Percentiles cannot be added up: those of several windows together lie somewhere between the
//! least and the greatest of the windows', and that is what is reported.

use std::collections::BTreeMap;

use audit_runtime::read::Summary;

use super::model::{Nanos, Range, Summarised};

/// What is known so far, by operation.
#[derive(Debug, Default)]
pub(super) struct Summaries(BTreeMap<String, Summarised>);

impl Summaries {
    /// Takes one summary line.
    pub(super) fn add(&mut self, name: &str, summary: &Summary) {
        let row = self.0.entry(name.to_owned()).or_insert_with(|| Summarised::new(name));
        row.windows += 1;
        row.count = row.count.saturating_add(summary.count);
        row.errors = row.errors.saturating_add(summary.errors);
        let stands_for = summary.count.saturating_mul(summary.sample);
        row.calls = row.calls.saturating_add(stands_for);
        row.min_ms = row.min_ms.min(Nanos(summary.min));
        row.max_ms = row.max_ms.max(Nanos(summary.max));
        row.p50_ms.widen(summary.p50);
        row.p90_ms.widen(summary.p90);
        row.p99_ms.widen(summary.p99);
        row.p999_ms.widen(summary.p999);
    }

    /// Most calls first, then by name.
    pub(super) fn finish(self) -> Vec<Summarised> {
        let mut rows: Vec<_> = self.0.into_values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.calls));
        rows
    }
}

impl Range {
    fn widen(&mut self, nanos: u64) {
        self.low = self.low.min(Nanos(nanos));
        self.high = self.high.max(Nanos(nanos));
    }
}

impl Summarised {
    fn new(name: &str) -> Self {
        let nothing = Range { low: Nanos(u64::MAX), high: Nanos(0) };
        Self {
            name: name.to_owned(),
            windows: 0,
            count: 0,
            calls: 0,
            errors: 0,
            min_ms: nothing.low,
            p50_ms: nothing,
            p90_ms: nothing,
            p99_ms: nothing,
            p999_ms: nothing,
            max_ms: nothing.high,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(count: u64, p50: u64, max: u64) -> Summary {
        let sample = if count == 3 { 64 } else { 1 };
        Summary {
            count,
            errors: 1,
            sample,
            min: 5,
            p50,
            p90: p50 + 1,
            p99: max,
            p999: max,
            max,
            mean: p50,
        }
    }

    #[test]
    fn percentiles_of_several_windows_are_ranges() {
        let mut summaries = Summaries::default();
        summaries.add("b", &summary(2, 10, 30));
        summaries.add("a", &summary(9, 10, 30));
        summaries.add("b", &summary(3, 20, 25));
        let rows = summaries.finish();
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        let row = &rows[0];
        assert_eq!((row.windows, row.count, row.calls, row.errors), (2, 5, 2 + 3 * 64, 2));
        assert_eq!((row.min_ms, row.max_ms), (Nanos(5), Nanos(30)));
        assert_eq!(row.p50_ms, Range { low: Nanos(10), high: Nanos(20) });
        assert_eq!(row.p99_ms, Range { low: Nanos(25), high: Nanos(30) });
    }
}
