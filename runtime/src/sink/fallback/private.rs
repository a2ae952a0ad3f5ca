//! A category's file in a private temporary directory, and bringing its lines back.
//!
//! The directory has a name that nobody can guess, belongs to this user, and nobody else can enter
//! it; links are not followed. This process alone writes there, so there is no lock. A process that
//! is killed leaves it, and `left` brings home what stands there: whole lines.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};

use super::left;
use crate::{
    clock::Timestamp,
    fs,
    ledger::{Active, Batch, Change},
    render::Line,
    sink::{AppendError, Failure, Rolling},
    wait::{self, lock_within},
};

/// So many bytes of a category are put there at most.
const MOST: u64 = 64 << 20;
/// So many are brought back at once.
const CHUNK: usize = 256 * 1024;
const WAIT: Duration = Duration::from_millis(100);

/// The private directory of this process, made when it is needed.
#[derive(Debug, Default)]
pub(super) struct Home(Mutex<Option<Own>>);

/// It belongs to this process as long as the lock is held.
#[derive(Debug)]
struct Own {
    process: u32,
    dir: PathBuf,
    /// Without it nobody finds what is left there.
    _lock: Option<File>,
}

/// A category's file there.
#[derive(Debug)]
pub(super) struct Private {
    pub(super) dir: PathBuf,
    path: PathBuf,
    active: Active,
    bytes: u64,
    /// Lines that were not brought back yet.
    pub(super) lines: u64,
    /// Bytes that were.
    returned: u64,
}

impl Home {
    /// A file of that name, in a directory made anew when it is gone or no longer private; `logs` is
    /// where its lines belong.
    pub(super) fn open(
        &self,
        (parent, app): (&Path, &str),
        logs: &Path,
        name: &str,
    ) -> io::Result<Private> {
        let busy = || io::Error::from(io::ErrorKind::TimedOut);
        let mut home = lock_within(&self.0, Instant::now() + WAIT).ok_or_else(busy)?;
        let own = wait::process();
        let usable = |home: &&Own| home.process == own && fs::is_private_dir(&home.dir);
        let dir = if let Some(home) = home.as_ref().filter(usable) {
            home.dir.clone()
        } else {
            let dir = fs::create_private_dir(parent, app)?;
            let lock = left::claim(&dir, logs).ok();
            if let Some(inherited) = home.take().filter(|home| home.process != own) {
                // Its number may be that of another file here.
                std::mem::forget(inherited);
            }
            home.insert(Own { process: own, dir, _lock: lock }).dir.clone()
        };
        let mut private = Private::found(&dir, name);
        private.active.resolve()?;
        Ok(private)
    }

    /// Removes the directory when nothing is left in it.
    pub(super) fn leave(&self) {
        let Some(mut home) = lock_within(&self.0, Instant::now() + WAIT) else { return };
        let own = wait::process();
        if home.as_ref().is_some_and(|Own { process, dir, .. }| {
            *process == own && fs::is_private_dir(dir) && left::remove_empty(dir)
        }) {
            *home = None;
        }
    }
}

impl Private {
    /// A file of that name there, which may have lines already.
    pub(super) fn found(dir: &Path, name: &str) -> Self {
        let (path, active) = (dir.join(name), Active::new(dir, name));
        Self { dir: dir.to_owned(), path, active, bytes: 0, lines: 0, returned: 0 }
    }

    /// Removes it.
    pub(super) fn remove(&self) -> io::Result<()> {
        fs::remove(&self.path)
    }

    /// Appends the lines, all or none. [`io::ErrorKind::NotFound`]: what stood there is gone.
    pub(super) fn append(&mut self, lines: &[Line]) -> io::Result<()> {
        if !fs::is_private_dir(&self.dir) || self.active.resolve()? != Change::None {
            return Err(io::ErrorKind::NotFound.into());
        }
        let size: usize = lines.iter().map(|line| line.as_bytes().len()).sum();
        let (size, tail) = (size as u64, self.active.tail()?);
        if tail.torn > 0 || self.bytes + size > MOST {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.active.append(tail, Batch { lines, ..Batch::default() })?;
        self.bytes += size;
        self.lines += lines.len() as u64;
        Ok(())
    }

    /// Brings its lines into the file they belong to, in their order; how many, and what stopped it.
    /// It goes on from there when it is called again. The file stays.
    pub(super) fn bring_back(
        &mut self,
        to: &Rolling,
        now: Timestamp,
    ) -> (u64, Result<(), Failure>) {
        let mut brought = 0;
        let result = self.copy(to, now, &mut brought);
        (brought, result)
    }

    fn copy(&mut self, to: &Rolling, now: Timestamp, brought: &mut u64) -> Result<(), Failure> {
        let Some(mut reader) = self.reader() else { return Ok(()) };
        loop {
            let lines = chunk(&mut reader);
            if lines.is_empty() {
                return Ok(());
            }
            let result = to.append(&lines, now);
            let written = result.as_ref().map_or_else(|error| error.written, |()| lines.len());
            for line in lines.iter().take(written) {
                self.returned += line.as_bytes().len() as u64;
                self.lines = self.lines.saturating_sub(1);
                *brought += 1;
            }
            result.map_err(|AppendError { failure, .. }| failure)?;
        }
    }

    fn reader(&self) -> Option<BufReader<File>> {
        let file = fs::is_private_dir(&self.dir).then(|| fs::open_read(&self.path))?.ok()?;
        let mut reader = BufReader::new(file);
        reader.seek(SeekFrom::Start(self.returned)).ok()?;
        Some(reader)
    }
}

/// The next lines; none at the end, and where they cannot be read.
fn chunk(reader: &mut impl BufRead) -> Vec<Line> {
    let (mut lines, mut size) = (Vec::new(), 0);
    while size < CHUNK {
        let mut bytes = Vec::new();
        let count = reader.read_until(b'\n', &mut bytes).unwrap_or(0);
        if bytes.pop() != Some(b'\n') {
            break;
        }
        size += count;
        lines.push(Line::new(String::from_utf8_lossy(&bytes).into_owned()));
    }
    lines
}
