//! What the store said, in the format asked for.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::args::By;
use super::globals::{Format, GlobalArgs};
use super::logging::Settings;
use super::output::Output;
use super::{input, json, table};
use crate::search::Search;
use crate::store::{Folder, Listing, Shown, StatusRequest, Taken, TaskManager};
use crate::task::{Task, TaskId};
use crate::text::{block, joined, one_line};
use crate::{Error, import};

/// `taskmgr logs path`.
pub(super) fn log_paths(global: &GlobalArgs) -> Result<Output, Error> {
    let format = input::format(global, "logs path", &[Format::Text, Format::Json])?;
    let files: Vec<_> =
        Settings::of(global).files().iter().map(|path| path.display().to_string()).collect();
    let warnings = if files.is_empty() {
        vec!["no log files are written (--no-log, or AUDIT_LOG_DIR=off)".to_owned()]
    } else {
        Vec::new()
    };
    let data = match format {
        Format::Json => json::document("log-paths", &json!({"paths": files})),
        _ => joined(files.iter().map(|path| format!("{path}\n"))).into_bytes(),
    };
    Ok(Output { data, warnings, ..Output::default() })
}

pub(super) fn one_task(task: &Task, format: Format, text: impl Fn() -> String) -> Output {
    Output::data(match format {
        Format::Json => json::document("task", &json!({"task": json::task(task)})),
        _ => text().into_bytes(),
    })
}

pub(super) fn list(listing: &Listing, format: Format) -> Output {
    let tasks = &listing.tasks;
    let lines = |line: &dyn Fn(&Task) -> String| {
        tasks.iter().map(|task| line(task) + "\n").collect::<String>().into_bytes()
    };
    let data = match format {
        Format::Json => json::task_list(tasks, &listing.problems),
        Format::Jsonl => lines(&json::task_line),
        Format::Ids => lines(&|task| task.id.to_string()),
        Format::Csv => table::csv(tasks).into_bytes(),
        _ => table::tasks(tasks).into_bytes(),
    };
    Output { data, warnings: skipped(&listing.problems), ..Output::default() }
}

fn skipped(problems: &[crate::error::Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{problem} (task skipped)")).collect()
}

pub(super) fn show(manager: &TaskManager, ids: &[TaskId], format: Format) -> Output {
    let mut output = Output::default();
    let mut shown = Vec::new();
    for id in ids {
        match manager.show(id) {
            Ok(task) => shown.push(task),
            Err(error) => output.errors.push(error),
        }
    }
    let values = || shown.iter().map(shown_value);
    output.data = match format {
        Format::Raw => shown.iter().flat_map(|shown| shown.document.bytes()).copied().collect(),
        Format::Json if ids.len() > 1 => {
            let tasks: Vec<Value> = values().collect();
            json::document("task-list", &json!({"tasks": tasks, "problems": []}))
        }
        Format::Json => values()
            .next()
            .map(|task| json::document("task", &json!({"task": task})))
            .unwrap_or_default(),
        _ => shown.iter().map(shown_text).collect::<Vec<_>>().join("\n").into_bytes(),
    };
    output
}

fn shown_value(shown: &Shown) -> Value {
    let mut value = json::task(&shown.task);
    value["path"] = json!(shown.place.path.display().to_string());
    value["archived"] = json!(shown.place.archived);
    value["body"] = json!(String::from_utf8_lossy(shown.document.body()));
    value
}

fn shown_text(shown: &Shown) -> String {
    let task = &shown.task;
    let mut out = String::new();
    let list = |items: &[String]| (!items.is_empty()).then(|| items.join(", "));
    let hours = |hours: Option<f64>| hours.map(|hours| hours.to_string());
    let lines = [
        ("id", Some(task.id.to_string())),
        ("title", Some(task.title.clone())),
        ("status", Some(task.status.to_string())),
        ("priority", Some(task.priority.to_string())),
        ("agent", task.agent.clone()),
        ("assignee", task.assignee.clone()),
        ("due", task.due.as_ref().map(|due| due.as_str().to_owned())),
        ("depends on", list(&task.dependencies)),
        ("tags", list(&task.tags)),
        ("estimated", hours(task.estimated_hours)),
        ("actual", hours(task.actual_hours)),
        ("created", task.created_at.clone()),
        ("updated", task.updated_at.clone()),
        ("file", Some(shown.place.path.display().to_string())),
    ];
    // Writing to a String cannot fail.
    for (name, value) in lines.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        let _ = writeln!(out, "{name:<11} {}", one_line(&value));
    }
    let body = String::from_utf8_lossy(shown.document.body());
    let texts = [
        ("description", task.description.as_deref().unwrap_or_default()),
        ("notes", task.notes.as_deref().unwrap_or_default()),
        ("body", &body),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
        // A CRLF file's breaks are breaks, not control characters.
        let text = block(&text.trim().replace("\r\n", "\n"));
        let _ = writeln!(out, "\n{name}:\n{text}");
    }
    out
}

