//! Reading a directory of logs into a report.

use std::collections::BTreeMap;
use std::path::Path;

use audit_runtime::Timestamp;
use audit_runtime::layout::Compression;
use audit_runtime::read::{DirError, Entry, Fault, LogDir, Reason, Summary};

use super::model::{
    Category, Count, Covered, DEFINITION, ErrorRow, FaultRow, Group, Input, Operations, PeakHour,
    Report, SCHEMA, Timing,
};
use super::summaries::Summaries;
use crate::tally::{OUTCOMES, Tallies, ranked};
use crate::window::Window;

/// Faults are all counted; this many are listed.
const LISTED_FAULTS: usize = 100;
/// Busiest hours that are listed.
const PEAK_HOURS: usize = 3;

/// Reads all logs of `directory` and counts what lies inside `window`.
pub fn scan(directory: &Path, window: &Window) -> Result<Report, DirError> {
    let dir = LogDir::open(directory)?;
    let mut scan = Scan { window: *window, ..Scan::default() };
    let skipped = dir.skipped().iter().map(|path| path.display().to_string()).collect();
    let mut inputs = Vec::new();
    for file in dir.into_files() {
        let mut input = Input {
            path: file.path.display().to_string(),
            category: file.category.clone(),
            archived: file.archived,
            compressed: file.compression != Compression::None,
            bytes: file.bytes,
            lines: 0,
            malformed: 0,
            readable: true,
        };
        for line in file.into_lines() {
            let found = line.and_then(|line| {
                let entry = line.entry()?;
                scan.take(&input.category, &entry).map_err(|why| Fault {
                    path: line.path.clone(),
                    line: line.number,
                    offset: line.offset,
                    reason: Reason::Member(why),
                })
            });
            match found {
                Ok(()) => input.lines += 1,
                Err(fault) if fault.reason.is_line() => {
                    input.malformed += 1;
                    scan.fault(&fault);
                }
                Err(fault) => {
                    input.readable = false;
                    scan.fault(&fault);
                }
            }
        }
        inputs.push(input);
    }
    Ok(scan.finish(directory, inputs, skipped))
}

/// What is known so far.
#[derive(Debug, Default)]
struct Scan {
    window: Window,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    faults: Vec<FaultRow>,
    categories: BTreeMap<String, BTreeMap<String, u64>>,
    intents: u64,
    results: u64,
    other_lines: u64,
    by_operation: Tallies,
    by_agent: Tallies,
    by_user: Tallies,
    by_outcome: BTreeMap<&'static str, u64>,
    by_hour: [u64; 24],
    by_calendar_hour: BTreeMap<Timestamp, u64>,
    errors: BTreeMap<Option<String>, (u64, Option<String>)>,
    timings: Tallies,
    slow: BTreeMap<String, u64>,
    summaries: Summaries,
}

impl Scan {
    fn fault(&mut self, fault: &Fault) {
        if self.faults.len() < LISTED_FAULTS {
            self.faults.push(FaultRow {
                file: fault.path.display().to_string(),
                line: fault.line,
                offset: fault.offset,
                reason: fault.reason.to_string(),
            });
        }
    }

    /// Counts one line, or says why it cannot be counted; then nothing of it was.
    fn take(&mut self, category: &str, entry: &Entry<'_>) -> Result<(), String> {
        let line = Kind::of(category, entry)?;
        if !self.window.contains(entry.timestamp) {
            return Ok(());
        }
        let time = entry.timestamp;
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
        let levels = self.categories.entry(category.to_owned()).or_default();
        *levels.entry(entry.level.to_string()).or_default() += 1;
        match line {
            Kind::Operation { name, outcome } => self.operation(name, outcome, entry),
            Kind::Intent => self.intents += 1,
            Kind::OtherAudit => self.other_lines += 1,
            Kind::Timing { name, duration_us, outcome } => {
                self.timings.of(Some(name)).add(outcome, Some(duration_us));
                if entry.event == "slow" {
                    *self.slow.entry(name.to_owned()).or_default() += 1;
                }
            }
            Kind::Summary { name, summary } => self.summaries.add(name, summary),
            Kind::Other => {}
        }
        Ok(())
    }

    fn operation(&mut self, name: &str, outcome: usize, entry: &Entry<'_>) {
        let duration = entry.duration_us;
        self.results += u64::from(entry.phase.as_deref() == Some("result"));
        self.by_operation.of(Some(name)).add(Some(outcome), duration);
        self.by_agent.of(entry.agent.as_deref()).add(Some(outcome), duration);
        self.by_user.of(entry.user.as_deref()).add(Some(outcome), duration);
        let ended = OUTCOMES.get(outcome).copied().unwrap_or_default();
        *self.by_outcome.entry(ended).or_default() += 1;
        if let Some(hour) = self.by_hour.get_mut(hour_of_day(entry.timestamp)) {
            *hour += 1;
        }
        *self.by_calendar_hour.entry(start_of_hour(entry.timestamp)).or_default() += 1;
        if entry.error.is_some() || matches!(ended, "failure" | "denied" | "panicked") {
            let error = entry.error.clone().unwrap_or_default();
            let row = self.errors.entry(error.kind).or_insert((0, error.message));
            row.0 += 1;
        }
    }

