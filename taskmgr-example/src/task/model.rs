//! The task as its front matter describes it, and the front matter of a new one.

use crate::front_matter::{Document, Entry, Fault, NewValue, Node};

use super::{Due, InvalidId, Priority, Status, TaskId};

/// A task. Absent scalars are `None`, absent lists empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id, which is the stem of its file's name.
    pub id: TaskId,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The agent it is meant for.
    pub agent: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// When it was made, as the file says.
    pub created_at: Option<String>,
    /// When it last changed, as the file says.
    pub updated_at: Option<String>,
    /// When it should be done.
    pub due: Option<Due>,
    /// Ids of the tasks it waits for, as the file has them.
    pub dependencies: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Notes, oldest first, separated by blank lines.
    pub notes: Option<String>,
    /// Estimated hours.
    pub estimated_hours: Option<f64>,
    /// Hours it took.
    pub actual_hours: Option<f64>,
    /// When it entered each status.
    pub status_timestamps: Vec<(String, String)>,
}

/// A task to be made.
#[derive(Debug, Clone, Default)]
pub struct NewTask {
    /// Its id; from the title when absent.
    pub id: Option<TaskId>,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The agent it is meant for.
    pub agent: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Where it stands; `pending` when absent.
    pub status: Option<Status>,
    /// How much it matters.
    pub priority: Priority,
    /// When it should be done.
    pub due: Option<Due>,
    /// Estimated hours.
    pub estimate: Option<f64>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Tasks it waits for.
    pub dependencies: Vec<TaskId>,
}

/// What stands in for keys that a file to be imported may leave out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Defaults {
    /// The status that the file's folder stands for.
    pub status: Option<Status>,
}

impl Task {
    /// Reads a task; `stem` is its id when the file names none.
    pub fn read(document: &Document, stem: &str, defaults: Defaults) -> Result<Self, Fault> {
        let keys = Keys(document);
        let id = match keys.text("id")? {
            Some((entry, text)) => text.parse().map_err(|e: InvalidId| entry.fault(e.to_string())),
            None => stem.parse().map_err(|e: InvalidId| Fault::whole(e.to_string())),
        }?;
        let status = match keys.text("status")? {
            Some((entry, word)) => Status::from_word(&word).ok_or_else(|| {
                let word = crate::text::one_line(&word);
                entry.fault(format!("invalid status '{word}' (expected {})", Status::list()))
            })?,
            None => defaults.status.ok_or_else(|| Fault::whole("key 'status' is missing"))?,
        };
        let priority = match keys.text("priority")? {
            Some((entry, word)) => Priority::from_word(&word).ok_or_else(|| {
                let word = crate::text::one_line(&word);
                entry.fault(format!("invalid priority '{word}' (expected {})", Priority::list()))
            })?,
            None => Priority::default(),
        };
        let due = match keys.text("due_date")? {
            Some((entry, text)) => Some(Due::from_file(&text).map_err(|problem| {
                let text = crate::text::one_line(&text);
                entry.fault(format!("invalid due_date '{text}': {problem}"))
            })?),
            None => None,
        };
        Ok(Self {
            id,
            title: keys.value("title")?.ok_or_else(|| Fault::whole("key 'title' is missing"))?,
            description: keys.value("description")?,
            agent: keys.value("agent")?,
            assignee: keys.value("assignee")?,
            status,
            priority,
            created_at: keys.value("created_at")?,
            updated_at: keys.value("updated_at")?,
            due,
            dependencies: keys.list("dependencies")?,
            tags: keys.list("tags")?,
            notes: keys.value("notes")?,
            estimated_hours: keys.hours("estimated_hours")?,
            actual_hours: keys.hours("actual_hours")?,
            status_timestamps: keys.pairs("status_timestamps")?,
        })
    }
}

/// Typed access to the entries of a document.
struct Keys<'a>(&'a Document);

