//! Timed calls as numbers: a histogram for each operation, and gauges beside them.
//!
//! `slot` is where a call is counted: each thread has cells of its own for each site, found by
//! number in a thread-local table and registered once with the site's `entry`. `collector` takes
//! the difference to what was told before, every so often on a thread of its own and once at the
//! end, and `lines` writes it. `gauges` are caches and memory, `names` finds what has no call site
//! of its own, `sample` decides which calls of a sampled site are measured.
//!
//! Never does: lock, allocate or wait where a call is counted, once its thread knows the site.

mod collector;
mod entry;
mod gauges;
mod lines;
mod names;
mod sample;
mod slot;

#[cfg(test)]
mod tests;

pub use collector::{configure, flush_summaries, mode, stop};
pub use gauges::{Cache, cache, memory};
pub use names::{Known, Names};
pub use sample::drawn;
pub use slot::Slot;

// What a panic left behind is whole, as nothing here panics between two steps.
use crate::wait::lock;
