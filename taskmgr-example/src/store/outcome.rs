//! What operations are asked for and what they give back.

use std::path::PathBuf;

use super::folder::{Listing, Place};
use crate::front_matter::Document;
use crate::search::Match;
use crate::task::{Status, Task, TaskId};

/// A change of status, as asked for.
#[derive(Debug, Clone)]
pub struct StatusRequest {
    /// The status to go to.
    pub to: Status,
    /// A note to add.
    pub note: Option<String>,
    /// Do not look at dependencies.
    pub force: bool,
}

/// A change of status, as done.
#[derive(Debug, Clone)]
pub struct StatusChange {
    /// The task afterwards.
    pub task: Task,
    /// The status it had, as read under the lock.
    pub from: Status,
    /// The status it has.
    pub status: Status,
    /// Tasks that waited for this one and are `todo` now.
    pub unblocked: Vec<TaskId>,
    /// Tasks that could not be released, and why.
    pub problems: Vec<String>,
}

/// A task that was put away.
#[derive(Debug, Clone)]
pub struct Archived {
    /// The task.
    pub task: Task,
    /// Where it is now.
    pub path: PathBuf,
}

/// A task with all of its file.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The task.
    pub task: Task,
    /// Its file.
    pub document: Document,
    /// Where that is.
    pub place: Place,
}

/// The tasks that a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The tasks and where in them the words stand, by id.
    pub matches: Vec<Match>,
    /// Files that were skipped.
    pub listing: Listing,
}