pub(super) fn status(
    manager: &TaskManager,
    id: &TaskId,
    request: &StatusRequest,
    format: Format,
) -> Result<Output, Error> {
    let change = manager.change_status(id, request)?;
    let data = if format == Format::Json {
        json::document(
            "status-change",
            &json!({
                "task": json::task(&change.task),
                "from": change.from,
                "to": change.status,
                "unblocked": change.unblocked,
            }),
        )
    } else {
        let mut text = format!("{id}: {} -> {}\n", change.from, change.status);
        for id in &change.unblocked {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{id}: blocked -> todo (unblocked)");
        }
        text.into_bytes()
    };
    Ok(Output { data, warnings: change.problems, ..Output::default() })
}

pub(super) fn archive(
    manager: &TaskManager,
    ids: &[TaskId],
    force: bool,
    format: Format,
) -> Output {
    let mut output = Output::default();
    let mut done = Vec::new();
    for id in ids {
        match manager.archive(id, force) {
            Ok(archived) => done.push((id, archived.path.display().to_string())),
            Err(error) => output.errors.push(error),
        }
    }
    output.data = match format {
        Format::Json => {
            let done: Vec<Value> =
                done.iter().map(|(id, path)| json!({"id": id, "path": path})).collect();
            json::document("archived", &json!({"archived": done}))
        }
        _ => joined(done.iter().map(|(id, path)| format!("{id}: {path}\n"))).into_bytes(),
    };
    output
}

pub(super) fn find(
    manager: &TaskManager,
    search: &Search,
    format: Format,
) -> Result<Output, Error> {
    let found = manager.search(search)?;
    let problems = &found.listing.problems;
    let tasks: Vec<Task> = found.matches.iter().map(|found| found.task.clone()).collect();
    let data = match format {
        Format::Table => joined(
            found
                .matches
                .iter()
                .map(|m| format!("{}  {}: {}\n", m.task.id, m.field.word(), one_line(&m.line))),
        )
        .into_bytes(),
        Format::Json => {
            let matches: Vec<Value> = found
                .matches
                .iter()
                .map(|m| json!({"task": json::task(&m.task), "field": m.field, "line": m.line}))
                .collect();
            let problems = json::problems_value(problems);
            json::document("search-result", &json!({"matches": matches, "problems": problems}))
        }
        other => list(&Listing { tasks, problems: Vec::new() }, other).data,
    };
    Ok(Output { data, warnings: skipped(problems), ..Output::default() })
}

