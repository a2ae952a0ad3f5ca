//! The lock that all writers of a file take.
//!
//! It is held on a file of its own, since the log file itself is renamed. That file is never
//! deleted; should somebody else do so, the next holder notices and takes the lock of the new one.
//! It holds a number, which tells writers whether one of them rotated the log file.

use std::{
    fmt,
    fs::{File, TryLockError},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    fs::{self, Identity},
    wait,
};

const FIRST_PAUSE: Duration = Duration::from_micros(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(2);
const DIGITS: usize = 20;
/// How long a lock file is trusted to stand under its name without another look.
const TRUST: Duration = Duration::from_millis(100);

/// A lock file as this process holds it open.
#[derive(Debug)]
pub struct LockFile {
    path: PathBuf,
    create_dir: bool,
    /// The modes of the file and of the directory that are made.
    modes: (u32, u32),
    open: Option<(File, Identity)>,
    /// The process that opened it.
    owner: u32,
    /// Until when it is trusted to be the one under the name.
    trusted: Option<Instant>,
}

/// The lock, until it is dropped.
#[derive(Debug)]
pub struct Guard<'a> {
    file: &'a File,
    path: &'a Path,
    identity: Identity,
}

/// Why the lock was not had.
#[derive(Debug)]
pub enum LockError {
    /// Somebody else held it until the deadline.
    Timeout,
    /// The lock file cannot be used.
    Io(io::Error),
}

impl LockFile {
    /// The lock file at `path`, which is made at the first use; `create_dir` makes its directory
    /// as well.
    #[must_use]
    pub const fn new(path: PathBuf, create_dir: bool) -> Self {
        let modes = (fs::FILE_MODE, fs::DIR_MODE);
        Self { path, create_dir, modes, open: None, owner: 0, trusted: None }
    }

    /// The same with other modes of the file and of the directory that it makes.
    #[must_use]
    pub fn with_modes(self, file: u32, dir: u32) -> Self {
        Self { modes: (file, dir), ..self }
    }

    /// Has the next [`LockFile::acquire`] look whether the file still stands under its name.
    pub const fn distrust(&mut self) {
        self.trusted = None;
    }

    /// Takes the lock; at the deadline at the latest it gives up, after one try at least.
    pub fn acquire(&mut self, deadline: Instant) -> Result<Guard<'_>, LockError> {
        let mut pause = FIRST_PAUSE;
        let own = wait::process();
        if self.owner != own {
            // What a fork inherits is one lock for both processes: each would have it.
            if let Some((file, identity)) = self.open.take() {
                fs::close_inherited(file, identity);
            }
            self.owner = own;
        }
        loop {
            let (file, identity) = if let Some(open) = self.open.take() {
                open
            } else {
                self.trusted = None;
                self.open().map_err(LockError::Io)?
            };
            match file.try_lock() {
                // From here on an early return closes the file, which gives the lock back.
                Ok(()) => {
                    let now = Instant::now();
                    if self.trusted.is_none_or(|until| now >= until) {
                        if Identity::at(&self.path).map_err(LockError::Io)? != Some(identity) {
                            if now >= deadline {
                                return Err(LockError::Timeout);
                            }
                            // The next round opens the file that stands there now.
                            continue;
                        }
                        self.trusted = Some(now + TRUST);
                    }
                    let (file, identity) = self.open.insert((file, identity));
                    return Ok(Guard { file, path: &self.path, identity: *identity });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
            }
            self.open = Some((file, identity));
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(LockError::Timeout);
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn open(&self) -> io::Result<(File, Identity)> {
        let (mode, dir_mode) = self.modes;
        let file = match (fs::open_append(&self.path, mode), self.path.parent()) {
            (Err(error), Some(dir))
                if error.kind() == io::ErrorKind::NotFound && self.create_dir =>
            {
                fs::create_dir_all(dir, dir_mode)?;
                fs::open_append(&self.path, mode)?
            }
            (file, _) => file?,
        };
        let identity = Identity::of(&file)?;
        Ok((file, identity))
    }
}

impl Guard<'_> {
    /// Whether the lock is still the one that others take: whoever renames the log file, or finds
    /// it renamed, has to know.
    #[must_use]
    pub fn is_current(&self) -> bool {
        Identity::at(self.path).is_ok_and(|present| present == Some(self.identity))
    }

    /// The number in the lock file; 0 where there is none yet.
    #[must_use]
    pub fn number(&self) -> u64 {
        let mut digits = [0; DIGITS];
        let start = self.len().and_then(|len| len.checked_sub(DIGITS as u64));
        start
            .and_then(|start| self.file.read_exact_at(&mut digits, start).ok())
            .and_then(|()| std::str::from_utf8(&digits).ok()?.parse().ok())
            .unwrap_or(0)
    }

    /// Replaces the number.
    pub fn set_number(&self, number: u64) -> io::Result<()> {
        use std::io::Write as _;
        // A lock file holds nothing else, so that it may be emptied.
        self.file.set_len(0)?;
        let mut file = self.file;
        file.write_all(format!("{number:0DIGITS$}").as_bytes())
    }

    fn len(&self) -> Option<u64> {
        self.file.metadata().ok().map(|metadata| metadata.len())
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // Explicit, since a child between fork and exec keeps the file open a while longer. Should
        // it fail, closing the file gives the lock back.
        let _ = self.file.unlock();
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("another process holds the lock"),
            Self::Io(error) => write!(f, "cannot use the lock file: {}", fs::reason(error)),
        }
    }
}

