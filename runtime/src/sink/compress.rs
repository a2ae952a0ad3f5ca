//! Compressing archives: one directory's worth of work, safe to be cut off at any point.
//!
//! An archive is compressed into a temporary file, which is read back and compared, synced, and
//! renamed; only then the original is deleted. Whatever a crash leaves behind is put right by the
//! next run: a temporary file is deleted, an original beside its verified copy as well.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, Write},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use flate2::{read::MultiGzDecoder, write::GzEncoder};

use super::{Found, archives};
use crate::{
    fs,
    health::Counters,
    layout::{self, Compression},
    ledger::LockFile,
};

const BLOCK: usize = 64 * 1024;

/// Whether there is anything to do in `dir`.
pub(super) fn has_work(dir: &Path, active: &str) -> bool {
    archives::list(dir, active)
        .is_ok_and(|(found, temporary)| !temporary.is_empty() || originals(&found).next().is_some())
}

/// The archives to compress: all but the newest, which shippers may still read.
fn originals(found: &[Found]) -> impl Iterator<Item = &Found> {
    let newest = archives::newest(found);
    found.iter().filter(move |found| {
        found.is_file
            && found.archive.compression() == Compression::None
            && found.archive.seq() < newest
    })
}

/// Compresses the archives of `active`, unless another process is about it.
pub(super) fn run(dir: &Path, active: &str, cancel: &AtomicBool, counters: &Counters) {
    let mut lock = LockFile::new(dir.join(layout::COMPRESS_LOCK), false);
    let Ok(_guard) = lock.acquire(Instant::now()) else { return };
    let Ok((found, temporary)) = archives::list(dir, active) else {
        return counters.compression_errors.add_one();
    };
    for name in temporary {
        if fs::remove(&dir.join(name)).is_err() {
            counters.compression_errors.add_one();
        }
    }
    for original in originals(&found) {
        match compress(dir, active, original, cancel) {
            Ok(()) => counters.compressions.add_one(),
            Err(_) if cancel.load(Ordering::Relaxed) => return,
            // Deleted meanwhile, as there were too many.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => counters.compression_errors.add_one(),
        }
    }
}

fn compress(dir: &Path, active: &str, found: &Found, cancel: &AtomicBool) -> io::Result<()> {
    let original = dir.join(&found.name);
    let target = dir.join(layout::format(active, &found.archive.stored(Compression::Gzip)));
    let mut source = fs::open_read(&original)?;
    match fs::open_read(&target) {
        // A run was cut off before it deleted the original.
        Ok(copy) => verify(&copy, &mut source, cancel)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let temporary = dir.join(layout::compressed_temporary(active, &found.archive));
            let done = write(&temporary, &mut source, cancel)
                .and_then(|()| fs::rename_new(&temporary, &target));
            if done.is_err() {
                // The next run sweeps it away should this fail.
                let _ = fs::remove(&temporary);
            }
            done?;
        }
        Err(error) => return Err(error),
    }
    fs::sync_dir(dir)?;
    delete(&original, &target)
}

fn delete(original: &Path, copy: &Path) -> io::Result<()> {
    match std::fs::remove_file(original) {
        // Deleted meanwhile, as there were too many: so is its copy.
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::remove(copy),
        other => other,
    }
}

/// A verified and synced compressed copy of `source` at `path`.
fn write(path: &Path, source: &mut File, cancel: &AtomicBool) -> io::Result<()> {
    let mut encoder = GzEncoder::new(fs::create_append(path)?, flate2::Compression::default());
    let mut block = vec![0; BLOCK];
    loop {
        let bytes = fill(source, &mut block, cancel)?;
        if bytes.is_empty() {
            break;
        }
        encoder.write_all(bytes)?;
    }
    let copy = encoder.finish()?;
    verify(&copy, source, cancel)?;
    copy.sync_all()
}

/// Fails unless `copy` is the whole of `source`.
fn verify(mut copy: &File, source: &mut File, cancel: &AtomicBool) -> io::Result<()> {
    copy.rewind()?;
    source.rewind()?;
    let mut unpacked = MultiGzDecoder::new(BufReader::new(copy));
    let (mut a, mut b) = (vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let expected = fill(source, &mut a, cancel)?;
        if fill(&mut unpacked, &mut b, cancel)? != expected {
            return Err(io::Error::other("the compressed archive differs from the original"));
        }
        if expected.is_empty() {
            return Ok(());
        }
    }
}

