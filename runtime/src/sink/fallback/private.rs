//! A category's file in a private temporary directory, and bringing its lines back.
//!
//! The directory has a name that nobody can guess, belongs to this user, and nobody else can enter
//! it; links are not followed. This process alone writes there, so there is no lock. A process that
//! is killed leaves it; what stands there is whole lines.

use std::{
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};

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
pub(super) struct Home(Mutex<Option<(u32, PathBuf)>>);

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
    /// A file of that name, in a directory made anew when it is gone or no longer private.
    pub(super) fn open(&self, parent: &Path, app: &str, name: &str) -> io::Result<Private> {
        let busy = || io::Error::from(io::ErrorKind::TimedOut);
        let mut home = lock_within(&self.0, Instant::now() + WAIT).ok_or_else(busy)?;
        let own = wait::process();
        let usable = |(owner, dir): &&(u32, PathBuf)| *owner == own && fs::is_private_dir(dir);
        let dir = match home.as_ref().filter(usable) {
            Some((_, dir)) => dir.clone(),
            None => home.insert((own, fs::create_private_dir(parent, app)?)).1.clone(),
        };
        let (path, mut active) = (dir.join(name), Active::new(&dir, name));
        active.resolve()?;
        Ok(Private { dir, path, active, bytes: 0, lines: 0, returned: 0 })
    }

    /// Removes the directory when nothing is left in it.
    pub(super) fn leave(&self) {
        let Some(mut home) = lock_within(&self.0, Instant::now() + WAIT) else { return };
        let own = wait::process();
        if home.as_ref().is_some_and(|(owner, dir)| {
            *owner == own && fs::is_private_dir(dir) && std::fs::remove_dir(dir).is_ok()
        }) {
            *home = None;
        }
    }
}

impl Private {
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
    /// It goes on from there when it is called again.
    pub(super) fn bring_back(
        &mut self,
        to: &Rolling,
        now: Timestamp,
    ) -> (u64, Result<(), Failure>) {
        let before = self.lines;
        let result = self.copy(to, now);
        let brought = before - self.lines;
        if result.is_ok() {
            // Should it stay, it is empty or what stands in it is in the other file as well.
            let _ = fs::remove(&self.path);
        }
        (brought, result)
    }

    fn copy(&mut self, to: &Rolling, now: Timestamp) -> Result<(), Failure> {
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
            }
            result.map_err(|AppendError { failure, .. }| failure)?;
        }
    }

    fn reader(&self) -> Option<BufReader<std::fs::File>> {
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
