//! One category's file in one directory: appending, and rotating it among any number of processes.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{RollingParts, RollingSettings, archives, backoff::Backoff, retain};
use crate::{
    clock::Timestamp,
    fs,
    layout::{self, Archive, Compression},
    ledger::{Active, At, Batch, Change, Guard, LockError, LockFile, Tail},
    render::Line,
};

/// How long a rotation that failed is put off, at first and at most.
const ROTATION_PAUSE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_mins(1));
/// How often an append begins anew because the directory went away under it.
const ATTEMPTS: usize = 3;

/// One category's file in one directory.
#[derive(Debug)]
pub struct Rolling {
    settings: RollingSettings,
    parts: RollingParts,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    lock: LockFile,
    file: OpenFile,
}

/// What the lock guards.
#[derive(Debug)]
struct OpenFile {
    active: Active,
    /// The number in the lock file when the active file was opened.
    number: u64,
    /// The line an empty file begins with.
    head: Option<Line>,
    rotation: Backoff,
    tidy: bool,
}

/// Lines that were not written.
#[derive(Debug)]
pub struct AppendError {
    /// How many of the lines were written, from the first on.
    pub written: usize,
    /// Why the next one was not.
    pub failure: Failure,
}

/// Why a file could not be written.
#[derive(Debug)]
pub enum Failure {
    /// Another process held the lock until the deadline.
    LockTimeout,
    /// The file or its directory cannot be used.
    Io(io::Error),
}

impl Rolling {
    /// The file of those settings; nothing is opened or made before the first append.
    #[must_use]
    pub fn new(settings: RollingSettings, parts: RollingParts) -> Self {
        let name = &settings.file.name;
        let lock = LockFile::new(settings.dir.join(layout::lock(name)), settings.create_dir);
        let (first, longest) = ROTATION_PAUSE;
        let file = OpenFile {
            active: Active::new(&settings.dir, name),
            number: 0,
            head: None,
            rotation: Backoff::new(first, longest),
            tidy: false,
        };
        Self { state: Mutex::new(State { lock, file }), settings, parts }
    }

