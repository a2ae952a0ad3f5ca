//! Clocks: of the processor, of a thread, of the process.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Time that the processor spent on this thread, in nanoseconds.
pub(super) fn of_thread() -> f64 {
    nanos(clock_gettime(ClockId::ThreadCPUTime))
}

/// Time that the processors spent on this process, in nanoseconds.
pub(super) fn of_process() -> f64 {
    nanos(clock_gettime(ClockId::ProcessCPUTime))
}

fn nanos(time: Timespec) -> f64 {
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// The value below which a share of the sorted `values` lies.
pub(super) fn percentile(sorted: &[u64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(f64::NAN, |value| *value as f64)
}

/// Says mean and percentiles of what one call took.
pub(super) fn tell_percentiles(mut nanos: Vec<u64>) {
    nanos.sort_unstable();
    super::tell("caller p50", percentile(&nanos, 0.5));
    super::tell("caller p99", percentile(&nanos, 0.99));
    super::tell("caller p99.9", percentile(&nanos, 0.999));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_has_its_share_below_it() {
        let values: Vec<u64> = (0..1000).collect();
        let of = |share| percentile(&values, share);
        assert_eq!([of(0.5), of(0.99), of(0.999), of(1.0)], [500.0, 990.0, 999.0, 999.0]);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
