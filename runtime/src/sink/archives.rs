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

/// What stands in a directory under the names of one active file: archives, the oldest first, and
/// temporary files of compression.
pub(super) type Listed = (Vec<Found>, Vec<String>);

/// The archives of `active` in `dir`, the oldest first, measured.
///
/// # Errors
///
/// Where the directory cannot be listed to its end: half a list is none.
pub fn survey(dir: &Path, active: &str) -> io::Result<Vec<Found>> {
    let (mut found, _) = list(dir, active)?;
    measure(dir, &mut found);
    Ok(found)
}

pub(super) fn measure(dir: &Path, found: &mut [Found]) {
    for found in found {
        // One that is gone meanwhile takes no space.
        found.bytes = dir.join(&found.name).symlink_metadata().map_or(0, |file| file.len());
    }
}

pub(super) fn list(dir: &Path, active: &str) -> io::Result<Listed> {
    Ok(list_each(dir, &[active])?.pop().unwrap_or_default())
}

/// The same for several active files by one look.
pub(super) fn list_each(dir: &Path, actives: &[&str]) -> io::Result<Vec<Listed>> {
    let mut all = vec![Listed::default(); actives.len()];
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        // A name that is not UTF-8 is none of ours.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        for (active, (archives, temporary)) in actives.iter().zip(&mut all) {
            if let Some(archive) = layout::parse(active, &name) {
                archives.push(Found { is_file: is_file(), name, archive, bytes: 0 });
                break;
            }
            if layout::parse_temporary(active, &name).is_some() && is_file() {
                temporary.push(name);
                break;
            }
        }
    }
    for (archives, _) in &mut all {
        archives
            .sort_by_key(|found| (found.archive.seq(), found.archive.stamp(), found.name.len()));
    }
    Ok(all)
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
