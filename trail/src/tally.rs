//! Counting: groups of operations and exact percentiles of their durations.

use std::collections::{BTreeMap, HashMap};

use crate::report::{Group, Millis, Spread};

/// Every way an operation can end, as lines write it.
pub(crate) const OUTCOMES: [&str; 7] =
    ["success", "failure", "none", "denied", "panicked", "cancelled", "unfinished"];

/// Counts under one name.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    count: u64,
    outcomes: [u64; OUTCOMES.len()],
    durations_us: Vec<u64>,
}

impl Tally {
    /// Takes one call: the position of its outcome in [`OUTCOMES`] and its duration, where known.
    pub(crate) fn add(&mut self, outcome: Option<usize>, duration_us: Option<u64>) {
        self.count += 1;
        if let Some(slot) = outcome.and_then(|outcome| self.outcomes.get_mut(outcome)) {
            *slot += 1;
        }
        self.durations_us.extend(duration_us);
    }

    fn finish(mut self, name: Option<String>) -> Group {
        let outcomes = OUTCOMES.iter().zip(self.outcomes).filter(|(_, count)| *count > 0);
        Group {
            name,
            count: self.count,
            outcomes: outcomes.map(|(name, count)| ((*name).to_owned(), count)).collect(),
            duration_ms: spread(&mut self.durations_us),
        }
    }
}

/// Tallies by name; calls without one stand apart, so that no name can be mistaken for it.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    named: HashMap<String, Tally>,
    unnamed: Tally,
}

impl Tallies {
    pub(crate) fn of(&mut self, name: Option<&str>) -> &mut Tally {
        let Some(name) = name else { return &mut self.unnamed };
        self.named.entry(name.to_owned()).or_default()
    }

    /// Most first, then by name.
    pub(crate) fn finish(self) -> Vec<Group> {
        let named = self.named.into_iter().map(|(name, tally)| tally.finish(Some(name)));
        let mut groups: Vec<_> = named.collect();
        if self.unnamed.count > 0 {
            groups.push(self.unnamed.finish(None));
        }
        groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        groups
    }
}

/// Counts by name, most first, then by name.
pub(crate) fn ranked<K: Ord>(counts: BTreeMap<K, u64>) -> Vec<(K, u64)> {
    let mut rows: Vec<_> = counts.into_iter().collect();
    // Stable: equal counts stay in the order of their names.
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    rows
}

/// Exact percentiles; sorts `values`.
pub(crate) fn spread(values: &mut [u64]) -> Option<Spread> {
    values.sort_unstable();
    Some(Spread {
        count: values.len() as u64,
        min: Millis(*values.first()?),
        p50: Millis(nearest_rank(values, 50)?),
        p90: Millis(nearest_rank(values, 90)?),
        p99: Millis(nearest_rank(values, 99)?),
        max: Millis(*values.last()?),
    })
}

/// The smallest value that at least `percent` of all values do not exceed: number
/// ⌈percent · n / 100⌉ in ascending order.
fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example that definitions of the nearest rank are usually explained with.
    #[test]
    fn known_percentiles() {
        let sorted = [15, 20, 35, 40, 50];
        let at = |percent| nearest_rank(&sorted, percent);
        assert_eq!([at(5), at(30), at(40), at(50), at(100)], [15, 20, 20, 35, 50].map(Some));
        assert_eq!(nearest_rank(&[], 50), None);
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!([50, 90, 99].map(|p| nearest_rank(&hundred, p)), [50, 90, 99].map(Some));
        let more: Vec<u64> = (1..=101).collect();
        assert_eq!([50, 90, 99].map(|p| nearest_rank(&more, p)), [51, 91, 100].map(Some));
    }

    proptest! {
        /// The definition itself, searched for instead of computed.
        #[test]
        fn percentiles_fit_their_definition(mut values in proptest::collection::vec(0_u64..50, 1..300)) {
            let found = spread(&mut values.clone()).unwrap();
            values.reverse();
            for (percent, Millis(value)) in [(50, found.p50), (90, found.p90), (99, found.p99)] {
                let smallest = (0_u64..50)
                    .find(|v| values.iter().filter(|x| *x <= v).count() * 100 >= percent * values.len());
                prop_assert_eq!(Some(value), smallest);
            }
            prop_assert_eq!(Some(&found.max.0), values.iter().max());
            prop_assert_eq!(Some(&found.min.0), values.iter().min());
        }
    }

    #[test]
    fn groups_come_most_first_and_the_nameless_stand_apart() {
        let mut tallies = Tallies::default();
        for name in [Some("b"), Some("a"), None, Some("c"), Some("c"), Some("")] {
            tallies.of(name).add(Some(0), None);
        }
        let groups = tallies.finish();
        let rows: Vec<_> = groups.iter().map(|g| (g.name.as_deref(), g.count)).collect();
        assert_eq!(
            rows,
            [(Some("c"), 2), (None, 1), (Some(""), 1), (Some("a"), 1), (Some("b"), 1)]
        );
    }
}