pub(super) fn stats(
    manager: &TaskManager,
    by: Option<By>,
    format: Format,
) -> Result<Output, Error> {
    let stats = manager.stats()?;
    let groups = [
        (By::Status, "by status", &stats.by_status),
        (By::Priority, "by priority", &stats.by_priority),
        (By::Agent, "by agent", &stats.by_agent),
        (By::Tag, "by tag", &stats.by_tag),
    ];
    let chosen = groups.iter().filter(|(group, ..)| by.is_none_or(|by| by == *group));
    let data = if format == Format::Json {
        json::document("stats", &json!({"stats": stats}))
    } else {
        let mut text = String::new();
        if by.is_none() {
            let whole = [
                ("tasks".to_owned(), stats.total),
                ("open".to_owned(), stats.open),
                ("overdue".to_owned(), stats.overdue),
            ];
            text = table::counts("all", &whole);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  complete {:>5.1} %", stats.complete_percent);
            let _ =
                writeln!(text, "  hours estimated for open tasks {}", stats.estimated_hours_open);
        }
        for (_, title, counts) in chosen {
            text.push_str(&table::counts(title, counts));
        }
        text.into_bytes()
    };
    Ok(Output { data, warnings: skipped(&stats.problems), ..Output::default() })
}

pub(super) fn imported(
    report: &import::Report,
    settings: import::Settings,
    format: Format,
) -> Output {
    let count = |taken: Taken| {
        let files = report.files.iter().filter_map(|(_, result)| result.as_ref().ok());
        files.filter(|imported| imported.taken == taken).count()
    };
    let refused = report.refused();
    let data = if format == Format::Json {
        json::document("import-report", &report_value(report, settings))
    } else {
        let mut text = String::new();
        for (path, result) in &report.files {
            let path = one_line(&path.display().to_string());
            let line = match result {
                Ok(file) => match file.taken {
                    Taken::Created => format!("{path}: imported as {}", file.task.id),
                    Taken::Renamed => {
                        format!("{path}: imported as {} (its id is taken)", file.task.id)
                    }
                    Taken::Unchanged => format!("{path}: unchanged ({})", file.task.id),
                    Taken::Skipped => format!("{path}: skipped ({} exists)", file.task.id),
                },
                Err(Error::NotImported(problem)) => {
                    format!("refused: {}", one_line(&problem.to_string()))
                }
                Err(error) => format!("{path}: refused: {}", one_line(&error.to_string())),
            };
            text.push_str(&line);
            text.push('\n');
        }
        let would = if settings.dry_run { "would be " } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} {would}imported, {} of them under another id; {} unchanged, {} skipped, {refused} refused",
            count(Taken::Created) + count(Taken::Renamed),
            count(Taken::Renamed),
            count(Taken::Unchanged),
            count(Taken::Skipped),
        );
        text.into_bytes()
    };
    Output { data, exit: u8::from(refused > 0), ..Output::default() }
}

fn report_value(report: &import::Report, settings: import::Settings) -> Value {
    use sha2::{Digest as _, Sha256};
    let hex = |bytes: &[u8]| -> String {
        joined(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")))
    };
    let files: Vec<Value> = report
        .files
        .iter()
        .map(|(path, result)| {
            let path = path.display().to_string();
            match result {
                Ok(file) => json!({
                    "path": path, "outcome": file.taken, "id": file.task.id, "error": null,
                    "body_sha256": hex(file.document.body()),
                }),
                Err(error) => json!({
                    "path": path, "outcome": "refused", "id": null,
                    "error": error.to_string(), "body_sha256": null,
                }),
            }
        })
        .collect();
    json!({"dry_run": settings.dry_run, "refused": report.refused(), "files": files})
}

pub(super) fn path(folder: &Folder, id: Option<&TaskId>, format: Format) -> Result<Output, Error> {
    let path = match id {
        Some(id) => folder.locate(id)?.path,
        None => folder.root().to_owned(),
    };
    let path = std::path::absolute(&path).unwrap_or(path).display().to_string();
    Ok(Output::data(match format {
        Format::Json => json::document("path", &json!({"path": path})),
        _ => format!("{path}\n").into_bytes(),
    }))
}
