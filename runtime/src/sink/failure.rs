//! Why lines were not written.

use std::{fmt, io};

use crate::{fs, ledger::LockError};

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
    /// Another thread of this process was held up in the file until the deadline.
    Stuck,
    /// The file or its directory cannot be used.
    Io(io::Error),
    /// It is in the file, which could not be brought to the disk.
    NotSynced(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Io(error) | Failure::NotSynced(error) => error,
            other @ (Failure::LockTimeout | Failure::Stuck) => {
                Self::new(io::ErrorKind::TimedOut, other.to_string())
            }
        }
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
            Self::Stuck => f.write_str("the disk holds up a write"),
            Self::Io(error) => f.write_str(&fs::reason(error)),
            Self::NotSynced(error) => {
                write!(f, "could not be brought to the disk: {}", fs::reason(error))
            }
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
