//! The figures of the same kind in `docs/performance.md`: they are those of today.

use crate::row::Row;

/// How many bytes another compiler may make more or less.
const SLACK: f64 = 16.0;

/// What stands in a table for each peer, in the order of its columns.
const TABLES: [(&str, &[&str]); 2] = [
    ("code_size", &["text added", "data added", "tables added"]),
    ("future_size", &["future added", "future added, 1 KiB argument"]),
];

/// A line for each measured figure that the page has not, or has otherwise.
pub(crate) fn differences(rows: &[Row], page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (bench, metrics) in TABLES {
        for row in rows.iter().filter(|row| row.bench == bench && row.metric == metrics[0]) {
            let figures = metrics.iter().filter_map(|metric| {
                let of = |other: &&Row| (other.bench, other.peer) == (bench, row.peer);
                rows.iter().filter(of).find(|other| other.metric == *metric)
            });
            let figures: Vec<f64> = figures.map(|row| row.value).collect();
            let says =
                |line: &str| written(line, row.peer).is_some_and(|told| near(&told, &figures));
            if !page.lines().any(says) {
                let figures: Vec<String> = figures.iter().map(|n| format!("{n} B")).collect();
                found.push(format!(
                    "docs/performance.md does not say of {}: {}",
                    row.peer,
                    figures.join(" | ")
                ));
            }
        }
    }
    found
}

fn near(told: &[f64], figures: &[f64]) -> bool {
    told.len() == figures.len()
        && told.iter().zip(figures).all(|(told, figure)| (told - figure).abs() <= SLACK)
}

/// The bytes of a table's row about that peer, whose attribute stands between backquotes.
fn written(line: &str, peer: &str) -> Option<Vec<f64>> {
    let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim);
    if cells.next()?.replace('`', "") != peer {
        return None;
    }
    cells.map(|cell| cell.strip_suffix(" B")?.replace(',', "").parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(bench: &'static str, metric: &'static str, value: f64) -> Row {
        Row { bench, peer: "#[timed]", threads: 1, metric, value, unit: "B", rounds: 1 }
    }

    #[test]
    fn a_page_that_tells_other_figures_is_found_out() {
        let rows = [
            row("code_size", "text added", 1128.0),
            row("code_size", "data added", 168.0),
            row("code_size", "tables added", 160.0),
            row("future_size", "future added", 0.0),
            row("future_size", "future added, 1 KiB argument", 0.0),
        ];
        let page = "| `#[timed]` | 1,120 B | 170 B | 160 B |\n| `#[timed]` | 0 B | 0 B |";
        assert_eq!(differences(&rows, page), [""; 0]);
        let older = page.replace("1,120", "1,192");
        let says = "docs/performance.md does not say of #[timed]: 1128 B | 168 B | 160 B";
        assert_eq!(differences(&rows, &older), [says]);
        assert_eq!(differences(&rows, "").len(), 2);
    }
}
