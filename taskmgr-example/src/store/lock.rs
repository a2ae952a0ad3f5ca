//! The store's one lock: an advisory lock on `tasks/.lock`, held while a task changes.
//!
//! The file is never deleted: a lock on a file that somebody may unlink protects nothing. It says
//! who holds it, for the message of those who wait in vain.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Error;

/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_millis(1);

/// Held until dropped; the system releases it too when the process dies.
#[derive(Debug)]
pub(super) struct StoreLock {
    _file: File,
}

/// Whom to wait for, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait<'a> {
    /// The store's folder.
    pub(super) dir: &'a Path,
    /// What this process is about to do, for others to read: `status t-9`.
    pub(super) command: &'a str,
    /// How long to wait.
    pub(super) timeout: Duration,
}

impl StoreLock {
    pub(super) fn acquire(wait: Wait<'_>) -> Result<Self, Error> {
        let path = wait.dir.join(".lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| Error::io("cannot open", &path, error))?;
        let start = Instant::now();
        let mut pause = Duration::from_micros(200);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => {
                    return Err(Error::io("cannot lock", &path, error));
                }
                Err(TryLockError::WouldBlock) => {}
            }
            let waited = start.elapsed();
            if waited >= wait.timeout {
                let holder = holder(&mut file);
                let dir = wait.dir.to_owned();
                return Err(Error::Locked { dir, holder, waited: wait.timeout });
            }
            // Short: the lock is held for a few milliseconds, and somebody who takes it again and
            // again leaves gaps shorter still. Unequal: waiters must not knock in step.
            let jitter = Duration::from_micros(u64::from(std::process::id() % 7) * 90);
            std::thread::sleep((pause + jitter).min(wait.timeout.saturating_sub(waited)));
            pause = (pause * 2).min(MAX_PAUSE);
        }
        let waited = start.elapsed();
        if waited > Duration::from_millis(100) {
            tracing::info!(waited_ms = waited.as_millis(), "waited for the store's lock");
        }
        // Who holds it is a courtesy to others; the lock holds without it.
        let _ = sign(&mut file, wait.command);
        Ok(Self { _file: file })
    }
}

fn sign(file: &mut File, command: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{} {command}", std::process::id())
}

/// `pid 4242 (status t-9)` from the lock file's text.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    // An unreadable signature leaves the message without it.
    let _ = file.rewind().and_then(|()| file.take(200).read_to_string(&mut text));
    match text.trim().split_once(' ') {
        Some((pid, command)) if pid.bytes().all(|b| b.is_ascii_digit()) => {
            format!("pid {pid} ({})", crate::text::one_line(command))
        }
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_names_its_holder_and_is_free_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let wait = |command| Wait { dir: dir.path(), command, timeout: Duration::ZERO };
        let held = StoreLock::acquire(wait("status t-9")).unwrap();
        let error = StoreLock::acquire(wait("note t-1")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{}/ is locked by pid {} (status t-9) for 0.0 s; nothing was changed",
                dir.path().display(),
                std::process::id()
            )
        );
        assert_eq!(error.exit_code(), 3);
        drop(held);
        assert!(StoreLock::acquire(wait("note t-1")).is_ok());
        assert!(dir.path().join(".lock").exists());
    }
}
