//! Which archives are deleted, as a pure plan, and deleting them.

use std::{io, path::Path};

use super::{Found, Shared, archives};
use crate::{
    clock::Timestamp,
    config::{Keep, MinFree},
    fs::{self, Space},
    layout::{self, Compression},
    record::Category,
};

/// The archives of which categories make room first.
const PRESSED: [Category; Category::ALL.len()] =
    [Category::Debug, Category::Performance, Category::System, Category::Error, Category::Audit];

/// What a directory keeps, all categories together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirKeep {
    /// Archives of so many bytes.
    pub bytes: Option<u64>,
    /// Delete archives until so much space is free.
    pub min_free: Option<MinFree>,
}

/// The archives of one category in a directory.
#[derive(Clone, Copy, Debug)]
pub struct Stock<'a> {
    /// The category.
    pub category: Category,
    /// The name of its active file.
    pub active: &'a str,
    /// What it keeps.
    pub keep: &'a Keep,
    /// Its archives, measured.
    pub archives: &'a [Found],
}

/// Why an archive goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There are too many.
    Files,
    /// It is too old.
    Age,
    /// Those of its category are too large.
    Bytes,
    /// Those of the directory are too large.
    DirBytes,
    /// Too little space is free.
    Free,
}

/// A file to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The name of the active file it belongs to.
    pub active: String,
    /// Its own name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Why.
    pub cause: Cause,
}

impl Cause {
    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Files => "more archives than are kept",
            Self::Age => "older than is kept",
            Self::Bytes => "more bytes than the category keeps",
            Self::DirBytes => "more bytes than the directory keeps",
            Self::Free => "too little space is free",
        }
    }
}

/// An archive, which may stand there both as written and compressed.
struct Unit<'a> {
    stock: &'a Stock<'a>,
    files: Vec<&'a Found>,
    /// 0 for the newest of its category.
    rank: usize,
    bytes: u64,
    cause: Option<Cause>,
}

/// The files to delete so that everything is within its limits, as far as that can be. Limits of
/// a category come first; then the oldest make room, those of `debug.log` before all others and
/// those of `audit.log` last. `space` is `None` where it is not known.
#[must_use]
pub fn plan(
    stocks: &[Stock<'_>],
    dir: &DirKeep,
    space: Option<Space>,
    now: Timestamp,
) -> Vec<Deletion> {
    let mut units: Vec<_> = stocks.iter().flat_map(|stock| limited(stock, now)).collect();
    let order = |unit: &Unit<'_>| {
        let place = PRESSED.iter().position(|category| *category == unit.stock.category);
        (place, std::cmp::Reverse(unit.rank))
    };
    units.sort_by_key(order);
    let kept = |units: &[Unit<'_>]| -> u64 {
        units.iter().filter(|unit| unit.cause.is_none()).map(|unit| unit.bytes).sum()
    };
    let total: u64 = units.iter().map(|unit| unit.bytes).sum();
    let mut left = kept(&units);
    for unit in units.iter_mut().filter(|unit| unit.may_be_pressed()) {
        if dir.bytes.is_some_and(|limit| left > limit) {
            unit.cause = Some(Cause::DirBytes);
            left -= unit.bytes;
        }
    }
    if let Some(space) = space {
        for unit in units.iter_mut().filter(|unit| unit.may_be_pressed()) {
            let wanted = [dir.min_free, unit.stock.keep.min_free];
            let wanted = wanted.into_iter().flatten().map(|free| free.of(space)).max();
            if wanted.is_some_and(|wanted| space.free.saturating_add(total - left) < wanted) {
                unit.cause = Some(Cause::Free);
                left -= unit.bytes;
            }
        }
    }
    let doomed = units.iter().filter_map(|unit| unit.cause.map(|cause| (unit, cause)));
    let files = doomed.flat_map(|(unit, cause)| {
        unit.files.iter().map(move |found| Deletion {
            active: unit.stock.active.to_owned(),
            name: found.name.clone(),
            bytes: found.bytes,
            cause,
        })
    });
    files.collect()
}

impl Unit<'_> {
    fn may_be_pressed(&self) -> bool {
        let floor = usize::try_from(self.stock.keep.floor).unwrap_or(usize::MAX).max(1);
        self.cause.is_none() && self.rank >= floor
    }
}

/// The archives of a category, the newest first, judged by its own limits.
fn limited<'a>(stock: &'a Stock<'a>, now: Timestamp) -> Vec<Unit<'a>> {
    let key = |found: &Found| (found.archive.seq(), found.archive.stamp());
    let mut files: Vec<_> = stock.archives.iter().filter(|found| found.is_file).collect();
    files.sort_by_key(|found| key(found));
    let Keep { files: count, age, bytes: limit, .. } = stock.keep;
    let mut sum = 0_u64;
    let pairs = files.chunk_by(|a, b| key(a) == key(b)).rev().enumerate();
    pairs
        .map(|(rank, pair)| {
            let bytes = pair.iter().map(|found| found.bytes).sum();
            sum = sum.saturating_add(bytes);
            let stamp = pair.first().map_or(now, |found| found.archive.stamp());
            let over = |count: u32| rank >= usize::try_from(count).unwrap_or(usize::MAX);
            let cause = if count.is_some_and(over) {
                Some(Cause::Files)
            } else if age.is_some_and(|age| stamp.after(age) < now) {
                Some(Cause::Age)
            } else if limit.is_some_and(|limit| sum > limit) {
                Some(Cause::Bytes)
            } else {
                None
            };
            Unit { stock, files: pair.to_vec(), rank, bytes, cause }
        })
        .collect()
}

/// Deletes what the plan names; goes on after an error and counts it.
pub(super) fn carry_out(dir: &Path, plan: &[Deletion], shared: &Shared) {
    let counters = &shared.counters;
    for deletion in plan {
        match remove(dir, deletion) {
            Ok(true) => counters.archives_deleted.add_one(),
            Ok(false) => {}
            Err(_) => counters.retention_errors.add_one(),
        }
    }
}

/// Deletes one file of a plan; tells whether it was still there.
///
/// # Errors
///
/// What the system says, and where the name is none of an archive.
pub fn remove(dir: &Path, deletion: &Deletion) -> io::Result<bool> {
    let Deletion { active, name, .. } = deletion;
    let Some(archive) = layout::parse(active, name) else {
        return Err(io::Error::other("the name is none of an archive"));
    };
    let removed = take_away(&dir.join(name))?;
    if archive.compression() == Compression::None {
        // It may have been compressed since the list was made. The order matters: compression
        // deletes its copy when it finds that the original was deleted first.
        for copy in archives::copies(active, &archive) {
            let copy = dir.join(copy);
            if copy.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
                fs::remove(&copy)?;
            }
        }
    }
    Ok(removed)
}

fn take_away(path: &Path) -> io::Result<bool> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
