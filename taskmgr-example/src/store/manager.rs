//! The operations. Each is one method, and one audit record whether it succeeds or is refused.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audit_runtime::{audited, timed};
use jiff::Timestamp;

use super::folder::{Folder, Listing, Place, problem};
use super::lock::{StoreLock, Wait};
use super::outcome::{Archived, Found, Shown, StatusChange, StatusRequest};
use super::query::Query;
use super::{files, steps};
use crate::Error;
use crate::front_matter::{Document, NewValue};
use crate::search;
use crate::stats::Stats;
use crate::task::{NewTask, Status, Task, TaskId, stamp};

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its folder.
    pub tasks_dir: PathBuf,
    /// Who acts.
    pub actor: String,
    /// How long to wait for the lock.
    pub lock_timeout: Duration,
    /// Where the time comes from.
    pub clock: fn() -> Timestamp,
}

/// The task manager on one store.
#[derive(Debug, Clone)]
pub struct TaskManager {
    pub(super) folder: Folder,
    options: Options,
}

impl TaskManager {
    /// A task manager on the store that `options` names. Nothing is read or made yet.
    pub fn new(options: Options) -> Self {
        Self { folder: Folder::new(&options.tasks_dir), options }
    }

    /// Who acts.
    pub fn actor(&self) -> &str {
        &self.options.actor
    }

    /// The folder of the store.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The status of a task now, for records; `None` when it cannot be read.
    pub fn status_of(&self, id: &TaskId) -> Option<Status> {
        self.folder.load(id).ok().map(|(task, ..)| task.status)
    }

    /// The agent of a task now, for records; `None` when there is none or it cannot be read.
    pub fn agent_of(&self, id: &TaskId) -> Option<String> {
        self.folder.load(id).ok().and_then(|(task, ..)| task.agent)
    }

