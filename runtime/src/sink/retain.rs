//! Which archives are deleted, and deleting them.

use std::{io, path::Path};

use super::{Found, Shared, archives};
use crate::{
    fs,
    layout::{self, Compression},
};

/// The names to delete so that `keep` archives stay. An archive that stands there both as written
/// and compressed counts once.
#[must_use]
pub fn plan(found: &[Found], keep: u32) -> Vec<String> {
    let mut files: Vec<_> = found.iter().filter(|found| found.is_file).collect();
    files.sort_by_key(|found| (found.archive.seq(), found.archive.stamp()));
    let key = |found: &Found| (found.archive.seq(), found.archive.stamp());
    let kept = files
        .chunk_by(|a, b| key(a) == key(b))
        .rev()
        .take(usize::try_from(keep).unwrap_or(usize::MAX))
        .map(<[_]>::len)
        .sum::<usize>();
    let surplus = files.len() - kept;
    files.into_iter().take(surplus).map(|found| found.name.clone()).collect()
}

/// Deletes what [`plan`] names; goes on after an error and counts it.
pub(super) fn enforce(dir: &Path, active: &str, keep: u32, shared: &Shared) {
    let counters = &shared.counters;
    let Ok((found, _)) = archives::list(dir, active) else {
        return counters.retention_errors.add_one();
    };
    for name in plan(&found, keep) {
        match remove(dir, active, &name) {
            Ok(()) => counters.archives_deleted.add_one(),
            Err(_) => counters.retention_errors.add_one(),
        }
    }
}

fn remove(dir: &Path, active: &str, name: &str) -> io::Result<()> {
    fs::remove(&dir.join(name))?;
    // It may have been compressed since the list was made. The order matters: compression deletes
    // its copy when it finds that the original was deleted first.
    let copy = layout::parse(active, name)
        .filter(|archive| archive.compression() == Compression::None)
        .map(|archive| dir.join(layout::format(active, &archive.stored(Compression::Gzip))))
        .filter(|copy| copy.symlink_metadata().is_ok_and(|metadata| metadata.is_file()));
    copy.map_or(Ok(()), |copy| fs::remove(&copy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Timestamp, layout::Archive};
    use proptest::prelude::*;

    fn found(seq: u64, stamp: i64, compression: Compression, is_file: bool) -> Found {
        let archive = Archive::new(Timestamp(stamp * 1_000_000), seq, compression);
        Found { name: layout::format("a.log", &archive), archive, is_file }
    }

    fn seqs(names: &[String]) -> Vec<u64> {
        names.iter().map(|name| layout::parse("a.log", name).unwrap().seq()).collect()
    }

    #[test]
    fn the_newest_stay_by_number_not_by_time() {
        let files = [
            found(3, 10, Compression::None, true),
            found(1, 90, Compression::Gzip, true),
            found(2, 20, Compression::Zstd, true),
        ];
        assert_eq!(seqs(&plan(&files, 2)), [1]);
        assert_eq!(seqs(&plan(&files, 0)), [1, 2, 3]);
        assert_eq!(plan(&files, 3), [""; 0]);
    }

    #[test]
    fn a_pair_counts_once_and_goes_together() {
        let files = [
            found(1, 1, Compression::None, true),
            found(1, 1, Compression::Gzip, true),
            found(2, 2, Compression::None, true),
            found(2, 2, Compression::Gzip, true),
        ];
        assert_eq!(seqs(&plan(&files, 1)), [1, 1]);
        assert_eq!(plan(&files, 2), [""; 0]);
    }

    #[test]
    fn what_is_no_file_neither_counts_nor_goes() {
        let files = [found(1, 1, Compression::None, false), found(2, 2, Compression::None, true)];
        assert_eq!(plan(&files, 1), [""; 0]);
        assert_eq!(seqs(&plan(&files, 0)), [2]);
    }

    #[test]
    fn an_archive_compressed_since_it_was_listed_goes_as_well() {
        let temp = tempfile::tempdir().unwrap();
        let raw = found(1, 1, Compression::None, true).name;
        std::fs::write(temp.path().join(format!("{raw}.gz")), "").unwrap();
        remove(temp.path(), "a.log", &raw).unwrap();
        assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
    }

    proptest! {
        #[test]
        fn all_but_the_last_go(seqs_in in proptest::collection::btree_set(0u64..1_000, 0..30), keep in 0u32..40) {
            let files: Vec<_> =
                seqs_in.iter().rev().map(|seq| found(*seq, 5, Compression::None, true)).collect();
            let expected: Vec<_> =
                seqs_in.iter().copied().take(seqs_in.len().saturating_sub(keep as usize)).collect();
            prop_assert_eq!(seqs(&plan(&files, keep)), expected);
        }
    }

    #[test]
    fn only_own_archives_are_deleted() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path();
        let own: Vec<_> = (1..=4).map(|seq| found(seq, 9, Compression::None, true).name).collect();
        let foreign = [
            "a.log",
            ".a.log.lock",
            "a.log.bak",
            "a.log2",
            "a.log.1",
            "b.a.log.19700101T000000.009Z-000001",
            "a.log.b.19700101T000000.009Z-000001",
            "a.log.19700101T000000.009Z-000001.bz2",
            "a.log.19700101T000000.009Z-000001.GZ",
            "A.log.19700101T000000.009Z-000001",
            "a.log.19700132T000000.009Z-000001",
        ];
        for name in own.iter().map(String::as_str).chain(foreign) {
            std::fs::write(dir.join(name), name).unwrap();
        }
        std::fs::create_dir(dir.join("a.log.19700101T000000.009Z-000000")).unwrap();
        std::os::unix::fs::symlink("a.log", dir.join("a.log.19700101T000000.008Z-000000")).unwrap();
        let shared = Shared::default();
        enforce(dir, "a.log", 1, &shared);
        let health = shared.counters.snapshot();
        assert_eq!((health.archives_deleted, health.retention_errors), (3, 0));
        for name in foreign {
            assert_eq!(std::fs::read_to_string(dir.join(name)).unwrap(), name);
        }
        assert!(dir.join("a.log.19700101T000000.009Z-000000").is_dir());
        assert!(dir.join("a.log.19700101T000000.008Z-000000").is_symlink());
        assert!(dir.join(&own[3]).is_file() && !dir.join(&own[2]).exists());
    }
}
