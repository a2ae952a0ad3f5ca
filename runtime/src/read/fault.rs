//! What could not be read, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One place that could not be read; reading went on behind it where that was possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: Arc<Path>,
    /// The line, counted from 1; for [`Reason::Unreadable`] the first line that is missing.
    pub line: u64,
    /// Where that line begins, in bytes from the start of the (decompressed) file.
    pub offset: u64,
    /// What is wrong.
    pub reason: Reason,
}

/// Why a line, or the rest of a file, could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes are not UTF-8, from this byte of the line on.
    NotUtf8(usize),
    /// The line holds NUL bytes, as a power loss leaves them.
    Nul,
    /// The line is longer than [`super::MAX_LINE_BYTES`].
    TooLong,
    /// The last line has no end: its writer stopped in the middle, or is still writing.
    Torn,
    /// Not one JSON object.
    NotJson(String),
    /// A member is missing, given twice, or not what the format says.
    Member(String),
    /// The file, or the rest of it, could not be read at all.
    Unreadable(String),
}

impl Reason {
    /// True when one line is lost; false when it is a file or the rest of one.
    pub fn is_line(&self) -> bool {
        !matches!(self, Self::Unreadable(_))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8(at) => write!(f, "not UTF-8 from byte {at} of the line on"),
            Self::Nul => f.write_str("NUL bytes"),
            Self::TooLong => write!(f, "longer than {} bytes", super::MAX_LINE_BYTES),
            Self::Torn => f.write_str("torn: the last line has no end"),
            Self::NotJson(why) => write!(f, "not a JSON object: {why}"),
            Self::Member(why) => write!(f, "not a log line: {why}"),
            Self::Unreadable(why) => write!(f, "unreadable from here on: {why}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, offset, reason } = self;
        write!(f, "{}:{line} (byte {offset}): {reason}", path.display())
    }
}

impl std::error::Error for Fault {}

/// Why a directory cannot be read as one of logs.
#[derive(Debug)]
#[non_exhaustive]
pub enum DirError {
    /// Nothing is there.
    Missing(PathBuf),
    /// Something else is there.
    NotADirectory(PathBuf),
    /// It cannot be listed.
    Unreadable(PathBuf, io::Error),
    /// It holds no log file.
    NoLogs(PathBuf),
}

#[expect(
    clippy::unnecessary_debug_formatting,
    reason = "a path from outside is quoted and escaped"
)]
impl fmt::Display for DirError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(
                f,
                "log directory {path:?} does not exist; name the directory that holds audit.log \
                 (a program that was set up by its environment writes to AUDIT_LOG_DIR)"
            ),
            Self::NotADirectory(path) => {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                let parent = parent.unwrap_or(Path::new("."));
                write!(f, "{path:?} is not a directory; name the one that holds it: {parent:?}")
            }
            Self::Unreadable(path, error) => {
                write!(f, "cannot list log directory {path:?}: {error}; check its permissions")
            }
            Self::NoLogs(path) => write!(
                f,
                "no log files in {path:?}: expected audit.log, performance.log, … or their \
                 archives; run the program first, or name the directory it writes to"
            ),
        }
    }
}

impl std::error::Error for DirError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            _ => None,
        }
    }
}
