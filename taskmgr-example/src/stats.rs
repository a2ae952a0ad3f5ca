//! Counts over a store.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::error::Problem;
use crate::store::Listing;
use crate::task::{Priority, Status};

/// Counts over all tasks outside the archive.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Stats {
    /// All tasks.
    pub total: usize,
    /// Those neither complete nor cancelled.
    pub open: usize,
    /// Open ones past their due date.
    pub overdue: usize,
    /// Complete ones, in percent of those not cancelled.
    pub complete_percent: f64,
    /// Estimated hours of open tasks.
    pub estimated_hours_open: f64,
    /// Tasks by status, in the order of a task's life, zero included.
    pub by_status: Vec<(String, usize)>,
    /// Tasks by priority, critical first, zero included.
    pub by_priority: Vec<(String, usize)>,
    /// Tasks by agent, most first.
    pub by_agent: Vec<(String, usize)>,
    /// Tasks by tag, most first.
    pub by_tag: Vec<(String, usize)>,
    /// Files that could not be read.
    #[serde(skip)]
    pub problems: Vec<Problem>,
}

impl Stats {
    /// Counts the tasks of a listing at `now`.
    pub fn of(listing: Listing, now: Timestamp) -> Self {
        let tasks = &listing.tasks;
        let count = |status| tasks.iter().filter(|task| task.status == status).count();
        let open = tasks.iter().filter(|task| task.status.is_open());
        let not_cancelled = tasks.len() - count(Status::Cancelled);
        Self {
            total: tasks.len(),
            open: open.clone().count(),
            overdue: open
                .clone()
                .filter(|task| task.due.as_ref().is_some_and(|due| due.passed(now)))
                .count(),
            complete_percent: percent(count(Status::Complete), not_cancelled),
            // An empty sum of floats is -0.0.
            estimated_hours_open: open.filter_map(|task| task.estimated_hours).sum::<f64>() + 0.0,
            by_status: Status::ALL.map(|s| (s.word().to_owned(), count(s))).to_vec(),
            by_priority: Priority::ALL
                .into_iter()
                .rev()
                .map(|p| {
                    let count = tasks.iter().filter(|task| task.priority == p).count();
                    (p.word().to_owned(), count)
                })
                .collect(),
            by_agent: ranked(tasks.iter().map(|t| t.agent.as_deref().unwrap_or("-"))),
            by_tag: ranked(tasks.iter().flat_map(|t| t.tags.iter().map(String::as_str))),
            problems: listing.problems,
        }
    }
}

/// One decimal, 0 of nothing.
fn percent(part: usize, whole: usize) -> f64 {
    let tenths = (part * 1000 + whole / 2).checked_div(whole).unwrap_or(0);
    u32::try_from(tenths).map_or(0.0, |tenths| f64::from(tenths) / 10.0)
}

fn ranked<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut ranked: Vec<_> = counts.into_iter().map(|(n, count)| (n.to_owned(), count)).collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::Document;
    use crate::task::{Defaults, Task};

    #[test]
    fn tasks_are_counted() {
        let tasks = [
            "status: todo\nagent: A\nestimated_hours: 1.5\ndue_date: '2025-01-01'\ntags: [x]\n",
            "status: complete\nagent: B\nestimated_hours: 9\ntags: [x, y]\n",
            "status: cancelled\nagent: B\npriority: critical\n",
            "status: blocked\nestimated_hours: 2\n",
        ];
        let tasks = tasks.map(|extra| {
            let text = format!("---\ntitle: t\n{extra}---\n");
            let document = Document::parse(text.into_bytes()).unwrap();
            Task::read(&document, "t", Defaults::default()).unwrap()
        });
        let listing = Listing { tasks: tasks.to_vec(), ..Listing::default() };
        let stats = Stats::of(listing, "2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!((stats.total, stats.open, stats.overdue), (4, 2, 1));
        assert!((stats.complete_percent - 33.3).abs() < 1e-9);
        assert!((stats.estimated_hours_open - 3.5).abs() < 1e-9);
        let pair = |name: &str, count| (name.to_owned(), count);
        assert_eq!(stats.by_agent, [pair("B", 2), pair("-", 1), pair("A", 1)]);
        assert_eq!(stats.by_tag, [pair("x", 2), pair("y", 1)]);
        assert_eq!(stats.by_priority[0], pair("critical", 1));
        assert_eq!(stats.by_status[1], pair("blocked", 1));
    }

    #[test]
    fn nothing_is_zero() {
        let stats = Stats::of(Listing::default(), Timestamp::UNIX_EPOCH);
        let json = serde_json::to_string(&stats).unwrap();
        assert!(json.contains("\"estimated_hours_open\":0.0,"), "{json}");
        assert!(stats.complete_percent.abs() < 1e-9);
    }
}
