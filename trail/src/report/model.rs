//! The report as data: what `--format json` writes, member by member.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Name and version of the JSON document; the number rises when a member changes its meaning.
pub const SCHEMA: &str = "audit-trail/report/1";

/// What happened, as far as it could be read.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The directory that was read.
    pub directory: String,
    /// How the numbers are meant.
    pub definition: Definition,
    /// The time covered.
    pub window: Covered,
    /// False when a line or a file could not be read: the counts are then lower bounds.
    pub complete: bool,
    /// Lines that could not be read, in all files, whatever their time.
    pub malformed: u64,
    /// Files that could not be read, or not to their end.
    pub unreadable: u64,
    /// The first faults, in the order of the files.
    pub faults: Vec<FaultRow>,
    /// Files read.
    pub inputs: Vec<Input>,
    /// Files that look like logs but are not ours, left out.
    pub skipped: Vec<String>,
    /// Lines by category and level.
    pub categories: Vec<Category>,
    /// Audited operations.
    pub operations: Operations,
    /// Errors of audited operations by type, most first.
    pub errors: Vec<ErrorRow>,
    /// Timed calls that wrote a line to the performance log, by operation, most first.
    pub timings: Vec<Timing>,
    /// Timed calls that are known from `summary` lines, by operation, most first. They are never
    /// mixed with `timings`; a slow call can be in both.
    pub summaries: Vec<Summarised>,
}

/// How the numbers are meant.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Definition {
    /// Percentiles.
    pub percentile: &'static str,
    /// What counts as an operation.
    pub operation: &'static str,
    /// What counts as an error.
    pub error: &'static str,
    /// What the percentiles of `summaries` are.
    pub summarised: &'static str,
    /// What the window takes in.
    pub window: &'static str,
}

pub(super) const DEFINITION: Definition = Definition {
    percentile: "nearest-rank, exact: the value at position ceil(p / 100 * n) of the n durations \
                 in ascending order, counted from 1; milliseconds",
    operation: "a line of the audit category with event \"operation\" whose phase is not \
                \"intent\"; hours are UTC, those in which calls began",
    error: "an operation whose outcome is failure, denied or panicked, or that carries `error`",
    summarised: "taken from summary lines, each within 3.2 % of the exact one; of several lines \
                 the least and the greatest, between which that of all calls lies; milliseconds",
    window: "since <= timestamp < until; malformed lines have no time and are always counted",
};

/// The time covered.
#[derive(Debug, Clone, Serialize)]
pub struct Covered {
    /// As asked for, inclusive; null without limit.
    pub since: Option<String>,
    /// As asked for, exclusive; null without limit.
    pub until: Option<String>,
    /// Time of the earliest line inside, of any category.
    pub first: Option<String>,
    /// Time of the latest line inside.
    pub last: Option<String>,
}

/// One place that could not be read.
#[derive(Debug, Clone, Serialize)]
pub struct FaultRow {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// Bytes from the start of the (decompressed) file to that line.
    pub offset: u64,
    /// What is wrong.
    pub reason: String,
}

/// One file.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Where it is.
    pub path: String,
    /// What it holds.
    pub category: String,
    /// False for the file being written.
    pub archived: bool,
    /// False when it is stored as it was written.
    pub compressed: bool,
    /// Size on the disk.
    pub bytes: u64,
    /// Well-formed lines, whatever their time.
    pub lines: u64,
    /// Lines that could not be read.
    pub malformed: u64,
    /// False when it could not be read to its end.
    pub readable: bool,
}

/// The lines of one category inside the window.
#[derive(Debug, Clone, Serialize)]
pub struct Category {
    /// Its name.
    pub name: String,
    /// How many lines.
    pub lines: u64,
    /// How many at each level.
    pub levels: BTreeMap<String, u64>,
}

/// Audited operations inside the window.
#[derive(Debug, Clone, Serialize)]
pub struct Operations {
    /// How many.
    pub total: u64,
    /// Intent records; they are not operations.
    pub intents: u64,
    /// Operations that are the end of an intent.
    pub results: u64,
    /// Other lines of the audit log, such as `logging_started`.
    pub other_lines: u64,
    /// By what was done.
    pub by_operation: Vec<Group>,
    /// By who did it.
    pub by_agent: Vec<Group>,
    /// By on whose behalf.
    pub by_user: Vec<Group>,
    /// By how they ended.
    pub by_outcome: Vec<Count>,
    /// By hour of the day in UTC: 24 numbers.
    pub by_hour_utc: [u64; 24],
    /// The busiest hours of the day, most first, then earliest.
    pub peak_hours_utc: Vec<PeakHour>,
    /// The busiest hours of the calendar, most first, then earliest.
    pub busiest: Vec<Count>,
}

/// Operations under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The name; null where lines give none.
    pub name: Option<String>,
    /// How many.
    pub count: u64,
    /// How they ended.
    pub outcomes: BTreeMap<String, u64>,
    /// How long they took; null where no line says.
    pub duration_ms: Option<Spread>,
}

/// A name and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The name.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// An hour of the day and its operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PeakHour {
    /// 0 to 23, UTC.
    pub hour: usize,
    /// How many operations.
    pub count: u64,
}

/// Errors of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorRow {
    /// The type; null where the line gives none.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// How many.
    pub count: u64,
    /// Text of the first.
    pub example: Option<String>,
}

/// Timed calls of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// Count, outcomes and durations.
    #[serde(flatten)]
    pub calls: Group,
    /// How many of them were marked slow.
    pub slow: u64,
}

/// Timed calls of one operation, known from summaries only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summarised {
    /// The operation.
    pub name: String,
    /// How many summaries there are.
    pub windows: u64,
    /// How many calls were measured.
    pub count: u64,
    /// How many calls those stand for, where one in so many is measured.
    pub calls: u64,
    /// How many of the measured ones are known to have failed.
    pub errors: u64,
    /// The shortest.
    pub min_ms: Nanos,
    /// Half took at most this.
    pub p50_ms: Range,
    /// Nine in ten took at most this.
    pub p90_ms: Range,
    /// 99 in a hundred took at most this.
    pub p99_ms: Range,
    /// 999 in a thousand took at most this.
    pub p999_ms: Range,
    /// The longest.
    pub max_ms: Nanos,
}

/// Between which a percentile lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Range {
    /// At least.
    pub low: Nanos,
    /// At most.
    pub high: Nanos,
}

/// Exact percentiles of durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many durations.
    pub count: u64,
    /// The shortest.
    pub min: Millis,
    /// Half took at most this.
    pub p50: Millis,
    /// Nine in ten took at most this.
    pub p90: Millis,
    /// 99 in a hundred took at most this.
    pub p99: Millis,
    /// The longest.
    pub max: Millis,
}

/// Nanoseconds, written as milliseconds with up to six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nanos(pub u64);

impl Serialize for Nanos {
    #[expect(clippy::cast_precision_loss, reason = "durations are read up to 9e15 ns, below 2^53")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1e6)
    }
}

/// Microseconds, written as milliseconds with up to three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Serialize for Millis {
    #[expect(clippy::cast_precision_loss, reason = "durations are read up to 4e15 µs, below 2^53")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1_000.0)
    }
}