/// As much as there is, up to the length of `block`.
fn fill<'a>(
    from: &mut impl Read,
    block: &'a mut [u8],
    cancel: &AtomicBool,
) -> io::Result<&'a [u8]> {
    if cancel.load(Ordering::Relaxed) {
        return Err(io::Error::other("the program ends"));
    }
    let mut length = 0;
    while let Some(rest) = block.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(block.get(..length).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Timestamp, layout::Archive};
    use std::{collections::BTreeMap, fs as std_fs};

    const ACTIVE: &str = "a.log";

    fn name(seq: u64) -> String {
        let stamp = Timestamp(i64::try_from(seq).unwrap() * 1_000_000);
        layout::format(ACTIVE, &Archive::new(stamp, seq, Compression::None))
    }

    fn temporary(seq: u64) -> String {
        format!(".{}.gz.tmp", name(seq))
    }

    fn text(seq: u64) -> String {
        (0..2_000 * seq).map(|n| format!("line {n} of {seq}")).collect::<Vec<_>>().join("\n")
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn directory(seqs: &[u64]) -> tempfile::TempDir {
        let temp = tempfile::tempdir().unwrap();
        for seq in seqs {
            std_fs::write(temp.path().join(name(*seq)), text(*seq)).unwrap();
        }
        temp
    }

    fn go(dir: &Path) -> Counters {
        let counters = Counters::new();
        run(dir, ACTIVE, &AtomicBool::new(false), &counters);
        counters
    }

    /// The directory with archives unpacked; the lock file left out.
    fn listing(dir: &Path) -> BTreeMap<String, String> {
        let mut listing = BTreeMap::new();
        for entry in std_fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let bytes = std_fs::read(entry.path()).unwrap();
            let mut text = String::new();
            if name == layout::COMPRESS_LOCK {
                continue;
            }
            if entry.path().extension().is_some_and(|end| end == "gz") {
                MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            } else {
                text = String::from_utf8(bytes).unwrap();
            }
            listing.insert(name, text);
        }
        listing
    }

    fn compressed_but_newest() -> BTreeMap<String, String> {
        let gz = |seq| (format!("{}.gz", name(seq)), text(seq));
        BTreeMap::from([gz(1), gz(2), (name(3), text(3))])
    }

    #[test]
    fn all_but_the_newest_are_compressed() {
        let temp = directory(&[1, 2, 3]);
        assert!(has_work(temp.path(), ACTIVE));
        let health = go(temp.path()).snapshot();
        assert_eq!((health.compressions, health.compression_errors), (2, 0));
        assert_eq!(listing(temp.path()), compressed_but_newest());
        assert!(!has_work(temp.path(), ACTIVE));
    }

    #[test]
    fn a_run_cut_off_at_any_point_is_finished_by_the_next() {
        type Plant = fn(&Path);
        let half: Plant = |dir| {
            let bytes = gzip(&text(1));
            std_fs::write(dir.join(temporary(1)), &bytes[..bytes.len() / 2]).unwrap();
        };
        let whole: Plant = |dir| std_fs::write(dir.join(temporary(1)), gzip(&text(1))).unwrap();
        let renamed: Plant =
            |dir| std_fs::write(dir.join(name(1) + ".gz"), gzip(&text(1))).unwrap();
        let deleted: Plant = |dir| {
            std_fs::write(dir.join(name(1) + ".gz"), gzip(&text(1))).unwrap();
            std_fs::remove_file(dir.join(name(1))).unwrap();
        };
        for (state, plant) in
            [("half", half), ("whole", whole), ("renamed", renamed), ("deleted", deleted)]
        {
            let temp = directory(&[1, 2, 3]);
            plant(temp.path());
            assert_eq!(go(temp.path()).compression_errors.value(), 0, "{state}");
            assert_eq!(listing(temp.path()), compressed_but_newest(), "{state}");
        }
    }

    #[test]
    fn an_original_beside_another_copy_stays() {
        let temp = directory(&[1, 3]);
        std_fs::write(temp.path().join(name(1) + ".gz"), gzip("something else")).unwrap();
        assert_eq!(go(temp.path()).compression_errors.value(), 1);
        assert_eq!(std_fs::read_to_string(temp.path().join(name(1))).unwrap(), text(1));
    }

    #[test]
    fn a_cancelled_run_leaves_the_originals_and_nothing_else() {
        let temp = directory(&[1, 2, 3]);
        let before = listing(temp.path());
        let counters = Counters::new();
        run(temp.path(), ACTIVE, &AtomicBool::new(true), &counters);
        assert_eq!(listing(temp.path()), before);
        assert_eq!(counters.compressions.value(), 0);
    }

    #[test]
    fn the_copy_of_an_archive_that_was_deleted_meanwhile_goes() {
        let temp = directory(&[1]);
        let (original, copy) = (temp.path().join(name(1)), temp.path().join("copy"));
        std_fs::write(&copy, "").unwrap();
        delete(&original, &copy).unwrap();
        assert!(copy.exists() && !original.exists());
        delete(&original, &copy).unwrap();
        assert!(!copy.exists());
    }

    #[test]
    fn one_process_at_a_time() {
        let temp = directory(&[1, 2, 3]);
        let mut lock = LockFile::new(temp.path().join(layout::COMPRESS_LOCK), false);
        let guard = lock.acquire(Instant::now()).unwrap();
        assert_eq!(go(temp.path()).compressions.value(), 0);
        drop(guard);
        assert_eq!(go(temp.path()).compressions.value(), 2);
    }

    #[test]
    fn foreign_temporary_files_stay() {
        let temp = directory(&[1]);
        for name in [".a.log.gz.tmp", ".b.log.19700101T000000.001Z-000001.gz.tmp"] {
            std_fs::write(temp.path().join(name), "foreign").unwrap();
        }
        let before = listing(temp.path());
        go(temp.path());
        assert_eq!(listing(temp.path()), before);
    }
}
