//! Compressing archives: one directory's worth of work, safe to be cut off at any point.
//!
//! An archive is compressed into a temporary file, which is read back and compared, synced, and
//! renamed; only then the original is deleted. Whatever a crash leaves behind is put right by the
//! next run: a temporary file is deleted, an original beside its verified copy as well.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{
    Found, archives,
    codec::{self, Codec, fill},
};
use crate::{
    clock::Timestamp,
    fs,
    health::Counters,
    layout::{self, Compression},
    ledger::LockFile,
};

const BLOCK: usize = 64 * 1024;

/// How archives are compressed, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compress {
    /// How.
    pub codec: Codec,
    /// Not before an archive is so old, so that log shippers can finish reading it.
    pub delay: Duration,
}

/// The archives of a file that are to be compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work<'a> {
    pub(super) dir: &'a Path,
    pub(super) active: &'a str,
    pub(super) compress: Compress,
}

impl Work<'_> {
    /// When the first of the archives may be compressed; `None` where there is nothing to do.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let (found, temporary) = archives::list(self.dir, self.active).ok()?;
        if !temporary.is_empty() {
            return Some(Timestamp(i64::MIN));
        }
        originals(&found).map(|found| self.time(found)).min()
    }

    fn time(&self, found: &Found) -> Timestamp {
        found.archive.stamp().after(self.compress.delay)
    }

    /// Compresses the archives that may be; the caller holds the lock.
    fn run(&self, now: Timestamp, cancel: &AtomicBool, counters: &Counters) {
        let Ok((found, temporary)) = archives::list(self.dir, self.active) else {
            return counters.compression_errors.add_one();
        };
        for name in temporary {
            if fs::remove(&self.dir.join(name)).is_err() {
                counters.compression_errors.add_one();
            }
        }
        for original in originals(&found).filter(|found| self.time(found) <= now) {
            match self.compress(original, cancel) {
                Ok(()) => counters.compressions.add_one(),
                Err(_) if cancel.load(Ordering::Relaxed) => return,
                // Deleted meanwhile, as there were too many.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => counters.compression_errors.add_one(),
            }
        }
    }

    fn compress(&self, found: &Found, cancel: &AtomicBool) -> io::Result<()> {
        let original = self.dir.join(&found.name);
        let mut source = fs::open_read(&original)?;
        let codec = self.compress.codec.or_available();
        // A run that was cut off before it deleted the original may have packed it otherwise.
        let mut copy = None;
        for kind in [codec.compression(), Compression::Gzip, Compression::Zstd] {
            let name = layout::format(self.active, &found.archive.stored(kind));
            match fs::open_read(&self.dir.join(&name)) {
                Ok(file) => {
                    verify(kind, &file, &mut source, cancel)?;
                    copy = Some(name);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let copy = match copy {
            Some(copy) => self.dir.join(copy),
            None => self.copy(codec, found, &mut source, cancel)?,
        };
        fs::sync_dir(self.dir)?;
        delete(&original, &copy)
    }

    fn copy(
        &self,
        codec: Codec,
        found: &Found,
        source: &mut File,
        cancel: &AtomicBool,
    ) -> io::Result<PathBuf> {
        let archive = found.archive.stored(codec.compression());
        let target = self.dir.join(layout::format(self.active, &archive));
        let temporary = self.dir.join(layout::compressed_temporary(self.active, &archive));
        let done = write(codec, &temporary, source, cancel)
            .and_then(|()| fs::rename_new(&temporary, &target));
        if done.is_err() {
            // The next run sweeps it away should this fail.
            let _ = fs::remove(&temporary);
        }
        done.map(|()| target)
    }
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

/// Does the work in one directory; tells whether it could, since no other process is about it.
pub(super) fn run(
    works: &[Work<'_>],
    now: Timestamp,
    cancel: &AtomicBool,
    counters: &Counters,
) -> bool {
    let Some(dir) = works.first().map(|work| work.dir) else { return true };
    let mut lock = LockFile::new(dir.join(layout::COMPRESS_LOCK), false);
    let Ok(_guard) = lock.acquire(Instant::now()) else { return false };
    for work in works {
        work.run(now, cancel, counters);
    }
    true
}

fn delete(original: &Path, copy: &Path) -> io::Result<()> {
    match std::fs::remove_file(original) {
        // Deleted meanwhile, as there were too many: so is its copy.
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::remove(copy),
        other => other,
    }
}

/// A verified and synced compressed copy of `source` at `path`.
fn write(codec: Codec, path: &Path, source: &mut File, cancel: &AtomicBool) -> io::Result<()> {
    // An earlier attempt to find a copy may have read it.
    source.rewind()?;
    let mut input = Cancellable { from: &mut *source, cancel };
    let copy = codec::encode(codec, &mut input, fs::create_append(path)?)?;
    verify(codec.compression(), &copy, source, cancel)?;
    copy.sync_all()
}

/// Fails unless `copy` is the whole of `source`.
fn verify(
    kind: Compression,
    mut copy: &File,
    source: &mut File,
    cancel: &AtomicBool,
) -> io::Result<()> {
    copy.rewind()?;
    source.rewind()?;
    let mut source = Cancellable { from: source, cancel };
    let mut unpacked = codec::decoder(kind, BufReader::new(copy))?;
    let (mut a, mut b) = (vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let expected = fill(&mut source, &mut a)?;
        if fill(&mut unpacked, &mut b)? != expected {
            return Err(io::Error::other("the compressed archive differs from the original"));
        }
        if expected.is_empty() {
            return Ok(());
        }
    }
}

/// A file that cannot be read further once the program ends.
struct Cancellable<'a> {
    from: &'a mut File,
    cancel: &'a AtomicBool,
}

impl Read for Cancellable<'_> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(io::Error::other("the program ends"));
        }
        self.from.read(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Archive;
    use flate2::{read::MultiGzDecoder, write::GzEncoder};
    use std::{collections::BTreeMap, fs as std_fs, io::Write};

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

    const GZIP: Compress = Compress { codec: Codec::Gzip, delay: Duration::ZERO };
    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn work(dir: &Path) -> Work<'_> {
        Work { dir, active: ACTIVE, compress: GZIP }
    }

    fn go_with(work: Work<'_>, now: Timestamp) -> Counters {
        let counters = Counters::new();
        run(&[work], now, &AtomicBool::new(false), &counters);
        counters
    }

    fn go(dir: &Path) -> Counters {
        go_with(work(dir), NOW)
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
        assert!(work(temp.path()).due().is_some());
        let health = go(temp.path()).snapshot();
        assert_eq!((health.compressions, health.compression_errors), (2, 0));
        assert_eq!(listing(temp.path()), compressed_but_newest());
        assert!(work(temp.path()).due().is_none());
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
    fn an_archive_is_compressed_when_its_delay_is_over() {
        let temp = directory(&[1, 2, 3]);
        let delay = Duration::from_secs(5);
        let work = Work { compress: Compress { delay, ..GZIP }, ..work(temp.path()) };
        let first = Timestamp(1_000_000).after(delay);
        assert_eq!(work.due(), Some(first));
        assert_eq!(go_with(work, Timestamp(first.0 - 1)).compressions.value(), 0);
        assert_eq!(go_with(work, first).compressions.value(), 1);
        assert_eq!(work.due(), Some(Timestamp(2_000_000).after(delay)));
        assert_eq!(go_with(work, Timestamp(i64::MAX)).compressions.value(), 1);
        assert_eq!(listing(temp.path()), compressed_but_newest());
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn an_archive_that_was_packed_otherwise_is_not_packed_again() {
        let temp = directory(&[1, 2, 3]);
        std_fs::write(temp.path().join(name(1) + ".gz"), gzip(&text(1))).unwrap();
        let zstd = Compress { codec: Codec::Zstd, ..GZIP };
        let counters = go_with(Work { compress: zstd, ..work(temp.path()) }, NOW);
        assert_eq!((counters.compressions.value(), counters.compression_errors.value()), (2, 0));
        assert!(temp.path().join(name(1) + ".gz").exists());
        assert!(temp.path().join(name(2) + ".zst").exists());
        assert!(!temp.path().join(name(1)).exists() && !temp.path().join(name(2)).exists());
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
        run(&[work(temp.path())], NOW, &AtomicBool::new(true), &counters);
        assert_eq!(listing(temp.path()), before);
        let health = counters.snapshot();
        assert_eq!((health.compressions, health.compression_errors), (0, 0));
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
