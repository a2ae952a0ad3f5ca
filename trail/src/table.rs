//! A report for people.

use std::fmt::Write;

use crate::escape::printable;
use crate::report::{Group, Millis, Nanos, Range, Report, Spread};
use crate::tally::OUTCOMES;

/// Longer lists and names are cut here and say so; JSON has them whole.
const ROWS: usize = 20;
const NAME_CHARS: usize = 60;
const BAR: u64 = 40;

/// The report as text; `color` marks titles and what went wrong.
pub fn render(report: &Report, color: bool) -> String {
    let mut page = Page { text: String::new(), color };
    let operations = &report.operations;
    page.heading(report);
    page.groups("OPERATION", &operations.by_operation, true);
    page.groups("AGENT", &operations.by_agent, false);
    page.groups("USER", &operations.by_user, false);
    page.hours(report);
    page.errors(report);
    page.timings(report);
    page.summaries(report);
    page.categories(report);
    page.inputs(report);
    page.text
}

struct Page {
    text: String,
    color: bool,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn painted(&mut self, code: &str, text: &str) {
        if self.color {
            self.line(&format!("\x1b[{code}m{text}\x1b[0m"));
        } else {
            self.line(text);
        }
    }

    fn title(&mut self, text: &str) {
        self.text.push('\n');
        self.painted("1", text);
    }

