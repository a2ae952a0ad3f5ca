//! Taking whole folders of tasks into the store, with a report for each file.
//!
//! Folders are walked in the order of their names, so that a run can be repeated; among files with
//! one id the first keeps it. Hidden folders, links to folders and files that are not `*.md` are
//! passed over; a file that is named by hand is always read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::store::{Imported, OnConflict, Source, TaskManager};

/// How to import.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// What to do when an id is taken.
    pub on_conflict: OnConflict,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What became of each file.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the walk.
    pub files: Vec<(PathBuf, Result<Imported, Error>)>,
}

impl Report {
    /// How many files were refused.
    pub fn refused(&self) -> usize {
        self.files.iter().filter(|(_, result)| result.is_err()).count()
    }
}

/// Imports every task file that `paths` name or contain.
pub fn run(manager: &TaskManager, paths: &[PathBuf], settings: Settings) -> Report {
    let mut report = Report::default();
    let mut claimed = HashSet::new();
    for path in paths {
        let mut files = Vec::new();
        if let Err(error) = walk(path, &mut files) {
            report.files.push((path.clone(), Err(error)));
        }
        for file in files {
            let result = if settings.dry_run {
                let planned = manager.preview_import(&file, settings.on_conflict, &claimed);
                if let Ok(imported) = &planned {
                    claimed.insert(imported.task.id.clone());
                }
                planned
            } else {
                manager.import_task(Source::File(&file), settings.on_conflict)
            };
            report.files.push((file, result));
        }
    }
    report
}

/// Collects task files below `path`; a path that is a file is taken whatever its name.
fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let read = |error| Error::io("cannot read", path, error);
    if !std::fs::metadata(path).map_err(read)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(path).map_err(read)?.collect::<Result<Vec<_>, _>>().map_err(read)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().map_err(read)?.is_dir() {
            walk(&entry.path(), files)?;
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
            files.push(entry.path());
        }
    }
    Ok(())
}
