//! Histograms of durations with fixed memory and a bounded error.
//!
//! Log-linear buckets, as HdrHistogram and DDSketch have them: each power of two is cut into
//! 2⁴ = 16 buckets of equal width. A bucket that begins at `l` is at most `l / 16` wide, and a
//! percentile is given as its middle, so that the error is at most half a width: **1/32 = 3.125 %**
//! of the true value. Naming the upper edge instead, as is usual, would need 2⁵ buckets for the
//! same bound, and twice the memory. Below 16 ns each nanosecond has a bucket of its own; the
//! buckets end at 2⁴³ ns, about 2 h 26 min, and whatever takes longer shares one more, whose
//! percentiles are given as the longest duration seen. Count, sum, shortest and longest are exact.
//!
//! `buckets` maps durations to buckets, `plain` is a histogram as a value, `cells` one that a
//! thread writes while others read it.
//!
//! Never does: allocate after a histogram is made, lock, or read a clock.

mod buckets;
mod cells;
mod plain;

#[cfg(test)]
mod tests;

pub use cells::Cells;
pub use plain::Histogram;
