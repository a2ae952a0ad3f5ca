//! Reading the store: where a task is, what its file says, which files cannot be read.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::Problem;
use crate::front_matter::{Document, Fault};
use crate::task::{Defaults, Task, TaskId};
use crate::{Error, text};

/// The folder of a store. Its path is shown to people as it was given.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// A task's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it is.
    pub path: PathBuf,
    /// Whether that is the archive.
    pub archived: bool,
}

/// The tasks of a folder, by id, and the files that are none.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// Files that were skipped, and why.
    pub problems: Vec<Problem>,
}

impl Folder {
    /// The store at `root`; a leading `./` is not shown.
    pub fn new(root: &Path) -> Self {
        let short = root.strip_prefix("./").unwrap_or(root);
        let root = if short.as_os_str().is_empty() { root } else { short };
        Self { root: root.to_owned() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where archived tasks are.
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// Where the file of a task in the store is, or would be.
    pub fn file(&self, id: &TaskId) -> PathBuf {
        self.root.join(format!("{id}.md"))
    }

    /// Where the file of a task in the archive is, or would be.
    pub fn archived_file(&self, id: &TaskId) -> PathBuf {
        self.root.join("archive").join(format!("{id}.md"))
    }

    /// Where a task is, without a look into the file.
    pub fn find(&self, id: &TaskId) -> Result<Option<Place>, Error> {
        let (active, archived) = (self.file(id), self.archived_file(id));
        let exists =
            |path: &Path| path.try_exists().map_err(|error| Error::io("cannot read", path, error));
        Ok(match (exists(&active)?, exists(&archived)?) {
            (true, true) => {
                return Err(Error::Twice { id: id.clone(), paths: [active, archived] });
            }
            (true, false) => Some(Place { path: active, archived: false }),
            (false, true) => Some(Place { path: archived, archived: true }),
            (false, false) => None,
        })
    }

    /// Where a task is; the error names the nearest id there is.
    pub fn locate(&self, id: &TaskId) -> Result<Place, Error> {
        if let Some(place) = self.find(id)? {
            return Ok(place);
        }
        let ids: Vec<_> = self.stems()?.into_iter().map(|(stem, _)| stem).collect();
        let near = text::nearest(id.as_str(), ids.iter().map(String::as_str));
        Err(Error::NotFound { id: id.clone(), near: near.map(str::to_owned) })
    }

    /// A task, its file's text and where it is.
    pub fn load(&self, id: &TaskId) -> Result<(Task, Document, Place), Error> {
        let place = self.locate(id)?;
        let (task, document) = read(&place.path, id.as_str()).map_err(|error| match error {
            ReadError::Io(error) => Error::io("cannot read", &place.path, error),
            ReadError::Fault(fault) => Error::Damaged(problem(&place.path, fault)),
        })?;
        Ok((task, document, place))
    }

    /// Every task outside the archive, by id.
    pub fn list(&self) -> Result<Listing, Error> {
        let files = self.stems()?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
        let share = files.len().div_ceil(threads).max(32);
        let parts: Vec<Listing> = std::thread::scope(|scope| {
            let workers: Vec<_> =
                files.chunks(share).map(|chunk| scope.spawn(|| read_all(chunk))).collect();
            workers
                .into_iter()
                .map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        let mut listing = Listing::default();
        for part in parts {
            listing.tasks.extend(part.tasks);
            listing.problems.extend(part.problems);
        }
        for problem in &listing.problems {
            // The caller has the problems and warns; this is for the file.
            tracing::info!(problem = %problem, "task file skipped");
        }
        tracing::debug!(
            folder = %self.root.display(),
            tasks = listing.tasks.len(),
            skipped = listing.problems.len(),
            "task files read"
        );
        Ok(listing)
    }

    /// Stems and paths of the task files, sorted. A missing folder has none.
    fn stems(&self) -> Result<Vec<(String, PathBuf)>, Error> {
        let entries = match std::fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("cannot read", &self.root, error)),
        };
        let mut stems = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| Error::io("cannot read", &self.root, error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if let Some(stem) = name.strip_suffix(".md")
                && !stem.is_empty()
                && !stem.starts_with('.')
            {
                stems.push((stem.to_owned(), self.root.join(entry.file_name())));
            }
        }
        stems.sort_unstable();
        Ok(stems)
    }
}

fn read_all(files: &[(String, PathBuf)]) -> Listing {
    let mut listing = Listing::default();
    for (stem, path) in files {
        match read(path, stem) {
            Ok((task, _)) => listing.tasks.push(task),
            // Gone between the two looks: archived by somebody else.
            Err(ReadError::Io(error)) if error.kind() == ErrorKind::NotFound => {}
            Err(ReadError::Io(error)) => {
                listing.problems.push(problem(path, Fault::whole(error.to_string())));
            }
            Err(ReadError::Fault(fault)) => listing.problems.push(problem(path, fault)),
        }
    }
    listing
}

enum ReadError {
    Io(std::io::Error),
    Fault(Fault),
}

fn read(path: &Path, stem: &str) -> Result<(Task, Document), ReadError> {
    let bytes = std::fs::read(path).map_err(ReadError::Io)?;
    let document = Document::parse(bytes).map_err(ReadError::Fault)?;
    let task = Task::read(&document, stem, Defaults::default()).map_err(ReadError::Fault)?;
    if task.id.as_str() != stem {
        let message = format!("id '{}' does not match the file's name", task.id);
        let fault = document
            .entry("id")
            .map_or_else(|| Fault::whole(message.clone()), |entry| entry.fault(message.clone()));
        return Err(ReadError::Fault(fault));
    }
    Ok((task, document))
}

/// A fault in a file, for people.
pub(crate) fn problem(path: &Path, fault: Fault) -> Problem {
    Problem { path: path.to_owned(), place: fault.place, message: fault.message }
}