impl<'a> Keys<'a> {
    fn present(&self, key: &str) -> Option<&'a Entry> {
        self.0.entry(key).filter(|entry| !entry.value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<(&'a Entry, String)>, Fault> {
        let Some(entry) = self.present(key) else { return Ok(None) };
        let text = entry.value.text().ok_or_else(|| entry.fault(format!("{key} must be text")))?;
        Ok(Some((entry, text.to_owned())))
    }

    fn value(&self, key: &str) -> Result<Option<String>, Fault> {
        Ok(self.text(key)?.map(|(_, text)| text))
    }

    fn hours(&self, key: &str) -> Result<Option<f64>, Fault> {
        let Some((entry, text)) = self.text(key)? else { return Ok(None) };
        hours(&text).map(Some).ok_or_else(|| {
            let text = crate::text::one_line(&text);
            entry.fault(format!("{key} must be a number of hours >= 0, got '{text}'"))
        })
    }

    /// A list of texts; a single text counts as a list of one.
    fn list(&self, key: &str) -> Result<Vec<String>, Fault> {
        let Some(entry) = self.present(key) else { return Ok(Vec::new()) };
        let fault = || entry.fault(format!("{key} must be a list of texts"));
        match &entry.value {
            Node::Scalar { text, .. } => Ok(vec![text.clone()]),
            Node::Sequence(items) => {
                items.iter().map(|item| item.text().map(str::to_owned).ok_or_else(fault)).collect()
            }
            Node::Mapping(_) => Err(fault()),
        }
    }

    fn pairs(&self, key: &str) -> Result<Vec<(String, String)>, Fault> {
        let Some(entry) = self.present(key) else { return Ok(Vec::new()) };
        let fault = || entry.fault(format!("{key} must be a map of texts"));
        let Node::Mapping(pairs) = &entry.value else { return Err(fault()) };
        pairs
            .iter()
            .map(|(k, v)| {
                let (Some(k), Node::Scalar { text, .. }) = (k.text(), v) else {
                    return Err(fault());
                };
                Ok((k.to_owned(), text.clone()))
            })
            .collect()
    }
}

/// A number of hours >= 0.
pub(crate) fn hours(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|hours| hours.is_finite() && *hours >= 0.0)
}

/// A number of hours as files carry it: always with a fraction.
fn hours_text(hours: f64) -> String {
    format!("{hours:?}")
}