impl std::error::Error for LockError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::now()
    }

    #[test]
    fn only_one_has_the_lock() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(".x.lock");
        let (mut a, mut b) = (LockFile::new(path.clone(), false), LockFile::new(path, false));
        let held = a.acquire(now()).unwrap();
        assert!(matches!(b.acquire(now() + Duration::from_millis(3)), Err(LockError::Timeout)));
        drop(held);
        drop(b.acquire(now()).unwrap());
        drop(a.acquire(now()).unwrap());
    }

    /// Scenario 24: a descriptor that a fork inherits has the lock of the other process.
    #[test]
    fn a_lock_file_of_before_a_fork_is_opened_anew() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(".x.lock");
        let mut file = LockFile::new(path, false);
        drop(file.acquire(now()).unwrap());
        let inherited = file.open.as_ref().unwrap().0.try_clone().unwrap();
        inherited.lock().unwrap();
        drop(file.acquire(now()).unwrap());
        inherited.lock().unwrap();
        file.owner = 0;
        assert!(matches!(file.acquire(now()), Err(LockError::Timeout)));
    }

    #[test]
    fn a_lock_file_that_was_deleted_or_replaced_is_opened_anew() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(".x.lock");
        let mut a = LockFile::new(path.clone(), false);
        let mut b = LockFile::new(path.clone(), false);
        drop(a.acquire(now()).unwrap());
        let later = now() + Duration::from_mins(1);
        std::fs::remove_file(&path).unwrap();
        let held = b.acquire(later).unwrap();
        assert!(!a.acquire(now()).unwrap().is_current(), "a trusts the old file for a while");
        a.distrust();
        assert!(matches!(a.acquire(now()), Err(LockError::Timeout)), "a holds the old file");
        drop(held);
        a.distrust();
        drop(a.acquire(later).unwrap());
        std::fs::rename(&path, temp.path().join("moved")).unwrap();
        a.distrust();
        let held = a.acquire(later).unwrap();
        assert!(held.is_current());
        b.distrust();
        assert!(matches!(b.acquire(now()), Err(LockError::Timeout)), "b holds the old file");
        drop(held);
    }

    #[test]
    fn the_directory_is_made_where_asked() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b/.x.lock");
        assert!(matches!(
            LockFile::new(path.clone(), false).acquire(now()),
            Err(LockError::Io(error)) if error.kind() == io::ErrorKind::NotFound
        ));
        drop(LockFile::new(path, true).acquire(now()).unwrap());
    }

    #[test]
    fn the_number_is_kept() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join(".x.lock");
        let mut a = LockFile::new(path.clone(), false);
        let guard = a.acquire(now()).unwrap();
        assert_eq!(guard.number(), 0);
        guard.set_number(7).unwrap();
        guard.set_number(18).unwrap();
        drop(guard);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "00000000000000000018");
        assert_eq!(LockFile::new(path.clone(), false).acquire(now()).unwrap().number(), 18);
        std::fs::write(&path, "something else entirely").unwrap();
        assert_eq!(a.acquire(now()).unwrap().number(), 0);
    }
}
