//! Tables of ratios, printed and written into the page between its markers.

use std::{fmt::Write as _, fs, io, path::Path};

use super::{
    figures::{GROWTH as TIMES, METRICS, OVER, value},
    plan::PIPELINED,
    verdicts::{self, Figure, Verdict},
};
use crate::{child::DISK, peers::RAW_FILE, row::Row, timed, ways::BARE};

const BEGIN: &str = "<!-- made by the bench; to renew it: cargo xtask bench --write -->";
const END: &str = "<!-- end of what the bench makes -->";

/// A column: its heading, and the figure in it.
struct Column {
    head: &'static str,
    bench: &'static str,
    threads: usize,
    metric: &'static str,
    /// As measured; else as a ratio to the peer that all are compared with.
    plain: bool,
}

const fn ratio(
    head: &'static str,
    bench: &'static str,
    threads: usize,
    metric: &'static str,
) -> Column {
    Column { head, bench, threads, metric, plain: false }
}

const fn plain(
    head: &'static str,
    bench: &'static str,
    threads: usize,
    metric: &'static str,
) -> Column {
    Column { head, bench, threads, metric, plain: true }
}

const WRITING: &[Column] = &[
    ratio("burst", "burst", 1, "caller"),
    ratio("2 threads", "burst", 2, "caller"),
    ratio("paced p50", "paced", 1, "caller p50"),
    ratio("p99", "paced", 1, "caller p99"),
    ratio("p99.9", "paced", 1, "caller p99.9"),
    ratio("2 threads, p99", "paced", 2, "caller p99"),
    ratio("sustained to file", "sustained", 1, "to file"),
    ratio("2 threads", "sustained", 2, "to file"),
    ratio("caller CPU", "sustained", 1, "caller CPU"),
    ratio("process CPU", "sustained", 1, "process CPU"),
];

const ROTATION: &[Column] = &[
    ratio("to file", "rotating", 1, "to file"),
    ratio("caller", "rotating", 1, "caller"),
    ratio("caller CPU", "rotating", 1, "caller CPU"),
    ratio("process CPU", "rotating", 1, "process CPU"),
];

const LOSS: &[Column] = &[
    plain("lost of 100, burst", "burst", 1, "lost share"),
    plain("sustained", "sustained", 1, "lost share"),
    plain("at exit", "loss on exit", 1, "lost share"),
    plain("records lost at SIGKILL", "loss on SIGKILL", 1, "lost"),
    plain("broken lines", "loss on SIGKILL", 1, "broken"),
    plain("allocations, caller", "memory", 1, "allocations of the caller"),
    plain("process", "memory", 1, "allocations of the process"),
    plain("peak KiB", "memory", 1, "peak memory"),
    ratio("set-up", "start", 1, "set-up"),
    ratio("whole process", "start", 1, "whole process"),
];

const GROWTH: &[Column] = &[
    ratio("16 B", "note of 16 B", 1, "caller CPU"),
    ratio("256 B", "note of 256 B", 1, "caller CPU"),
    ratio("4 KiB", "note of 4 KiB", 1, "caller CPU"),
    ratio("1 field", "1 field", 1, "caller CPU"),
    ratio("8 fields", "8 fields", 1, "caller CPU"),
    ratio("16 fields", "16 fields", 1, "caller CPU"),
    ratio("1 thread", "growth", 1, "caller CPU"),
    ratio("4 threads", "growth", 4, "caller CPU"),
    ratio("16 threads", "growth", 16, "caller CPU"),
    ratio("64 threads", "growth", 64, "caller CPU"),
    plain("64, times 1 thread", "growth", 64, TIMES),
];

const TIMED: &[Column] = &[
    ratio("1 thread", "timed", 1, "call"),
    ratio("2 threads", "timed", 2, "call"),
    plain("allocations", "timed", 1, "allocations"),
    plain("peak KiB", "timed", 1, "peak memory"),
];

const DISABLED: &[Column] =
    &[plain("ns a call", "disabled", 1, "call"), plain("over the bare call", "disabled", 1, OVER)];

