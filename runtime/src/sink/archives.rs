//! The archives of a category that stand in a directory.

use std::{io, path::Path};

use crate::layout::{self, Archive, Compression};

/// An archive in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// What the name says.
    pub archive: Archive,
    /// Whether it is a regular file; whatever else has such a name is left alone.
    pub is_file: bool,
    /// Its length, once it was measured.
    pub bytes: u64,
}

/// The archives of `active` in `dir`, the oldest first, measured.
///
/// # Errors
///
/// Where the directory cannot be listed to its end: half a list is none.
pub fn survey(dir: &Path, active: &str) -> io::Result<Vec<Found>> {
    let (mut found, _) = list(dir, active)?;
    for found in &mut found {
        // One that is gone meanwhile takes no space.
        found.bytes = dir.join(&found.name).symlink_metadata().map_or(0, |file| file.len());
    }
    Ok(found)
}

/// What stands in `dir` under the names of `active`: archives, the oldest first, and temporary
/// files of compression.
pub(super) fn list(dir: &Path, active: &str) -> io::Result<(Vec<Found>, Vec<String>)> {
    let (mut archives, mut temporary) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        // A name that is not UTF-8 is none of ours.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if let Some(archive) = layout::parse(active, &name) {
            archives.push(Found { is_file: is_file(), name, archive, bytes: 0 });
        } else if layout::parse_temporary(active, &name).is_some() && is_file() {
            temporary.push(name);
        }
    }
    archives.sort_by_key(|found| (found.archive.seq(), found.archive.stamp(), found.name.len()));
    Ok((archives, temporary))
}

/// The number of the newest one.
pub(super) fn newest(archives: &[Found]) -> u64 {
    archives.last().map_or(0, |found| found.archive.seq())
}

/// The names that compressed copies of an archive may have.
pub(super) fn copies(active: &str, archive: &Archive) -> [String; 2] {
    [Compression::Gzip, Compression::Zstd]
        .map(|compression| layout::format(active, &archive.stored(compression)))
}
