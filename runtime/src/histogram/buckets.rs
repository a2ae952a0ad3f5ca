//! Which bucket a duration falls into, and what a bucket stands for.

/// Each power of two has 2 to this many buckets.
const BITS: u32 = 4;
/// Durations from 2 to this many nanoseconds on share the last bucket.
const TOP: u32 = 43;
/// The last bucket.
pub(super) const OVERFLOW: usize = ((TOP - BITS + 1) as usize) << BITS;
/// How many buckets there are.
pub(super) const BUCKETS: usize = OVERFLOW + 1;

/// The bucket of a duration.
#[inline]
pub(super) const fn index(nanos: u64) -> usize {
    if nanos >> TOP != 0 {
        return OVERFLOW;
    }
    let shift = match nanos.checked_ilog2() {
        Some(log) if log >= BITS => log - BITS,
        // The first buckets are one nanosecond wide.
        _ => return bits(nanos),
    };
    // The leading one of the shifted value counts the powers of two on by one.
    ((shift as usize) << BITS) + bits(nanos >> shift)
}

/// The middle of a bucket; of the last one its beginning.
pub(super) const fn middle(index: usize) -> u64 {
    let group = index >> BITS;
    if group < 2 {
        return index as u64;
    }
    let shift = group - 1;
    let least = ((1 << BITS) + (index & ((1 << BITS) - 1)) as u64) << shift;
    if index == OVERFLOW { least } else { least + (1 << (shift - 1)) }
}

#[expect(clippy::cast_possible_truncation, reason = "at most BITS + 1 bits are left")]
const fn bits(nanos: u64) -> usize {
    nanos as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_one_another_without_a_gap() {
        let mut before = 0;
        for nanos in 0..100_000 {
            let found = index(nanos);
            assert!(found == before || found == before + 1, "{nanos}");
            before = found;
        }
        for bucket in 0..BUCKETS {
            assert_eq!(index(middle(bucket)), bucket);
        }
        assert_eq!(index((1 << TOP) - 1), OVERFLOW - 1);
        assert_eq!([index(1 << TOP), index(u64::MAX)], [OVERFLOW; 2]);
        assert_eq!(middle(OVERFLOW), 1 << TOP);
    }
}
