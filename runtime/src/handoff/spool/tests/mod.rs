//! Spools as a whole, by the kind of thing that happens to them.
//!
//! - `whole`: made, filled, drained; threads and children
//! - `left`: what a process left, and another one takes up
//! - `deaths`: a process that dies between any two steps, or within a line
//! - `damage`: bytes, files and threads that somebody else changed or took away
//! - `order`: batches of several threads
//! - `stuck`: a drain that does not get on
//! - `times`: readings of a counter, until somebody writes their lines
//! - `images`: files of spools changed at random

mod damage;
mod deaths;
mod images;
mod left;
mod order;
mod stuck;
mod support;
mod times;
mod whole;