    /// A table under its header; numbers to the right, text to the left.
    fn grid(&mut self, header: &[String], rows: &[Vec<String>]) {
        let shown = || rows.iter().take(ROWS);
        let width = |column: usize| {
            let cells = shown().filter_map(|row| row.get(column)).chain(header.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        let lay = |cells: &[String]| {
            let mut line = String::new();
            for ((cell, width), title) in cells.iter().zip(&widths).zip(header) {
                // Writing to a string cannot fail.
                let _ = match title.as_str() {
                    _ if line.is_empty() => write!(line, "{cell:<width$}"),
                    EXAMPLE => write!(line, "  {cell}"),
                    _ => write!(line, "  {cell:>width$}"),
                };
            }
            line
        };
        self.title(&lay(header));
        for row in shown() {
            self.line(&lay(row));
        }
        if rows.len() > ROWS {
            self.line(&format!("… and {} more; --format json lists all", rows.len() - ROWS));
        }
    }

    fn heading(&mut self, report: &Report) {
        let operations = &report.operations;
        let total = operations.total;
        let noun = if total == 1 { "operation" } else { "operations" };
        self.painted("1", &format!("{total} {noun} in {}", printable(&report.directory)));
        let ended: Vec<_> =
            operations.by_outcome.iter().map(|row| format!("{} {}", row.count, row.name)).collect();
        if !ended.is_empty() {
            self.line(&ended.join(", "));
        }
        let window = &report.window;
        if let (Some(first), Some(last)) = (&window.first, &window.last) {
            self.line(&format!("lines from {first} to {last}"));
        }
        let limit = |side: &Option<String>| side.clone().unwrap_or_else(|| "…".to_owned());
        if window.since.is_some() || window.until.is_some() {
            let (since, until) = (limit(&window.since), limit(&window.until));
            self.line(&format!("window from {since} up to {until}"));
        }
        if !report.complete {
            let text = format!(
                "INCOMPLETE: {} malformed, {} not read to the end; counts are lower bounds",
                plural(report.malformed, "line"),
                plural(report.unreadable, "file"),
            );
            self.painted("31", &text);
        }
    }

    fn groups(&mut self, title: &str, groups: &[Group], durations: bool) {
        if groups.is_empty() {
            return;
        }
        let outcomes: Vec<&str> = OUTCOMES
            .into_iter()
            .filter(|outcome| groups.iter().any(|group| group.outcomes.contains_key(*outcome)))
            .collect();
        let mut header = vec![title.to_owned(), "COUNT".to_owned()];
        header.extend(outcomes.iter().map(|outcome| outcome.to_uppercase()));
        if durations {
            header.extend(SPREAD.map(str::to_owned));
        }
        let row = |group: &Group| {
            let mut row = vec![name(group.name.as_deref()), group.count.to_string()];
            let count = |outcome: &&str| group.outcomes.get(*outcome).copied().unwrap_or(0);
            row.extend(outcomes.iter().map(|outcome| count(outcome).to_string()));
            if durations {
                row.extend(spread(group.duration_ms));
            }
            row
        };
        self.grid(&header, &groups.iter().map(row).collect::<Vec<_>>());
    }

    fn hours(&mut self, report: &Report) {
        let operations = &report.operations;
        let Some(peak) = operations.peak_hours_utc.first() else { return };
        let peaks: Vec<_> =
            operations.peak_hours_utc.iter().map(|row| format!("{:02}:00", row.hour)).collect();
        self.title(&format!("HOUR (UTC), busiest {}", peaks.join(", ")));
        let busy = operations.by_hour_utc.iter().enumerate().filter(|(_, count)| **count > 0);
        let width = peak.count.to_string().len();
        for (hour, count) in busy {
            let bar = (count * BAR).div_ceil(peak.count);
            let bar = "#".repeat(usize::try_from(bar).unwrap_or_default());
            self.line(&format!("{hour:02}:00  {count:>width$}  {bar}"));
        }
    }

    fn errors(&mut self, report: &Report) {
        if report.errors.is_empty() {
            return;
        }
        let header = ["ERROR", "COUNT", EXAMPLE].map(str::to_owned);
        let rows = report.errors.iter().map(|row| {
            let example = row.example.as_deref().unwrap_or_default();
            vec![name(row.kind.as_deref()), row.count.to_string(), name(Some(example))]
        });
        self.grid(&header, &rows.collect::<Vec<_>>());
    }

    fn timings(&mut self, report: &Report) {
        if report.timings.is_empty() {
            return;
        }
        let mut header = vec!["TIMING".to_owned(), "COUNT".to_owned(), "SLOW".to_owned()];
        header.extend(SPREAD.map(str::to_owned));
        let rows = report.timings.iter().map(|row| {
            let timed = &row.calls;
            let count = timed.count.to_string();
            let mut cells = vec![name(timed.name.as_deref()), count, row.slow.to_string()];
            cells.extend(spread(timed.duration_ms));
            cells
        });
        self.grid(&header, &rows.collect::<Vec<_>>());
    }

    fn summaries(&mut self, report: &Report) {
        if report.summaries.is_empty() {
            return;
        }
        let header = [
            "SUMMARISED",
            "CALLS",
            "MEASURED",
            "ERRORS",
            "P50 MS",
            "P90 MS",
            "P99 MS",
            "P999 MS",
            "MAX MS",
        ];
        let rows = report.summaries.iter().map(|row| {
            let mut cells = vec![name(Some(&row.name))];
            cells.extend([row.calls, row.count, row.errors].map(|n| n.to_string()));
            cells.extend([row.p50_ms, row.p90_ms, row.p99_ms, row.p999_ms].map(range));
            cells.push(nanos(row.max_ms));
            cells
        });
        self.grid(&header.map(str::to_owned), &rows.collect::<Vec<_>>());
        self.line("from summaries, within 3.2 %; \"a-b\": of all calls between a and b");
        if !report.timings.is_empty() {
            self.line("calls with a line of their own, the slow ones, can be in both tables");
        }
    }

    fn categories(&mut self, report: &Report) {
        if report.categories.is_empty() {
            return;
        }
        let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];
        let mut header = vec!["LOG".to_owned(), "LINES".to_owned()];
        header.extend(levels.map(str::to_owned));
        let rows = report.categories.iter().map(|row| {
            let count = |level| row.levels.get(level).copied().unwrap_or(0).to_string();
            let mut cells = vec![name(Some(&row.name)), row.lines.to_string()];
            cells.extend(levels.map(count));
            cells
        });
        self.grid(&header, &rows.collect::<Vec<_>>());
    }

    fn inputs(&mut self, report: &Report) {
        let header = ["FILE", "BYTES", "LINES", "MALFORMED"].map(str::to_owned);
        let rows = report.inputs.iter().map(|input| {
            let [bytes, lines, bad] =
                [input.bytes, input.lines, input.malformed].map(|n| n.to_string());
            vec![printable(&input.path).into_owned(), bytes, lines, bad]
        });
        self.grid(&header, &rows.collect::<Vec<_>>());
        self.text.push('\n');
        let lines = report.inputs.iter().map(|input| input.lines).sum();
        self.line(&format!(
            "{} and {} read, {} malformed, {} not read to the end",
            plural(report.inputs.len() as u64, "file"),
            plural(lines, "line"),
            plural(report.malformed, "line"),
            plural(report.unreadable, "file"),
        ));
        self.line(
            "durations in milliseconds; percentiles by nearest rank, exact unless summarised",
        );
    }
}

/// The one column of text that is not the first.
const EXAMPLE: &str = "EXAMPLE";
const SPREAD: [&str; 4] = ["P50 MS", "P90 MS", "P99 MS", "MAX MS"];

fn spread(found: Option<Spread>) -> [String; 4] {
    match found {
        Some(found) => [found.p50, found.p90, found.p99, found.max].map(millis),
        None => ["-"; 4].map(str::to_owned),
    }
}

fn millis(Millis(us): Millis) -> String {
    format!("{}.{:03}", us / 1_000, us % 1_000)
}

/// Milliseconds to the microsecond; below one to the nanosecond.
fn nanos(Nanos(ns): Nanos) -> String {
    let (millis, rest) = (ns / 1_000_000, ns % 1_000_000);
    if millis == 0 && rest > 0 {
        format!("0.{rest:06}")
    } else {
        format!("{millis}.{:03}", rest / 1_000)
    }
}

fn range(Range { low, high }: Range) -> String {
    if low == high { nanos(low) } else { format!("{}-{}", nanos(low), nanos(high)) }
}

fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A name from a line, safe to print and not too long; a line without one has a dash.
fn name(name: Option<&str>) -> String {
    let Some(name) = name else { return "-".to_owned() };
    let safe = printable(name);
    match safe.char_indices().nth(NAME_CHARS) {
        Some((cut, _)) => format!("{}…", safe.get(..cut).unwrap_or_default()),
        None => safe.into_owned(),
    }
}
