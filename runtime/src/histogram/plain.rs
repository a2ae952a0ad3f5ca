//! A histogram as a value.

use super::buckets::{BUCKETS, OVERFLOW, index, middle};

/// How long calls took, in nanoseconds, and how many of them failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    pub(super) counts: Vec<u64>,
    pub(super) sum: u128,
    pub(super) errors: u64,
    /// `u64::MAX` while there is none.
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], sum: 0, errors: 0, min: u64::MAX, max: 0 }
    }
}

impl Histogram {
    /// Takes one call.
    pub fn record(&mut self, nanos: u64, failed: bool) {
        if let Some(count) = self.counts.get_mut(index(nanos)) {
            *count += 1;
        }
        self.sum += u128::from(nanos);
        self.errors += u64::from(failed);
        self.min = self.min.min(nanos);
        self.max = self.max.max(nanos);
    }

    /// Takes all calls of another one.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum += other.sum;
        self.errors += other.errors;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// The calls since an earlier reading of the same histogram; its shortest and longest are
    /// those of the calls since then.
    ///
    /// A reading can fall between the steps of a writer. What it then says of the shortest and
    /// longest is believed only where it agrees with the buckets; else it is the middle of the
    /// outermost bucket, within the bound of the percentiles.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let counts = self.counts.iter().zip(&earlier.counts);
        let counts: Vec<u64> = counts.map(|(now, then)| now.saturating_sub(*then)).collect();
        let outermost = |found: Option<usize>, told: u64| match found {
            Some(found) if found == index(told) => Some(told),
            found => found.map(middle),
        };
        Self {
            min: outermost(counts.iter().position(|n| *n > 0), self.min).unwrap_or(u64::MAX),
            max: outermost(counts.iter().rposition(|n| *n > 0), self.max).unwrap_or(0),
            sum: self.sum.saturating_sub(earlier.sum),
            errors: self.errors.saturating_sub(earlier.errors),
            counts,
        }
    }

    /// Forgets the shortest and longest: those of later calls are wanted.
    pub(crate) fn forget_extremes(&mut self) {
        (self.min, self.max) = (u64::MAX, 0);
    }

    /// How many calls.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many of them failed.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// How long all of them took.
    #[must_use]
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// The shortest; `None` without calls.
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        (self.count() > 0).then_some(self.min)
    }

    /// The longest; `None` without calls.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.count() > 0).then_some(self.max)
    }

    /// The mean, rounded down; `None` without calls.
    #[must_use]
    pub fn mean(&self) -> Option<u64> {
        let mean = self.sum.checked_div(u128::from(self.count()))?;
        // Between the shortest and the longest, also where a reading fell between two steps.
        Some(u64::try_from(mean).unwrap_or(u64::MAX).max(self.min).min(self.max))
    }

    /// The duration that so many per mille of the calls do not exceed, by nearest rank: number
    /// ⌈per mille · n / 1000⌉ in ascending order. `None` without calls.
    #[must_use]
    pub fn percentile(&self, per_mille: u32) -> Option<u64> {
        let count = self.count();
        let rank = (u128::from(count) * u128::from(per_mille)).div_ceil(1_000).max(1);
        if rank >= u128::from(count) {
            return self.max();
        }
        let mut passed = 0;
        let bucket = self.counts.iter().position(|n| {
            passed += u128::from(*n);
            passed >= rank
        })?;
        let found = if bucket == OVERFLOW { self.max } else { middle(bucket) };
        Some(found.max(self.min).min(self.max))
    }
}
