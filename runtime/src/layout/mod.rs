//! What files are called and what their first line tells; pure: no file, no clock, no environment.
//!
//! Deleting and compressing go by these names alone: a name is ours when [`parse`] accepts it, and
//! it accepts exactly what [`format()`] gives back.

mod date;
mod name;

pub use date::{day_of, time_of_line};
pub use name::{
    Archive, COMPRESS_LOCK, Compression, compressed_temporary, format, lock, next, parse,
    parse_temporary,
};