    fn finish(self, directory: &Path, inputs: Vec<Input>, skipped: Vec<String>) -> Report {
        let hours = self.by_hour.iter().copied().enumerate().filter(|(_, count)| *count > 0);
        let peaks = ranked(hours.collect()).into_iter().take(PEAK_HOURS);
        let busiest = ranked(self.by_calendar_hour).into_iter().take(PEAK_HOURS);
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let malformed = inputs.iter().map(|input| input.malformed).sum();
        let unreadable = inputs.iter().filter(|input| !input.readable).count() as u64;
        let mut errors: Vec<_> = self.errors.into_iter().map(error_row).collect();
        errors.sort_by_key(|row| std::cmp::Reverse(row.count));
        let mut slow = self.slow;
        let timing = |calls: Group| {
            let slow = calls.name.as_ref().and_then(|name| slow.remove(name)).unwrap_or(0);
            Timing { calls, slow }
        };
        Report {
            schema: SCHEMA,
            directory: directory.display().to_string(),
            definition: DEFINITION,
            window: Covered {
                since: text(self.window.since),
                until: text(self.window.until),
                first: text(self.first),
                last: text(self.last),
            },
            complete: malformed == 0 && unreadable == 0,
            malformed,
            unreadable,
            faults: self.faults,
            inputs,
            skipped,
            categories: self.categories.into_iter().map(category_row).collect(),
            operations: Operations {
                total: self.by_outcome.values().sum(),
                intents: self.intents,
                results: self.results,
                other_lines: self.other_lines,
                by_operation: self.by_operation.finish(),
                by_agent: self.by_agent.finish(),
                by_user: self.by_user.finish(),
                by_outcome: ranked(self.by_outcome).into_iter().map(count).collect(),
                by_hour_utc: self.by_hour,
                peak_hours_utc: peaks.map(|(hour, count)| PeakHour { hour, count }).collect(),
                busiest: busiest.map(count).collect(),
            },
            errors,
            timings: self.timings.finish().into_iter().map(timing).collect(),
            summaries: self.summaries.finish(),
        }
    }
}

fn count((name, count): (impl ToString, u64)) -> Count {
    Count { name: name.to_string(), count }
}

fn error_row((kind, (count, example)): (Option<String>, (u64, Option<String>))) -> ErrorRow {
    ErrorRow { kind, count, example }
}

fn category_row((name, levels): (String, BTreeMap<String, u64>)) -> Category {
    Category { name, lines: levels.values().sum(), levels }
}

/// 0 to 23, UTC.
fn hour_of_day(time: Timestamp) -> usize {
    usize::try_from(time.civil().hour).unwrap_or_default()
}

fn start_of_hour(time: Timestamp) -> Timestamp {
    Timestamp(time.0.saturating_sub(time.0.rem_euclid(3_600_000_000_000)))
}

/// What a line is to a report.
enum Kind<'a> {
    Operation { name: &'a str, outcome: usize },
    Intent,
    OtherAudit,
    Timing { name: &'a str, duration_us: u64, outcome: Option<usize> },
    Summary { name: &'a str, summary: &'a Summary },
    Other,
}

impl<'a> Kind<'a> {
    fn of(category: &str, entry: &'a Entry<'_>) -> Result<Self, String> {
        match (category, &*entry.event) {
            ("audit", "operation") => match entry.phase.as_deref() {
                Some("intent") => name(entry).map(|_| Self::Intent),
                None | Some("result") => {
                    let outcome = outcome(entry)?.ok_or("an operation without `outcome`")?;
                    Ok(Self::Operation { name: name(entry)?, outcome })
                }
                Some(other) => Err(format!("unknown phase {other:?}")),
            },
            ("audit", _) => Ok(Self::OtherAudit),
            ("performance", "timing" | "slow") => Ok(Self::Timing {
                name: name(entry)?,
                duration_us: entry.duration_us.ok_or("a timing without `duration_ms`")?,
                outcome: outcome(entry)?,
            }),
            ("performance", "summary") => match &entry.summary {
                Some(summary) => Ok(Self::Summary { name: name(entry)?, summary }),
                None => Err("a summary of another category".to_owned()),
            },
            _ => Ok(Self::Other),
        }
    }
}

fn name<'a>(entry: &'a Entry<'_>) -> Result<&'a str, String> {
    entry.operation.as_deref().ok_or_else(|| format!("`{}` without `operation`", entry.event))
}

fn outcome(entry: &Entry<'_>) -> Result<Option<usize>, String> {
    let Some(found) = entry.outcome.as_deref() else { return Ok(None) };
    let known = OUTCOMES.iter().position(|known| *known == found);
    known.map(Some).ok_or_else(|| format!("unknown outcome {found:?}"))
}
