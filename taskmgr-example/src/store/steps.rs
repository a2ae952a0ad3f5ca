//! What an operation changes in a file, and whether it may: decisions without a file or a clock.

use std::collections::{HashMap, HashSet};

use crate::Error;
use crate::front_matter::NewValue;
use crate::task::{Status, Task, TaskId};

/// The keys that a change of status touches.
pub(super) fn status_changes(
    task: &Task,
    to: Status,
    note: Option<&str>,
    now: &str,
) -> Vec<(&'static str, NewValue)> {
    let mut stamps = task.status_timestamps.clone();
    match stamps.iter_mut().find(|(word, _)| word == to.word()) {
        Some((_, at)) => now.clone_into(at),
        None => stamps.push((to.word().to_owned(), now.to_owned())),
    }
    let mut changes = vec![
        ("status", NewValue::text(to.word())),
        ("updated_at", NewValue::Quoted(now.to_owned())),
        ("status_timestamps", NewValue::Map(stamps)),
    ];
    if let Some(note) = note {
        changes.push(("notes", NewValue::Text(with_note(task, note, now))));
    }
    changes
}

/// The notes with one more block: `[time] text`, after a blank line.
pub(super) fn with_note(task: &Task, note: &str, now: &str) -> String {
    let note = note.trim_end();
    match task.notes.as_deref().map(str::trim_end) {
        Some(notes) if !notes.is_empty() => format!("{notes}\n\n[{now}] {note}"),
        _ => format!("[{now}] {note}"),
    }
}

/// Refuses a step that the table of transitions does not have.
pub(super) fn check_transition(task: &Task, to: Status) -> Result<(), Error> {
    if task.status.allows(to) {
        Ok(())
    } else {
        Err(Error::Transition { id: task.id.clone(), from: task.status, to })
    }
}

/// The way from `id` through `dependencies` and the tasks' own dependencies back to `id`.
pub(super) fn cycle(id: &TaskId, dependencies: &[TaskId], tasks: &[Task]) -> Option<Vec<String>> {
    let edges: HashMap<&str, &[String]> =
        tasks.iter().map(|task| (task.id.as_str(), &*task.dependencies)).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    // Each entry is a path; tasks are few and paths short.
    let mut paths: Vec<Vec<&str>> = dependencies.iter().map(|d| vec![d.as_str()]).collect();
    while let Some(path) = paths.pop() {
        let Some(&last) = path.last() else { continue };
        if last == id.as_str() {
            let start = std::iter::once(id.as_str());
            return Some(start.chain(path).map(str::to_owned).collect());
        }
        if seen.insert(last) {
            for next in edges.get(last).copied().unwrap_or_default() {
                let mut longer = path.clone();
                longer.push(next);
                paths.push(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::Document;
    use crate::task::Defaults;

    fn task(id: &str, extra: &str) -> Task {
        let text = format!("---\nid: {id}\ntitle: t\nstatus: todo\n{extra}---\n");
        let document = Document::parse(text.into_bytes()).unwrap();
        Task::read(&document, id, Defaults::default()).unwrap()
    }

    #[test]
    fn notes_are_appended_as_blocks() {
        assert_eq!(with_note(&task("a", ""), "first\n", "T1"), "[T1] first");
        assert_eq!(with_note(&task("a", "notes: ''\n"), "first", "T1"), "[T1] first");
        assert_eq!(
            with_note(&task("a", "notes: |\n  old\n  text\n"), "new", "T2"),
            "old\ntext\n\n[T2] new"
        );
    }

    #[test]
    fn a_status_stamp_is_set_once_per_status() {
        let task = task("a", "status_timestamps:\n  todo: 'T0'\n  blocked: 'T1'\n");
        let stamps = |to| {
            let changes = status_changes(&task, to, None, "T9");
            changes.into_iter().find(|(key, _)| *key == "status_timestamps").unwrap().1
        };
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(
            stamps(Status::Blocked),
            NewValue::Map(vec![pair("todo", "T0"), pair("blocked", "T9")])
        );
        assert_eq!(
            stamps(Status::Complete),
            NewValue::Map(vec![pair("todo", "T0"), pair("blocked", "T1"), pair("complete", "T9")])
        );
    }

    #[test]
    fn cycles_are_found_through_other_tasks() {
        let tasks = [task("b", "dependencies: [c, x]\n"), task("c", "dependencies: [a]\n")];
        let id = |text: &str| text.parse::<TaskId>().unwrap();
        assert_eq!(cycle(&id("a"), &[id("b")], &tasks).unwrap(), ["a", "b", "c", "a"]);
        assert_eq!(cycle(&id("z"), &[id("b")], &tasks), None);
        let knot = [task("b", "dependencies: [c]\n"), task("c", "dependencies: [b]\n")];
        assert_eq!(cycle(&id("a"), &[id("b")], &knot), None);
    }
}
