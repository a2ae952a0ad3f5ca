//! The five categories, and what stands in for their directory when it cannot be used.
//!
//! `set` is the way of lines through the places, `place` a directory with its files. Once a file
//! takes no lines, those of its category go `around` it by a `detour`, one thread at a time: to the state
//! directory, to a file in a `private` directory, to the standard error. When the file takes lines
//! again, those of the private directory come first, then a line for all that is missing or stands
//! elsewhere, and then the line at hand. `stdout` counts what becomes of lines to the standard
//! output.

mod around;
mod detour;
mod left;
mod place;
mod private;
mod set;
mod stdout;

pub use left::{PrivateDir, bring_home};
pub(in crate::sink) use place::Place;
pub(in crate::sink) use set::Output;
pub use set::{Delivery, Location, SinkSet};
