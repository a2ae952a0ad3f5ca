//! Taking one file of another task folder into the store.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::TaskManager;
use super::folder::problem;
use audit_runtime::{audited, timed};

use crate::Error;
use crate::front_matter::{Document, Fault, NewValue};
use crate::task::{Defaults, Status, Task, TaskId};

/// Where a task comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A file.
    File(&'a Path),
    /// The text of a file that the program carries with it.
    Text {
        /// The name it would have.
        name: &'a Path,
        /// What it would hold.
        text: &'a str,
    },
}

impl<'a> Source<'a> {
    /// The file's path, or the name the text goes by.
    pub fn path(self) -> &'a Path {
        match self {
            Self::File(path) | Self::Text { name: path, .. } => path,
        }
    }
}

/// What to do with a file whose id is taken by a task with other content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OnConflict {
    /// Take it under the next free id: `id-2`, `id-3`, …
    #[default]
    Rename,
    /// Leave the task that is there.
    Skip,
    /// Refuse the file.
    Fail,
}

/// How a file was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// As a new task.
    Created,
    /// As a new task under another id, because its own was taken.
    Renamed,
    /// It was there already, byte for byte.
    Unchanged,
    /// Its id was taken, and the task that is there stays.
    Skipped,
}

/// A file that was taken.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Where it came from.
    pub source: PathBuf,
    /// The task it is now.
    pub task: Task,
    /// How it was taken.
    pub taken: Taken,
    /// The file of the store.
    pub document: Document,
}

impl TaskManager {
    /// Takes one file into the store. Its text stays as it is but for keys that must change.
    #[audited(operation = "IMPORT", resource(path = %source.path().display()), agent = %self.actor(),
        after(task_id = ret.task.id, status = ret.task.status, taken = json(ret.taken)), err = %)]
    #[timed(operation = "IMPORT", slow = "50ms")]
    pub fn import_task(
        &self,
        source: Source<'_>,
        on_conflict: OnConflict,
    ) -> Result<Imported, Error> {
        let root = self.folder.root();
        std::fs::create_dir_all(root).map_err(|e| Error::io("cannot make", root, e))?;
        let candidate = Candidate::read(source)?;
        let _lock = self.lock("import", &candidate.task.id)?;
        let imported = self.place(candidate, on_conflict, &HashSet::new())?;
        if matches!(imported.taken, Taken::Created | Taken::Renamed) {
            self.write_new(&imported.task.id, &imported.document)?;
        }
        Ok(imported)
    }

    /// What an import would do, given ids that earlier files of the same run would take.
    pub(crate) fn preview_import(
        &self,
        source: &Path,
        on_conflict: OnConflict,
        claimed: &HashSet<TaskId>,
    ) -> Result<Imported, Error> {
        self.place(Candidate::read(Source::File(source))?, on_conflict, claimed)
    }

    /// Finds the id under which a candidate comes in.
    fn place(
        &self,
        candidate: Candidate,
        on_conflict: OnConflict,
        claimed: &HashSet<TaskId>,
    ) -> Result<Imported, Error> {
        let own = candidate.task.id.clone();
        let source = candidate.source.clone();
        let mut id = own.clone();
        let mut n = 1;
        let taken = loop {
            let there = self.folder.find(&id)?;
            let document = candidate.under(&id)?;
            if there.is_none() && !claimed.contains(&id) {
                let taken = if n == 1 { Taken::Created } else { Taken::Renamed };
                break (taken, document);
            }
            let same = there.as_ref().is_some_and(|place| {
                std::fs::read(&place.path).is_ok_and(|bytes| bytes == document.bytes())
            });
            if same {
                break (Taken::Unchanged, document);
            }
            match on_conflict {
                OnConflict::Skip => break (Taken::Skipped, document),
                OnConflict::Fail => {
                    let path = there.map_or_else(|| self.folder.file(&id), |place| place.path);
                    return Err(Error::Exists { id, path });
                }
                OnConflict::Rename => {
                    n += 1;
                    id = own.numbered(n);
                }
            }
        };
        let (taken, document) = taken;
        let task = Task { id, ..candidate.task };
        Ok(Imported { source, task, taken, document })
    }
}

/// A file that reads as a task.
struct Candidate {
    source: PathBuf,
    document: Document,
    task: Task,
}

impl Candidate {
    fn read(source: Source<'_>) -> Result<Self, Error> {
        let bytes = match source {
            Source::File(path) => {
                std::fs::read(path).map_err(|error| Error::io("cannot read", path, error))?
            }
            Source::Text { text, .. } => text.as_bytes().to_vec(),
        };
        let source = source.path();
        let refuse = |fault: Fault| Error::NotImported(problem(source, fault));
        let stem = source.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        // Older layouts kept the status in the folder's name; the file, where it has one, rules.
        let folder = source.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
        let status = folder.as_deref().and_then(Status::from_folder);
        let mut document = Document::parse(bytes).map_err(refuse)?;
        let task = Task::read(&document, &stem, Defaults { status }).map_err(refuse)?;
        let absent = |key| document.entry(key).is_none_or(|entry| entry.value.is_null());
        let mut missing = Vec::new();
        if absent("id") {
            missing.push(("id", NewValue::text(task.id.as_str())));
        }
        if absent("status") {
            missing.push(("status", NewValue::text(task.status.word())));
        }
        if !missing.is_empty() {
            document = document.edit(&missing).map_err(refuse)?;
        }
        Ok(Self { source: source.to_owned(), document, task })
    }

    /// Its text with `id` in place of its own id.
    fn under(&self, id: &TaskId) -> Result<Document, Error> {
        if *id == self.task.id {
            return Ok(self.document.clone());
        }
        self.document
            .edit(&[("id", NewValue::text(id.as_str()))])
            .map_err(|fault| Error::NotImported(problem(&self.source, fault)))
    }
}