const SYNCED: &[Column] = &[
    ratio("1 thread, p50", "synced", 1, "wait p50"),
    ratio("p99", "synced", 1, "wait p99"),
    ratio("128 threads, records/s", "synced", 128, "synced"),
    ratio("p50", "synced", 128, "wait p50"),
    ratio("pipelined, records/s", PIPELINED, 1, "synced"),
];

/// All tables, as Markdown.
pub(super) fn tables(rows: &[Row], verdicts: &[Verdict]) -> String {
    let ours = verdicts::ours(rows);
    let mut text = String::new();
    let rounds = rows.iter().filter(|row| row.bench == "burst").map(|row| row.rounds).max();
    let _ = writeln!(text, "\nMedians; rounds: {}.", rounds.unwrap_or_default());
    for (title, columns, base) in [
        ("Writing records", WRITING, ours),
        ("Into files that are rotated, directly", ROTATION, RAW_FILE),
        ("Losses, memory, start", LOSS, ours),
        ("Size of a record, number of fields, number of threads", GROWTH, ours),
        ("Timing calls", TIMED, timed::SUMMARY),
        ("Disabled call sites", DISABLED, BARE),
        ("Synced records", SYNCED, DISK),
    ] {
        table(&mut text, title, columns, base, rows);
    }
    let _ = write!(
        text,
        "\n### Targets\n\n| what | target | measured | |\n| --- | --- | --- | --- |\n"
    );
    for verdict in verdicts {
        let Verdict { what, target, unit, .. } = verdict;
        let figure = verdict.figure.map(|Figure { middle, beside }| {
            format!("{} ({})", measured(middle, unit), measured(beside, unit))
        });
        let figure = figure.unwrap_or_default();
        let _ = writeln!(text, "| {what} | {target} | {figure} | {} |", verdict.word());
    }
    let _ = write!(text, "\n### Metrics\n\n| metric | unit | meaning |\n| --- | --- | --- |\n");
    for metric in METRICS {
        let (name, unit, says) = (metric.name, metric.unit, metric.says);
        let _ = writeln!(text, "| `{name}` | {unit} | {says} |");
    }
    text
}

fn table(text: &mut String, title: &str, columns: &[Column], base: &str, rows: &[Row]) {
    let of = |column: &Column, row: &Row| {
        (row.bench, row.threads, row.metric) == (column.bench, column.threads, column.metric)
    };
    let columns: Vec<&Column> =
        columns.iter().filter(|column| rows.iter().any(|row| of(column, row))).collect();
    let mut peers: Vec<&str> = Vec::new();
    for row in rows {
        if !peers.contains(&row.peer) && columns.iter().any(|column| of(column, row)) {
            peers.push(row.peer);
        }
    }
    // The one that all are compared with comes first.
    peers.sort_by_key(|peer| *peer != base);
    let heads: Vec<&str> = columns.iter().map(|column| column.head).collect();
    let _ = write!(
        text,
        "\n### {title}\n\n| | {} |\n| --- |{}\n",
        heads.join(" | "),
        " --- |".repeat(heads.len())
    );
    for peer in peers {
        let cells: Vec<String> =
            columns.iter().map(|column| cell(column, peer, base, rows)).collect();
        let _ = writeln!(text, "| {peer} | {} |", cells.join(" | "));
    }
}

/// What stands in a column for a peer: how many times dearer or slower than the base it is, in the
/// medians, and in parentheses in the best rounds. The base itself is as measured.
fn cell(column: &Column, peer: &str, base: &str, rows: &[Row]) -> String {
    let Column { bench, threads, plain, .. } = *column;
    let at = |peer, metric| value(rows, bench, threads, peer, metric);
    let Some(middle) = at(peer, column.metric) else { return String::new() };
    let Some(metric) = METRICS.iter().find(|known| known.name == column.metric) else {
        return short(middle);
    };
    let beside = at(peer, metric.beside);
    if plain {
        let worst = beside.filter(|worst| metric.most && *worst > middle);
        let worst = worst.map(|worst| format!(" ({})", short(worst)));
        return short(middle) + &worst.unwrap_or_default();
    }
    let lost = at(peer, "lost share").filter(|share| *share > 0.0);
    let lost = lost.map(|share| format!(", {} % lost", short(share))).unwrap_or_default();
    if peer == base {
        return measured(middle, metric.unit) + &lost;
    }
    let dearer = |name| {
        let (own, other) = (at(peer, name)?, at(base, name)?);
        Some(short(if metric.more { other / own } else { own / other }))
    };
    match (dearer(metric.name), dearer(metric.beside)) {
        (Some(middle), Some(best)) => format!("{middle} ({best}){lost}"),
        _ => String::new(),
    }
}