    /// Appends the lines, each whole and in one file; rotates before where it is due.
    pub fn append(&self, lines: &[Line], now: Timestamp) -> Result<(), AppendError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut written = 0;
        let result = self.with_lock(|guard, file| {
            while let Some(rest) = lines.get(written..).filter(|rest| !rest.is_empty()) {
                let (count, tail) = self.prepare(guard, file, rest, now)?;
                self.write(file, tail, rest.get(..count).unwrap_or(rest), now)?;
                written += count;
            }
            Ok(())
        });
        result.map_err(|failure| AppendError { written, failure })
    }

    /// Rotates the file unless it is empty; tells whether it did.
    pub fn rotate_now(&self, now: Timestamp) -> Result<bool, Failure> {
        self.with_lock(|guard, file| {
            self.resolve(guard, file, now)?;
            if file.active.tail()?.length == 0 {
                return Ok(false);
            }
            self.rotate(guard, file, now)?;
            Ok(true)
        })
    }

    /// Brings what was appended to the disk.
    pub fn flush(&self) -> io::Result<()> {
        self.state().file.active.sync()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in between leaves nothing that the next append does not check again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `act` under the lock, anew where the directory went away under it.
    fn with_lock<T>(
        &self,
        mut act: impl FnMut(&Guard<'_>, &mut OpenFile) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Counted from here, so that those who wait for the mutex do not wait once more each.
        let deadline = Instant::now() + self.settings.lock_timeout;
        let mut state = self.state();
        let State { lock, file } = &mut *state;
        let mut attempt = 1;
        let result = loop {
            let result = match lock.acquire(deadline) {
                Ok(guard) => act(&guard, file),
                Err(error) => Err(error.into()),
            };
            match result {
                Err(Failure::Io(error))
                    if error.kind() == io::ErrorKind::NotFound && attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                result => break result,
            }
        };
        let tidy = std::mem::take(&mut file.tidy);
        drop(state);
        if tidy {
            self.tidy();
        }
        result
    }

    /// Makes sure the active file is open and not due for rotation; tells how many of the lines
    /// go into it, and how it ends.
    fn prepare(
        &self,
        guard: &Guard<'_>,
        file: &mut OpenFile,
        lines: &[Line],
        now: Timestamp,
    ) -> Result<(usize, Tail), Failure> {
        self.resolve(guard, file, now)?;
        let limit = self.settings.file.rotate_size.unwrap_or(u64::MAX);
        let mut tail = file.active.tail()?;
        let first = lines.first().map_or(0, size);
        let full = tail.length > 0 && tail.length.saturating_add(first) > limit;
        if (full || self.is_of_an_earlier_day(file, tail, now)?) && file.rotation.is_ready(now) {
            let rotated = self.rotate(guard, file, now);
            if rotated.is_err() {
                // Counted; a file that is too long is better than a lost line.
                self.resolve(guard, file, now)?;
            }
            tail = file.active.tail()?;
            if rotated.is_err() {
                return Ok((lines.len(), tail));
            }
        } else if full {
            return Ok((lines.len(), tail));
        }
        let head = file.head.as_ref().filter(|_| tail.length == 0).map_or(0, size);
        let fitting = lines
            .iter()
            .scan(tail.length + head, |length, line| {
                *length = length.saturating_add(size(line));
                Some(*length)
            })
            .take_while(|length| *length <= limit)
            .count();
        Ok((fitting.max(1), tail))
    }

    fn is_of_an_earlier_day(
        &self,
        file: &mut OpenFile,
        tail: Tail,
        now: Timestamp,
    ) -> io::Result<bool> {
        Ok(self.settings.file.rotate_daily
            && file.active.day(tail)?.is_some_and(|day| day < now.day()))
    }

    fn resolve(&self, guard: &Guard<'_>, file: &mut OpenFile, now: Timestamp) -> io::Result<()> {
        let change = file.active.resolve()?;
        if change == Change::None {
            return Ok(());
        }
        let number = guard.number();
        file.head = None;
        if change == Change::First {
            file.tidy = true;
        } else if number == file.number {
            self.parts.shared.counters.reopened.add_one();
            file.head = Some(self.parts.notices.reopened(self.at(now), change.word()));
        }
        file.number = number;
        Ok(())
    }

    fn write(
        &self,
        file: &mut OpenFile,
        tail: Tail,
        lines: &[Line],
        now: Timestamp,
    ) -> io::Result<()> {
        let torn = tail.torn > 0;
        let seal = torn.then(|| self.parts.notices.torn(self.at(now), tail.torn));
        let head = file.head.as_ref().filter(|_| tail.length == 0);
        let sync = self.settings.file.sync;
        file.active.append(tail, Batch { seal: seal.as_ref(), head, lines, sync })?;
        file.head = None;
        self.parts.shared.counters.torn_lines.add(u64::from(torn));
        Ok(())
    }

    /// The rotation as a transaction: until its last step the old file is the one written to.
    fn rotate(&self, guard: &Guard<'_>, file: &mut OpenFile, now: Timestamp) -> io::Result<()> {
        let result = self.exchange(file, now);
        if let Ok(previous) = &result {
            file.rotation.succeeded();
            self.parts.shared.counters.rotations.add_one();
            file.number = guard.number().wrapping_add(1);
            // Without it the others take the new file for somebody else's, and only say so.
            let _ = guard.set_number(file.number);
            file.head = self.parts.notices.began(self.at(now), previous);
            file.tidy = true;
        } else {
            file.rotation.failed(now);
            self.parts.shared.counters.rotation_errors.add_one();
        }
        result.map(drop)
    }

    fn exchange(&self, file: &mut OpenFile, now: Timestamp) -> io::Result<String> {
        let dir = &self.settings.dir;
        let name = &self.settings.file.name;
        let active = &mut file.active;
        let (found, _) = archives::list(dir, name)?;
        let number = archives::newest(&found).saturating_add(1);
        // One that an interrupted rotation left is as good.
        let next = fs::open_append(active.next_path())?;
        active.sync_if(self.settings.file.sync)?;
        let archive = layout::format(name, &Archive::new(now, number, Compression::None));
        let archived = dir.join(&archive);
        swap(active.path(), active.next_path(), &archived)?;
        active.hold(next)?;
        // The names are in place; whether they are on the disk already changes nothing here.
        let _ = fs::sync_dir(dir);
        Ok(archive)
    }

    /// What follows a rotation and the first use: deleting and compressing archives.
    fn tidy(&self) {
        let RollingSettings { dir, file, .. } = &self.settings;
        if let Some(keep) = file.keep_files {
            retain::enforce(dir, &file.name, keep, &self.parts.shared);
        }
        if file.gzip {
            self.parts.compressor.enqueue(dir, &file.name);
        }
    }

    fn at(&self, now: Timestamp) -> At {
        At { category: self.settings.category, now }
    }

    /// Where the active file is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.settings.dir.join(&self.settings.file.name)
    }
}

/// Gives the active file the name of the archive, and the next one that of the active file; where
/// the second fails, the first is undone.
fn swap(active: &Path, next: &Path, archive: &Path) -> io::Result<()> {
    fs::rename_new(active, archive)?;
    let result = fs::rename_new(next, active);
    if result.is_err() {
        // Should this fail as well, the next append finds no active file and makes one.
        let _ = fs::rename_new(archive, active);
    }
    result
}

fn size(line: &Line) -> u64 {
    line.as_bytes().len() as u64
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Timeout => Self::LockTimeout,
            LockError::Io(error) => Self::Io(error),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LockTimeout => f.write_str("another process holds the lock"),
            Self::Io(error) => f.write_str(&fs::reason(error)),
        }
    }
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} lines", self.failure, self.written)
    }
}

impl std::error::Error for Failure {}
impl std::error::Error for AppendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_without_a_next_file_is_undone() {
        let temp = tempfile::tempdir().unwrap();
        let path = |name| temp.path().join(name);
        std::fs::write(path("active"), "1").unwrap();
        assert!(swap(&path("active"), &path("next"), &path("archive")).is_err());
        assert_eq!(std::fs::read_to_string(path("active")).unwrap(), "1");
        assert!(!path("archive").exists());
        std::fs::write(path("next"), "2").unwrap();
        swap(&path("active"), &path("next"), &path("archive")).unwrap();
        assert_eq!(std::fs::read_to_string(path("archive")).unwrap(), "1");
        assert_eq!(std::fs::read_to_string(path("active")).unwrap(), "2");
    }
}
