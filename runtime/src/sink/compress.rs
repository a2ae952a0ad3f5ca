//! Compressing archives: one directory's worth of work, safe to be cut off at any point.
//!
//! An archive is compressed into a temporary file, which is read back and compared, synced, and
//! renamed; only then the original is deleted. Whatever a crash leaves behind is put right by the
//! next run: a temporary file is deleted, an original beside its verified copy as well.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::{
    Found,
    archives::{self, Listed},
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
    /// The mode of the lock that it makes.
    pub(super) mode: u32,
}

impl Work<'_> {
    /// When the first of the archives may be compressed; `None` where there is nothing to do.
    pub(super) fn due(&self, (found, temporary): &Listed) -> Option<Timestamp> {
        if !temporary.is_empty() {
            return Some(Timestamp(i64::MIN));
        }
        originals(found).map(|found| self.time(found)).min()
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
    let Some(Work { dir, mode, .. }) = works.first() else { return true };
    let lock = LockFile::new(dir.join(layout::COMPRESS_LOCK), false);
    let mut lock = lock.with_modes(*mode, fs::DIR_MODE);
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

/// A verified and synced compressed copy of `source` at `path`, of the same mode.
fn write(codec: Codec, path: &Path, source: &mut File, cancel: &AtomicBool) -> io::Result<()> {
    // An earlier attempt to find a copy may have read it.
    source.rewind()?;
    let mode = source.metadata()?.mode() & 0o777;
    let mut input = Cancellable { from: &mut *source, cancel };
    let copy = codec::encode(codec, &mut input, fs::create_append(path, mode)?)?;
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
mod tests;
