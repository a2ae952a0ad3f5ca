//! What can go wrong, with its text, hint, word for machines and exit code.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::task::{Status, TaskId};

/// Why an operation was refused or failed. `Display` is the text after `error: `.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No task has this id.
    NotFound {
        /// The id asked for.
        id: TaskId,
        /// A task with nearly that id.
        near: Option<String>,
    },
    /// A task with this id exists.
    Exists {
        /// The id asked for.
        id: TaskId,
        /// Where it is.
        path: PathBuf,
    },
    /// The table of transitions has no such step.
    Transition {
        /// The task.
        id: TaskId,
        /// Its status.
        from: Status,
        /// The status asked for.
        to: Status,
    },
    /// Dependencies are not complete.
    Waits {
        /// The task.
        id: TaskId,
        /// Each open dependency and its status; `None` when there is no such task.
        open: Vec<(String, Option<Status>)>,
    },
    /// A dependency on the task itself.
    OwnDependency {
        /// The task.
        id: TaskId,
    },
    /// A dependency on a task that does not exist.
    NoDependency {
        /// The missing task.
        id: TaskId,
    },
    /// Dependencies that lead back to where they began.
    Cycle {
        /// The tasks of the cycle; the first is repeated as the last.
        path: Vec<String>,
    },
    /// The operation does not fit the state the task is in.
    Refused {
        /// The task.
        id: TaskId,
        /// Why.
        reason: String,
        /// What to do.
        hint: Option<&'static str>,
    },
    /// A task file that cannot be read as one.
    Damaged(Problem),
    /// A file that `import` does not take.
    NotImported(Problem),
    /// The same id in the store and in its archive.
    Twice {
        /// The id.
        id: TaskId,
        /// Both files.
        paths: [PathBuf; 2],
    },
    /// Another process holds the store's lock.
    Locked {
        /// The store, as shown.
        dir: PathBuf,
        /// `pid 4242 (status t-9)`, or what is known of it.
        holder: String,
        /// How long this process waited.
        waited: Duration,
    },
    /// The operating system refused.
    Io {
        /// What was being done, in the form "cannot …".
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Wrong use of the command line.
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },
}

/// Something wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as shown to people.
    pub path: PathBuf,
    /// Line and column, both counted from 1; `None` when the whole file is meant.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)
    }
}

impl Error {
    /// Wraps what the operating system said; `doing` has the form "cannot …".
    pub(crate) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }

    /// 1 refused or not found, 2 usage, 3 locked (a retry makes sense), 4 I/O or a damaged file.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::Locked { .. } => 3,
            Self::Damaged(_) | Self::Twice { .. } | Self::Io { .. } => 4,
            _ => 1,
        }
    }

    /// The stable word that `--json` gives as `code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Exists { .. } => "exists",
            Self::Transition { .. } => "bad_transition",
            Self::Waits { .. } => "dependencies_open",
            Self::OwnDependency { .. } => "own_dependency",
            Self::NoDependency { .. } => "missing_dependency",
            Self::Cycle { .. } => "dependency_cycle",
            Self::Refused { .. } => "refused",
            Self::Damaged(_) => "damaged_file",
            Self::NotImported(_) => "not_imported",
            Self::Twice { .. } => "duplicate_id",
            Self::Locked { .. } => "locked",
            Self::Io { .. } => "io",
            Self::Usage { .. } => "usage",
        }
    }

    /// The task it is about.
    pub fn task(&self) -> Option<&TaskId> {
        match self {
            Self::NotFound { id, .. }
            | Self::Exists { id, .. }
            | Self::Transition { id, .. }
            | Self::Waits { id, .. }
            | Self::OwnDependency { id }
            | Self::Refused { id, .. }
            | Self::Twice { id, .. } => Some(id),
            _ => None,
        }
    }

    /// What to try, for the line after `hint: `.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { near, .. } => near.as_ref().map(|id| format!("did you mean '{id}'?")),
            Self::Waits { .. } => Some("--force".to_owned()),
            Self::Refused { hint, .. } => hint.map(str::to_owned),
            Self::Usage { hint, .. } => hint.clone(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { id, .. } => write!(f, "task '{id}' not found"),
            Self::Exists { id, path } => {
                write!(f, "task '{id}' already exists ({})", path.display())
            }
            Self::Transition { id, from, to } => {
                let allowed: Vec<_> = from.next().iter().map(|s| s.word()).collect();
                write!(f, "'{id}' cannot go from {from} to {to} (allowed: {})", allowed.join(", "))
            }
            Self::Waits { id, open } => {
                let open: Vec<_> = open
                    .iter()
                    .map(|(id, status)| {
                        format!("{id} ({})", status.map_or("missing", Status::word))
                    })
                    .collect();
                write!(f, "'{id}' waits for {}", open.join(", "))
            }
            Self::OwnDependency { id } => write!(f, "'{id}' cannot depend on itself"),
            Self::NoDependency { id } => write!(f, "dependency '{id}' does not exist"),
            Self::Cycle { path } => {
                write!(f, "dependency would make a cycle: {}", path.join(" -> "))
            }
            Self::Refused { id, reason, .. } => write!(f, "'{id}' {reason}"),
            Self::Damaged(problem) => write!(f, "{problem}; the file was not changed"),
            Self::NotImported(problem) => problem.fmt(f),
            Self::Twice { id, paths: [a, b] } => {
                write!(f, "id '{id}' is in {} and {}", a.display(), b.display())
            }
            Self::Locked { dir, holder, waited } => write!(
                f,
                "{}/ is locked by {holder} for {:.1} s; nothing was changed",
                dir.display(),
                waited.as_secs_f64()
            ),
            Self::Io { doing, path, source } => write!(f, "{doing} {}: {source}", path.display()),
            Self::Usage { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
