//! The files as a whole.
//!
//! `rolling`: one file and its archives. `fallback`: the set, when its directory cannot be used.
//! `processes`: several processes, and faults that need one of their own.

mod fallback;
mod processes;
mod rolling;
mod support;
