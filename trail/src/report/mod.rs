//! What happened according to a directory of logs: counts, durations, errors, and how much of the
//! input could be read.
//!
//! `model` is the report as data, `scan` fills it.

mod model;
mod scan;

pub use model::{
    Category, Count, Covered, Definition, ErrorRow, FaultRow, Group, Input, Millis, Operations,
    PeakHour, Report, SCHEMA, Spread, Timing,
};
pub use scan::scan;
