//! One log file shared by any number of processes: its lock, and appending whole lines to it.
//!
//! Under the lock a writer makes sure that the path still names the file it holds, that the file
//! ends with a complete line, and then writes all its lines at once. Bytes that were acknowledged
//! are never cut off, nor is a file ever emptied or copied.

mod append;
mod lock;
mod notices;

pub use append::{Active, Batch, Change, Tail};
pub use lock::{Guard, LockError, LockFile};
#[cfg(test)]
pub(crate) use notices::testing;
pub use notices::{At, Gap, Notices};
