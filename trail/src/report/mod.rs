//! What happened according to a directory of logs: counts, durations, errors, and how much of the
//! input could be read.
//!
//! `model` is the report as data, `scan` fills it, `summaries` adds up what is known in sum only.

mod model;
mod scan;
mod summaries;

pub use model::{
    Category, Count, Covered, Definition, ErrorRow, FaultRow, Group, Input, Millis, Nanos,
    Operations, PeakHour, Range, Report, SCHEMA, Spread, Summarised, Timing,
};
pub use scan::scan;
