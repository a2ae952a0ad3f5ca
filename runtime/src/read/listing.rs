//! The names in a directory that are logs: which are active, which are archives, and of what.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use crate::clock::Timestamp;
use crate::layout::{self, Compression};

/// The names in a directory that concern us.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// By name of the active file.
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) skipped: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) active: bool,
    /// By number, which rises whatever the clock does, and time.
    pub(super) archives: BTreeMap<(u64, Timestamp), (Compression, String)>,
}

impl Listing {
    pub(super) fn take(path: &Path) -> io::Result<Self> {
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(path)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.insert(name);
            }
        }
        Ok(Self::sort(&names, |name| is_own_file(&path.join(name))))
    }

    fn sort(names: &BTreeSet<String>, is_file: impl Fn(&str) -> bool) -> Self {
        let mut listing = Self::default();
        // Files that begin with a dot are locks and temporary files.
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            let active_name = match name.rfind(".log.") {
                Some(at) => name.get(..at + 4).unwrap_or_default(),
                None if name.strip_suffix(".log").is_some() => name,
                None => continue,
            };
            if !is_file(name) {
                continue;
            }
            if active_name == name {
                listing.groups.entry(name.clone()).or_default().active = true;
            } else if let Some(archive) = layout::parse(active_name, name) {
                let key = (archive.seq(), archive.stamp());
                let group = listing.groups.entry(active_name.to_owned()).or_default();
                // While an archive is being compressed both are there, with the same lines; the
                // plain one comes first and stays.
                group.archives.entry(key).or_insert((archive.compression(), name.clone()));
            } else if name.get(active_name.len() + 1..).is_some_and(begins_with_digit) {
                listing.skipped.push(name.clone());
            }
        }
        listing
    }
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// True for a regular file, and for a link to one outside its directory: a link to a neighbour
/// would show the same lines twice.
fn is_own_file(path: &Path) -> bool {
    let Ok(own) = std::fs::symlink_metadata(path) else { return false };
    if !own.is_symlink() {
        return own.is_file();
    }
    let (Ok(target), Some(Ok(here))) = (path.canonicalize(), path.parent().map(Path::canonicalize))
    else {
        return false;
    };
    target.is_file() && target.parent() != Some(&here)
}
