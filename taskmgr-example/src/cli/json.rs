//! What `--json` writes: one document with `schema_version` and `kind`, absent scalars null,
//! absent lists empty.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::Error;
use crate::error::Problem;
use crate::task::{Priority, Status, Task, TaskId};

/// A task, field by field.
#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    title: &'a str,
    description: Option<&'a str>,
    agent: Option<&'a str>,
    assignee: Option<&'a str>,
    status: Status,
    priority: Priority,
    created_at: Option<&'a str>,
    updated_at: Option<&'a str>,
    due_date: Option<&'a str>,
    dependencies: &'a [String],
    tags: &'a [String],
    notes: Option<&'a str>,
    estimated_hours: Option<f64>,
    actual_hours: Option<f64>,
    status_timestamps: BTreeMap<&'a str, &'a str>,
}

fn view(task: &Task) -> View<'_> {
    View {
        id: task.id.as_str(),
        title: &task.title,
        description: task.description.as_deref(),
        agent: task.agent.as_deref(),
        assignee: task.assignee.as_deref(),
        status: task.status,
        priority: task.priority,
        created_at: task.created_at.as_deref(),
        updated_at: task.updated_at.as_deref(),
        due_date: task.due.as_ref().map(crate::task::Due::as_str),
        dependencies: &task.dependencies,
        tags: &task.tags,
        notes: task.notes.as_deref(),
        estimated_hours: task.estimated_hours,
        actual_hours: task.actual_hours,
        status_timestamps: task
            .status_timestamps
            .iter()
            .map(|(word, at)| (word.as_str(), at.as_str()))
            .collect(),
    }
}

/// A task as a JSON object.
pub(super) fn task(task: &Task) -> Value {
    // Strings, numbers that YAML gave us and lists of them: all of it has a JSON form.
    serde_json::to_value(view(task)).unwrap_or_default()
}

/// A task as one line of JSON, fields in their order.
pub(super) fn task_line(task: &Task) -> String {
    serde_json::to_string(&view(task)).unwrap_or_default()
}

/// A document of that kind; `members` is an object that is not empty.
pub(super) fn document(kind: &str, members: &Value) -> Vec<u8> {
    let members = members.to_string();
    let members = members.strip_prefix('{').unwrap_or("}");
    format!("{{\"schema_version\":1,\"kind\":\"{kind}\",{members}\n").into_bytes()
}

/// A list of tasks; written straight from the tasks, as it may be long.
pub(super) fn task_list(tasks: &[Task], problems: &[Problem]) -> Vec<u8> {
    let mut out = b"{\"schema_version\":1,\"kind\":\"task-list\",\"tasks\":[".to_vec();
    for (n, task) in tasks.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        out.extend_from_slice(task_line(task).as_bytes());
    }
    out.extend_from_slice(b"],\"problems\":");
    out.extend_from_slice(problems_value(problems).to_string().as_bytes());
    out.extend_from_slice(b"}\n");
    out
}

/// Files that were skipped.
pub(super) fn problems_value(problems: &[Problem]) -> Value {
    problems.iter().map(problem).collect()
}

fn problem(problem: &Problem) -> Value {
    json!({
        "path": problem.path.display().to_string(),
        "line": problem.place.map(|(line, _)| line),
        "column": problem.place.map(|(_, column)| column),
        "message": problem.message,
    })
}

/// An error, for stderr.
pub(super) fn error(error: &Error) -> String {
    json!({"error": {
        "code": error.code(),
        "message": error.to_string(),
        "task": error.task().map(TaskId::as_str),
        "hint": error.hint(),
    }})
    .to_string()
}
