//! Bringing what was appended to the disk, and telling who waits for it.
//!
//! Appends of a file form a `group` until one of those who wait, the leader, brings the file to the disk for all of
//! them; whoever appends meanwhile belongs to the next group. No lock is held while the disk works. For files whose
//! lines are to be on the disk soon, a `thread` leads in the place of a caller.
//!
//! A file that could not be brought to the disk is never tried again: the system says so once and then drops the data,
//! so that a second try succeeds for nothing. Nobody of its group is told that it worked; lines go on in a new file.

mod disk;
mod group;
mod owed;
#[cfg(test)]
mod tests;
mod thread;

#[cfg(test)]
pub(in crate::sink) use disk::testing;
pub use disk::{Disk, RealDisk};
pub(in crate::sink) use group::{Appended, Durable, Group};
pub use owed::Owed;
pub use thread::Syncer;
