//! The YAML front matter of a task file: found, read with positions, and edited in place.
//!
//! Only the text of changed keys is replaced. Everything else (body, other keys, comments, line
//! ends, byte order mark, a missing last newline) keeps its bytes, because the file is never
//! written out again from a parsed form. Each edit is read back before anybody may write it.

mod edit;
mod parse;
mod scalar;
mod split;

pub use edit::NewValue;
pub use parse::{Document, Entry, Fault, Node};
