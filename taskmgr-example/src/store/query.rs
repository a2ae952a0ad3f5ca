//! Which tasks to list, and in which order.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use jiff::Timestamp;

use crate::task::{Priority, Status, Task, moment};

/// A request for a list of tasks.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Which tasks.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// Turn the order round.
    pub reverse: bool,
    /// At most so many.
    pub limit: Option<usize>,
}

/// Which tasks to list. Everything named must hold; several values of one name are alternatives,
/// except tags, which must all be there.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Filter {
    /// In one of these statuses.
    pub statuses: Vec<Status>,
    /// For this agent.
    pub agent: Option<String>,
    /// In the hands of this person.
    pub assignee: Option<String>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// Open and past its due date.
    pub overdue: bool,
    /// In `todo`, with every dependency complete.
    pub ready: bool,
    /// Blocked by status or by an open dependency.
    pub blocked: bool,
    /// Complete and cancelled tasks as well.
    pub all: bool,
}

/// What to sort by. Ties go by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    /// Critical first, then the earlier due date.
    #[default]
    Priority,
    /// By id.
    Id,
    /// Oldest first.
    Created,
    /// Longest untouched first.
    Updated,
    /// Earliest due date first, then those without.
    Due,
    /// By status, in the order of the life of a task.
    Status,
}

impl Query {
    /// The tasks asked for. `elsewhere` tells the status of a dependency not among `tasks`.
    pub(super) fn apply(
        &self,
        tasks: Vec<Task>,
        now: Timestamp,
        elsewhere: impl Fn(&str) -> Option<Status>,
    ) -> Vec<Task> {
        let keep: Vec<bool> = {
            let known: HashMap<&str, Status> =
                tasks.iter().map(|task| (task.id.as_str(), task.status)).collect();
            let satisfied = |task: &Task| {
                task.dependencies.iter().all(|id| {
                    let status = known.get(id.as_str()).copied().or_else(|| elsewhere(id));
                    status == Some(Status::Complete)
                })
            };
            tasks.iter().map(|task| self.filter.takes(task, now, &satisfied)).collect()
        };
        let mut keep = keep.into_iter();
        let mut tasks = tasks;
        tasks.retain(|_| keep.next().unwrap_or(false));
        tasks.sort_by(|a, b| self.order.compare(a, b).then_with(|| a.id.cmp(&b.id)));
        if self.reverse {
            tasks.reverse();
        }
        tasks.truncate(self.limit.unwrap_or(usize::MAX));
        tasks
    }
}

impl Filter {
    fn takes(&self, task: &Task, now: Timestamp, satisfied: &dyn Fn(&Task) -> bool) -> bool {
        let by_status = if self.statuses.is_empty() {
            self.all || task.status.is_open()
        } else {
            self.statuses.contains(&task.status)
        };
        let wanted = |want: &Option<String>, have: &Option<String>| {
            want.as_ref().is_none_or(|want| {
                have.as_ref().is_some_and(|have| have.eq_ignore_ascii_case(want))
            })
        };
        let overdue = || task.status.is_open() && task.due.as_ref().is_some_and(|d| d.passed(now));
        let blocked = || {
            matches!(task.status, Status::Blocked | Status::BlockedBy)
                || (task.status.is_open() && !satisfied(task))
        };
        by_status
            && wanted(&self.agent, &task.agent)
            && wanted(&self.assignee, &task.assignee)
            && self.priority.is_none_or(|priority| priority == task.priority)
            && self.tags.iter().all(|tag| task.tags.contains(tag))
            && (!self.overdue || overdue())
            && (!self.ready || (task.status == Status::Todo && satisfied(task)))
            && (!self.blocked || blocked())
    }
}

impl Order {
    fn compare(self, a: &Task, b: &Task) -> Ordering {
        let due = |task: &Task| task.due.as_ref().map_or(Timestamp::MAX, crate::task::Due::end);
        let time =
            |text: &Option<String>| text.as_deref().and_then(moment).unwrap_or(Timestamp::MIN);
        match self {
            Self::Priority => (Reverse(a.priority), due(a)).cmp(&(Reverse(b.priority), due(b))),
            Self::Id => Ordering::Equal,
            Self::Created => time(&a.created_at).cmp(&time(&b.created_at)),
            Self::Updated => time(&a.updated_at).cmp(&time(&b.updated_at)),
            Self::Due => due(a).cmp(&due(b)),
            Self::Status => a.status.cmp(&b.status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::Document;
    use crate::task::Defaults;

    fn tasks() -> Vec<Task> {
        [
            ("a", "status: todo\npriority: low\ndependencies: [d]\ntags: [x, y]\n"),
            ("b", "status: todo\npriority: critical\nagent: DEV\ndue_date: 2030-01-01\n"),
            ("c", "status: blocked\npriority: high\ntags: [x]\ndue_date: '2025-01-01'\n"),
            ("d", "status: complete\ndue_date: '2025-01-01'\n"),
            ("e", "status: todo\npriority: low\ndependencies: [gone]\n"),
            ("f", "status: todo\npriority: low\ndependencies: [archived]\n"),
        ]
        .into_iter()
        .map(|(id, extra)| {
            let text = format!("---\nid: {id}\ntitle: t\n{extra}---\n");
            let document = Document::parse(text.into_bytes()).unwrap();
            Task::read(&document, id, Defaults::default()).unwrap()
        })
        .collect()
    }

    fn ids(filter: Filter) -> String {
        let query = Query { filter, ..Query::default() };
        apply(&query)
    }

    fn apply(query: &Query) -> String {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let elsewhere = |id: &str| (id == "archived").then_some(Status::Complete);
        query.apply(tasks(), now, elsewhere).iter().map(|task| task.id.as_str()).collect()
    }

    #[test]
    fn filters_choose() {
        let none = Filter::default;
        assert_eq!(ids(none()), "bcaef");
        assert_eq!(ids(Filter { all: true, ..none() }), "bcdaef");
        assert_eq!(ids(Filter { statuses: vec![Status::Complete], ..none() }), "d");
        assert_eq!(ids(Filter { agent: Some("dev".into()), ..none() }), "b");
        assert_eq!(ids(Filter { priority: Some(Priority::Low), ..none() }), "aef");
        assert_eq!(ids(Filter { tags: vec!["x".into(), "y".into()], ..none() }), "a");
        assert_eq!(ids(Filter { overdue: true, all: true, ..none() }), "c");
        assert_eq!(ids(Filter { ready: true, ..none() }), "baf");
        assert_eq!(ids(Filter { blocked: true, ..none() }), "ce");
    }

    #[test]
    fn orders_sort() {
        let by = |order| apply(&Query { order, ..Query::default() });
        assert_eq!(by(Order::Priority), "bcaef");
        assert_eq!(by(Order::Id), "abcef");
        assert_eq!(by(Order::Due), "cbaef");
        assert_eq!(by(Order::Status), "cabef");
        let query = Query { order: Order::Id, reverse: true, limit: Some(2), ..Query::default() };
        assert_eq!(apply(&query), "fe");
    }
}
