//! The histogram against an oracle that keeps every duration.

use proptest::{collection::vec, prelude::*};

use super::{Cells, Histogram};

/// From single nanoseconds to centuries, all magnitudes alike.
fn durations() -> impl Strategy<Value = Vec<u64>> {
    vec((0_u32..64, any::<u64>()).prop_map(|(shift, bits)| bits >> shift), 1..200)
}

fn histogram(values: &[u64]) -> Histogram {
    let mut histogram = Histogram::default();
    for value in values {
        histogram.record(*value, value % 3 == 0);
    }
    histogram
}

fn nearest_rank(sorted: &[u64], per_mille: usize) -> u64 {
    sorted[(sorted.len() * per_mille).div_ceil(1_000).max(1) - 1]
}

/// Within 1/32 of the true value.
fn is_close(found: u64, exact: u64) -> bool {
    u128::from(found.abs_diff(exact)) * 32 <= u128::from(exact)
}

proptest! {
    #[test]
    fn percentiles_keep_the_bound(mut values in durations(), per_mille in 0_u32..=1_000) {
        let histogram = histogram(&values);
        values.sort_unstable();
        let exact = nearest_rank(&values, per_mille as usize);
        let found = histogram.percentile(per_mille).unwrap();
        if exact >> 43 == 0 {
            prop_assert!(is_close(found, exact), "{} for {}", found, exact);
        } else {
            prop_assert_eq!(found, *values.last().unwrap(), "the longest stands for what is too long");
        }
    }

    #[test]
    fn the_rest_is_exact(values in durations()) {
        let histogram = histogram(&values);
        let sum: u128 = values.iter().copied().map(u128::from).sum();
        prop_assert_eq!(histogram.count(), values.len() as u64);
        prop_assert_eq!(histogram.errors(), values.iter().filter(|v| *v % 3 == 0).count() as u64);
        prop_assert_eq!(histogram.sum(), sum);
        prop_assert_eq!(histogram.mean().map(u128::from), Some(sum / values.len() as u128));
        prop_assert_eq!(histogram.min(), values.iter().copied().min());
        prop_assert_eq!(histogram.max(), values.iter().copied().max());
    }

    #[test]
    fn to_merge_is_to_concatenate(one in durations(), other in durations()) {
        let mut merged = histogram(&one);
        merged.merge(&histogram(&other));
        prop_assert_eq!(merged, histogram(&[one, other].concat()));
    }

    #[test]
    fn readings_differ_by_what_came_between(one in durations(), other in durations()) {
        // As many as a clock gives: their sum fits.
        let nanos = |values: Vec<u64>| values.into_iter().map(|v| v >> 9).collect::<Vec<_>>();
        let (one, other) = (nanos(one), nanos(other));
        let cells = Cells::default();
        let record = |values: &[u64]| values.iter().for_each(|v| cells.record(*v, v % 3 == 0));
        record(&one);
        let first = cells.read();
        record(&other);
        let second = cells.read();
        prop_assert_eq!(first.since(&Histogram::default()), histogram(&one));
        prop_assert_eq!(second.since(&first), histogram(&other));
        let none = cells.read().since(&second);
        prop_assert_eq!((none.count(), none.errors(), none.sum()), (0, 0, 0));
    }

    #[test]
    fn extremes_of_another_reading_are_not_believed(
        values in vec(0_u64..1 << 43, 1..50),
        (min, max) in any::<(u64, u64)>(),
    ) {
        let mut told = histogram(&values);
        (told.min, told.max) = (min, max);
        let found = told.since(&Histogram::default());
        prop_assert!(is_close(found.min().unwrap(), *values.iter().min().unwrap()));
        prop_assert!(is_close(found.max().unwrap(), *values.iter().max().unwrap()));
    }
}

#[test]
fn nothing_has_no_percentiles() {
    let none = Histogram::default();
    assert_eq!([none.percentile(500), none.min(), none.max(), none.mean()], [None; 4]);
    assert_eq!((none.count(), none.sum()), (0, 0));
}

#[test]
fn the_ends_saturate() {
    let both = histogram(&[0, u64::MAX, u64::MAX]);
    assert_eq!([both.percentile(1), both.percentile(600)], [Some(0), Some(u64::MAX)]);
    assert_eq!(both.sum(), 2 * u128::from(u64::MAX));
}
