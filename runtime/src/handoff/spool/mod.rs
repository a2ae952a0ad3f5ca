//! The hand-off at memory speed: records in a mapped file that survives the process.
//!
//! Each thread writes a [`ring`] of its own by copying and one release store; a thread of the
//! runtime brings what is there into the files. Who finds the file of a dead process does the same
//! in its place. This is the one module with `unsafe` code; each block says why it holds.

#![expect(unsafe_code, reason = "memory that is shared with other processes")]

mod memory;
mod record;
mod ring;