/// A figure with its unit, in the unit of time that suits it.
fn measured(value: f64, unit: &str) -> String {
    let nanos = match unit {
        "ns/record" | "ns/call" => value,
        "µs" => value * 1e3,
        _ => return format!("{}{}", short(value), unit.trim_start_matches('1')),
    };
    match nanos {
        ..1e3 => format!("{} ns", short(nanos)),
        ..1e6 => format!("{} µs", short(nanos / 1e3)),
        _ => format!("{} ms", short(nanos / 1e6)),
    }
}

/// Two or three digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => "–".to_owned(),
        1e6.. => format!("{:.2} M", value / 1e6),
        1e4.. => format!("{:.0} k", value / 1e3),
        100.0.. => format!("{value:.0}"),
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        0.1.. => format!("{value:.2}"),
        0.0005.. => format!("{value:.3}"),
        _ => "0".to_owned(),
    }
}

/// Puts the tables between the markers of the page.
pub(super) fn write(page: &Path, tables: &str) -> io::Result<()> {
    let text = fs::read_to_string(page)?;
    let new = between(&text, tables).ok_or_else(|| {
        io::Error::other(format!("{} lacks the markers {BEGIN} and {END}", page.display()))
    })?;
    fs::write(page, new)
}

fn between(text: &str, tables: &str) -> Option<String> {
    let (head, rest) = text.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}\n{tables}\n{END}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::DIRECT;

    fn rows() -> Vec<Row> {
        let row = |bench, peer, metric, value| Row {
            bench,
            peer,
            threads: 1,
            metric,
            value,
            unit: "",
            rounds: 1,
        };
        let of = |peer, caller, fastest, to_file| {
            [
                row("burst", peer, "caller", caller),
                row("burst", peer, "caller, min", fastest),
                row("sustained", peer, "to file", to_file),
                row("sustained", peer, "to file, max", to_file * 2.0),
            ]
        };
        let mut rows = [of("other", 300.0, 80.0, 5e5), of(DIRECT, 100.0, 40.0, 1e6)].concat();
        rows.push(row("sustained", "other", "lost share", 12.5));
        rows
    }

    #[test]
    fn a_peer_is_compared_with_ours_and_its_loss_stands_beside() {
        let tables = tables(&rows(), &[]);
        let lines: Vec<&str> = tables.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(lines[0], "| | burst | sustained to file |");
        assert_eq!(lines[2], "| audited (direct) | 100 ns | 1.00 M/s |");
        assert_eq!(lines[3], "| other | 3 (2) | 2 (2), 12.5 % lost |");
    }

    #[test]
    fn a_verdict_shows_the_median_and_the_best_round() {
        let tables = tables(&rows(), &verdicts::of(&rows()));
        let of = |target| tables.lines().find(|line| line.contains(target));
        let line = "| `#[audited]`, 8 fields, burst: mean of the caller | ≤ 60 ns | 100 ns (40 ns) | missed |";
        assert_eq!(of("≤ 60 ns"), Some(line));
        assert_eq!(
            of("≤ 1,000 µs"),
            Some("| set-up of a short command | ≤ 1,000 µs |  | not measured |")
        );
    }

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let page = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(between(&page, "new"), Some(format!("a\n{BEGIN}\nnew\n{END}\nb\n")));
        assert_eq!(between("a", "new"), None);
    }

    #[test]
    fn figures_have_few_digits() {
        let shown =
            [0.0, 0.0004, 0.0123, 0.123, 1.0, 4.56, 12.34, 123.4, 12_345.0, 1_234_567.0, f64::NAN]
                .map(short);
        assert_eq!(
            shown,
            ["0", "0", "0.012", "0.12", "1", "4.56", "12.3", "123", "12 k", "1.23 M", "–"]
        );
    }
}
