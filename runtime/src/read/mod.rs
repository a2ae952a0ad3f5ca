//! The reading side of the line format: which files a directory holds, their lines in order, and
//! what a line says.
//!
//! [`LogDir::open`] finds the files, archives included; [`LogFile::into_lines`] walks one of them
//! and [`LogDir::into_lines`] a whole category, oldest file first, without loading a file whole;
//! [`Line::entry`] parses. Whatever cannot be read becomes a [`Fault`] that names its place, and
//! reading goes on: no input makes this module panic or stop early without saying so.
//!
//! Order is the order in which lines were appended. Two processes that write at once may be apart
//! in the file by the moment between taking the time and taking the lock.
//!
//! Never does: write, lock, guess a number it could not read, or hold more than one line.

mod directory;
mod entry;
mod fault;
mod lines;
mod listing;
mod summary;
mod time;

pub use directory::{LogDir, LogFile};
pub use entry::{Entry, Failure};
pub use fault::{DirError, Fault, Reason};
pub use lines::{Line, Lines, MAX_LINE_BYTES};
pub use summary::Summary;
pub use time::{parse_day, parse_time};
