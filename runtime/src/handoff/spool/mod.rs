//! The hand-off at memory speed: records in a mapped file that survives the process.
//!
//! Each thread writes a [`ring`] of its own by copying and one release store; a thread of the
//! runtime (`pump`) brings what is there into the files. Who finds the file of a dead process
//! (`recover`) does the same in its place, from what it reads (`image`). The file is laid out by
//! `plan`, made by `create`, and describes its own call sites (`sheet`); `local` is what a thread
//! keeps, `fork` what a child must not have, `exit` what is done at the end. `gap` tells of records that are lost; `watch` looks
//! after the file, the thread, and what others left.
//!
//! `memory`, `map`, `ring`, `live`, `pump`, `create`, `fork` and `exit` have the only `unsafe` code of the
//! project; each block says why it holds.

#![expect(unsafe_code, reason = "memory that is shared with other processes")]

mod apart;
mod create;
mod exit;
mod fork;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod gap;
mod image;
mod live;
mod local;
mod map;
mod memory;
mod outlet;
mod plan;
mod pump;
mod reach;
mod record;
mod recover;
mod ring;
mod sheet;
mod start;
#[cfg(test)]
mod tests;
mod watch;

pub(super) use live::{Pushed, Spool};
pub(super) use reach::Reach;
pub(super) use recover::has_any;
pub use recover::{Recovery, recover};
pub use sheet::About;
pub(super) use start::Promotion;
pub use start::Wish;