    /// Makes a task. Its dependencies must exist and must not lead back to it.
    #[audited(operation = "CREATE", resource(task_id = new.id), agent = %self.actor(),
        after(task_id = ret.id, status = ret.status, priority = ret.priority),
        details(title = %new.title, description = len(new.description.as_deref().unwrap_or_default()),
            dependencies = json(new.dependencies)), err = %)]
    #[timed(operation = "CREATE", slow = "50ms")]
    pub fn create(&self, new: &NewTask) -> Result<Task, Error> {
        let root = self.folder.root();
        std::fs::create_dir_all(root).map_err(|e| Error::io("cannot make", root, e))?;
        let wanted = new.id.clone().or_else(|| TaskId::from_title(&new.title));
        let wanted = wanted
            .map_or_else(|| "task".parse(), Ok)
            .map_err(|error| Error::Usage { message: format!("{error}"), hint: None })?;
        let _lock = self.lock("create", &wanted)?;
        let id = match self.folder.find(&wanted)? {
            None => wanted,
            Some(place) if new.id.is_some() => {
                return Err(Error::Exists { id: wanted, path: place.path });
            }
            Some(_) => self.free_id(&wanted, &HashSet::new())?,
        };
        for dependency in &new.dependencies {
            if *dependency == id {
                return Err(Error::OwnDependency { id });
            }
            if self.folder.find(dependency)?.is_none() {
                return Err(Error::NoDependency { id: dependency.clone() });
            }
        }
        if !new.dependencies.is_empty() {
            let tasks = self.folder.list()?.tasks;
            if let Some(path) = steps::cycle(&id, &new.dependencies, &tasks) {
                return Err(Error::Cycle { path });
            }
        }
        let path = self.folder.file(&id);
        let document = new
            .document(&id, &self.now())
            .map_err(|fault| Error::Damaged(problem(&path, fault)))?;
        self.write_new(&id, &document)?;
        reread(&document, &path, &id)
    }

    /// Moves a task to another status. Completing it releases the tasks that waited for it alone.
    #[audited(operation = "STATUS_CHANGE", resource(task_id = id), agent = %self.actor(),
        before(status = self.status_of(id)), after(status = ret.status, from = ret.from),
        details(to = request.to, note = len(request.note.as_deref().unwrap_or_default()), force = request.force),
        err = %)]
    #[timed(operation = "STATUS_CHANGE", slow = "50ms")]
    pub fn change_status(
        &self,
        id: &TaskId,
        request: &StatusRequest,
    ) -> Result<StatusChange, Error> {
        let _lock = self.lock("status", id)?;
        let (task, document, place) = self.load_active(id)?;
        steps::check_transition(&task, request.to)?;
        if matches!(request.to, Status::InProgress | Status::Complete) && !request.force {
            let open = self.open_dependencies(&task)?;
            if !open.is_empty() {
                return Err(Error::Waits { id: id.clone(), open });
            }
        }
        let changes =
            steps::status_changes(&task, request.to, request.note.as_deref(), &self.now());
        let after = rewrite(&place, &document, &changes, id)?;
        let mut change = StatusChange {
            task: after,
            from: task.status,
            status: request.to,
            unblocked: Vec::new(),
            problems: Vec::new(),
        };
        if request.to == Status::Complete {
            self.release_dependents(id, &mut change);
        }
        Ok(change)
    }

    /// Puts a blocked task whose last open dependency is complete back to `todo`; lock held.
    #[audited(operation = "STATUS_CHANGE", resource(task_id = id), agent = %self.actor(),
        before(status = self.status_of(id)), after(status = ret.status),
        details(because = completed), err = %)]
    #[timed(operation = "STATUS_CHANGE", slow = "50ms")]
    fn release(&self, id: &TaskId, completed: &TaskId) -> Result<Task, Error> {
        let (task, document, place) = self.load_active(id)?;
        let note = format!("Unblocked: {completed} is complete");
        let changes = steps::status_changes(&task, Status::Todo, Some(&note), &self.now());
        rewrite(&place, &document, &changes, id)
    }

    /// Adds a note to a task.
    #[audited(operation = "ADD_NOTE", resource(task_id = id), agent = %self.actor(),
        details(note = len(text)), err = %)]
    #[timed(operation = "ADD_NOTE", slow = "50ms")]
    pub fn add_note(&self, id: &TaskId, text: &str) -> Result<Task, Error> {
        let _lock = self.lock("note", id)?;
        let (task, document, place) = self.load_active(id)?;
        let now = self.now();
        let changes = [
            ("notes", NewValue::Text(steps::with_note(&task, text, &now))),
            ("updated_at", NewValue::Quoted(now)),
        ];
        rewrite(&place, &document, &changes, id)
    }

    /// Gives a task to an agent, and to a person when one is named.
    #[audited(operation = "ASSIGN", resource(task_id = id), agent = %self.actor(),
        before(agent = json(self.agent_of(id))), after(agent = json(ret.agent)),
        details(assignee = json(assignee)), err = %)]
    #[timed(operation = "ASSIGN", slow = "50ms")]
    pub fn assign(&self, id: &TaskId, agent: &str, assignee: Option<&str>) -> Result<Task, Error> {
        let _lock = self.lock("assign", id)?;
        let (_, document, place) = self.load_active(id)?;
        let mut changes =
            vec![("agent", NewValue::text(agent)), ("updated_at", NewValue::Quoted(self.now()))];
        if let Some(assignee) = assignee {
            changes.push(("assignee", NewValue::text(assignee)));
        }
        rewrite(&place, &document, &changes, id)
    }

    /// Moves a finished task's file to the archive, unchanged.
    #[audited(operation = "ARCHIVE", resource(task_id = id), agent = %self.actor(),
        after(status = ret.task.status), details(force), err = %)]
    #[timed(operation = "ARCHIVE", slow = "50ms")]
    pub fn archive(&self, id: &TaskId, force: bool) -> Result<Archived, Error> {
        let _lock = self.lock("archive", id)?;
        let (task, _, place) = self.load_active(id)?;
        if task.status.is_open() && !force {
            return Err(Error::Refused {
                id: id.clone(),
                reason: format!(
                    "is {}: only complete or cancelled tasks are archived",
                    task.status
                ),
                hint: Some("--force"),
            });
        }
        let archive = self.folder.archive();
        std::fs::create_dir_all(&archive).map_err(|e| Error::io("cannot make", &archive, e))?;
        let path = self.folder.archived_file(id);
        files::relocate(&place.path, &path)?;
        tracing::info!(task = %id, to = %path.display(), "task file moved");
        Ok(Archived { task, path })
    }

    /// One task with its whole file.
    #[audited(operation = "SHOW", resource(task_id = id), agent = %self.actor(),
        after(status = ret.task.status), err = %)]
    #[timed(operation = "SHOW", slow = "50ms")]
    pub fn show(&self, id: &TaskId) -> Result<Shown, Error> {
        let (task, document, place) = self.folder.load(id)?;
        Ok(Shown { task, document, place })
    }

    /// The tasks that `query` asks for.
    #[audited(operation = "LIST", resource(folder = %self.folder.root().display()),
        agent = %self.actor(), after(tasks = ret.tasks.len(), skipped = ret.problems.len()), err = %)]
    #[timed(operation = "LIST", slow = "50ms")]
    pub fn list(&self, query: &Query) -> Result<Listing, Error> {
        let Listing { tasks, problems } = self.folder.list()?;
        let elsewhere = |id: &str| self.status_of(&id.parse().ok()?);
        let tasks = query.apply(tasks, (self.options.clock)(), elsewhere);
        Ok(Listing { tasks, problems })
    }

    /// The tasks in which the words of `query` stand.
    #[audited(operation = "SEARCH", resource(folder = %self.folder.root().display()),
        agent = %self.actor(), after(found = ret.matches.len()), details(words = %query.words), err = %)]
    #[timed(operation = "SEARCH", slow = "50ms")]
    pub fn search(&self, query: &search::Search) -> Result<Found, Error> {
        let listing = self.folder.list()?;
        let mut matches = Vec::new();
        for task in &listing.tasks {
            // The list keeps no bodies: they are read only when somebody searches in them.
            let body = if query.looks_in(search::Field::Body) {
                self.folder.load(&task.id).map(|(_, document, _)| document.body().to_vec())
            } else {
                Ok(Vec::new())
            };
            let body = body.unwrap_or_default();
            matches.extend(query.find(task, &String::from_utf8_lossy(&body)));
        }
        Ok(Found { matches, listing })
    }

    /// Counts over all tasks outside the archive.
    #[audited(operation = "STATS", resource(folder = %self.folder.root().display()),
        agent = %self.actor(), after(tasks = ret.total), err = %)]
    #[timed(operation = "STATS", slow = "50ms")]
    pub fn stats(&self) -> Result<Stats, Error> {
        let listing = self.folder.list()?;
        Ok(Stats::of(listing, (self.options.clock)()))
    }

    /// The id itself when it is free, else the first of `id-2`, `id-3`, … that is.
    pub(super) fn free_id(
        &self,
        wanted: &TaskId,
        claimed: &HashSet<TaskId>,
    ) -> Result<TaskId, Error> {
        let mut id = wanted.clone();
        for n in 2.. {
            if !claimed.contains(&id) && self.folder.find(&id)?.is_none() {
                break;
            }
            id = wanted.numbered(n);
        }
        Ok(id)
    }

    pub(super) fn lock(&self, operation: &str, id: &TaskId) -> Result<StoreLock, Error> {
        let dir = self.folder.root();
        let command = format!("{operation} {id}");
        let timeout = self.options.lock_timeout;
        match StoreLock::acquire(Wait { dir, command: &command, timeout }) {
            // No folder, no task: say what is missing rather than which file of ours.
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Err(Error::NotFound { id: id.clone(), near: None })
            }
            other => other,
        }
    }

    pub(super) fn write_new(&self, id: &TaskId, document: &Document) -> Result<(), Error> {
        let path = self.folder.file(id);
        match files::create(&path, document.bytes()) {
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {
                Err(Error::Exists { id: id.clone(), path })
            }
            Err(error) => Err(error),
            Ok(()) => {
                tracing::debug!(file = %path.display(), bytes = document.bytes().len(), "task file made");
                Ok(())
            }
        }
    }

    fn now(&self) -> String {
        stamp((self.options.clock)())
    }

    /// A task that may change: not one in the archive.
    fn load_active(&self, id: &TaskId) -> Result<(Task, Document, Place), Error> {
        let (task, document, place) = self.folder.load(id)?;
        if place.archived {
            let reason = "is archived and cannot be changed".to_owned();
            return Err(Error::Refused { id: id.clone(), reason, hint: None });
        }
        Ok((task, document, place))
    }

    /// The dependencies of a task that are not complete.
    fn open_dependencies(&self, task: &Task) -> Result<Vec<(String, Option<Status>)>, Error> {
        let mut open = Vec::new();
        for dependency in &task.dependencies {
            let status = match dependency.parse::<TaskId>() {
                Ok(id) if self.folder.find(&id)?.is_some() => Some(self.folder.load(&id)?.0.status),
                _ => None,
            };
            if status != Some(Status::Complete) {
                open.push((crate::text::one_line(dependency), status));
            }
        }
        Ok(open)
    }

    /// Releases the blocked tasks for which `id` was the last open dependency. The task itself is
    /// complete by now, so what fails here is a remark and not an error.
    fn release_dependents(&self, id: &TaskId, change: &mut StatusChange) {
        let tasks = match self.folder.list() {
            Ok(listing) => listing.tasks,
            Err(error) => {
                change.problems.push(format!("cannot look for waiting tasks: {error}"));
                return;
            }
        };
        for task in tasks {
            let waits = task.status == Status::Blocked
                && task.dependencies.iter().any(|dependency| dependency == id.as_str());
            // A dependency that cannot be read keeps its dependents where they are.
            if !waits || !self.open_dependencies(&task).is_ok_and(|open| open.is_empty()) {
                continue;
            }
            match self.release(&task.id, id) {
                Ok(task) => change.unblocked.push(task.id),
                Err(error) => change.problems.push(format!("'{}' stays blocked: {error}", task.id)),
            }
        }
    }
}

/// The task that a document says, for a file at `path`.
fn reread(document: &Document, path: &Path, id: &TaskId) -> Result<Task, Error> {
    Task::read(document, id.as_str(), crate::task::Defaults::default())
        .map_err(|fault| Error::Damaged(problem(path, fault)))
}

/// Writes a task's file with these keys changed; lock held.
fn rewrite(
    place: &Place,
    document: &Document,
    changes: &[(&str, NewValue)],
    id: &TaskId,
) -> Result<Task, Error> {
    let edited =
        document.edit(changes).map_err(|fault| Error::Damaged(problem(&place.path, fault)))?;
    let task = reread(&edited, &place.path, id)?;
    files::replace(&place.path, edited.bytes())?;
    tracing::debug!(file = %place.path.display(), keys = changes.len(), "task file changed");
    Ok(task)
}