impl NewTask {
    /// The file of the new task, made at `now` (a stamp).
    pub fn document(&self, id: &TaskId, now: &str) -> Result<Document, Fault> {
        let text = |value: &Option<String>| value.clone().map_or(NewValue::Null, NewValue::Text);
        let status = self.status.unwrap_or(Status::Pending);
        let keys = [
            ("title", NewValue::text(&*self.title)),
            ("description", text(&self.description)),
            ("agent", text(&self.agent)),
            ("status", NewValue::text(status.word())),
            ("priority", NewValue::text(self.priority.word())),
            ("created_at", NewValue::Quoted(now.to_owned())),
            ("updated_at", NewValue::Quoted(now.to_owned())),
            (
                "due_date",
                self.due
                    .as_ref()
                    .map_or(NewValue::Null, |due| NewValue::Quoted(due.as_str().to_owned())),
            ),
            (
                "dependencies",
                NewValue::List(self.dependencies.iter().map(ToString::to_string).collect()),
            ),
            ("tags", NewValue::List(self.tags.clone())),
            ("notes", NewValue::Null),
            (
                "estimated_hours",
                self.estimate.map_or(NewValue::Null, |h| NewValue::Number(hours_text(h))),
            ),
            ("actual_hours", NewValue::Null),
            ("assignee", text(&self.assignee)),
            ("status_timestamps", NewValue::Map(vec![(status.word().to_owned(), now.to_owned())])),
        ];
        let seed = format!("---\nid: '{id}'\n---\n");
        Document::parse(seed.into_bytes())?.edit(&keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(matter: &str) -> Result<Task, Fault> {
        let document = Document::parse(format!("---\n{matter}---\n").into_bytes())?;
        Task::read(&document, "stem", Defaults::default())
    }

    #[test]
    fn every_field_is_read() {
        let task = read(
            "id: t-1\ntitle: 'A: b'\ndescription: d\nagent: DEVELOPER\nstatus: blocked_by\n\
             priority: critical\ncreated_at: '2025-07-23T04:14:55.823455+00:00'\nupdated_at: null\n\
             due_date: 2025-07-24\ndependencies: t-2\ntags: [a, b]\nnotes: ~\nestimated_hours: 3.5\n\
             actual_hours:\nassignee: me\nstatus_timestamps: {todo: '2025-07-23T04:14:55'}\n",
        )
        .unwrap();
        assert_eq!(task.id.as_str(), "t-1");
        assert_eq!(task.title, "A: b");
        assert_eq!(task.status, Status::BlockedBy);
        assert_eq!(task.priority, Priority::Critical);
        assert_eq!(task.due.unwrap().as_str(), "2025-07-24");
        assert_eq!(task.dependencies, ["t-2"]);
        assert_eq!(task.tags, ["a", "b"]);
        assert_eq!((task.notes, task.updated_at, task.actual_hours), (None, None, None));
        assert_eq!(task.estimated_hours, Some(3.5));
        assert_eq!(task.assignee.as_deref(), Some("me"));
        assert_eq!(task.status_timestamps.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let fault = |matter| read(matter).unwrap_err().to_string();
        assert_eq!(fault("title: x\n"), "key 'status' is missing");
        assert_eq!(fault("status: todo\n"), "key 'title' is missing");
        assert_eq!(
            fault("title: x\nstatus: Completed\n"),
            "3:9: invalid status 'Completed' (expected pending, blocked, blocked_by, todo, \
             in_progress, complete, cancelled)"
        );
        assert_eq!(
            fault("title: x\nstatus: todo\npriority: urgent\n"),
            "4:11: invalid priority 'urgent' (expected low, medium, high, critical)"
        );
        assert_eq!(
            fault("title: x\nstatus: todo\nestimated_hours: three\n"),
            "4:18: estimated_hours must be a number of hours >= 0, got 'three'"
        );
        assert_eq!(
            fault("title: x\nstatus: todo\ndue_date: '2025-02-30'\n"),
            "4:11: invalid due_date '2025-02-30': day 30 of 2025-02"
        );
        assert_eq!(fault("title: [x]\nstatus: todo\n"), "2:8: title must be text");
        assert!(fault("id: ../../etc/passwd\n").starts_with("2:5: invalid id '../../etc/passwd'"));
    }

    #[test]
    fn a_new_task_reads_back() {
        let new = NewTask {
            title: "Fix \u{1b}[31m: 'all' of it".to_owned(),
            description: Some("first\n\n  second # line\n".to_owned()),
            tags: vec!["yes".to_owned(), "1".to_owned()],
            dependencies: vec!["t-2".parse().unwrap()],
            estimate: Some(2.0),
            due: Some(Due::from_option("2030-01-01").unwrap()),
            ..NewTask::default()
        };
        let id: TaskId = "0123".parse().unwrap();
        let document = new.document(&id, "2026-01-01T00:00:00.000000+00:00").unwrap();
        let task = Task::read(&document, "other", Defaults::default()).unwrap();
        assert_eq!(task.id, id);
        assert_eq!(task.title, new.title);
        assert_eq!(task.description, new.description);
        assert_eq!(task.tags, new.tags);
        assert_eq!(task.dependencies, ["t-2"]);
        assert_eq!(task.estimated_hours, Some(2.0));
        assert_eq!(task.due, new.due);
        assert_eq!(task.status, Status::Pending);
        assert_eq!(task.status_timestamps.len(), 1);
    }
}
