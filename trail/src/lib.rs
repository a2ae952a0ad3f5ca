//! Reads the log files of `audit-runtime` and says what happened: the library behind `trail`.
//!
//! [`report::scan`] reads a directory into a [`report::Report`], which [`table::render`] prints
//! for people and [`json::render`] for programs. [`settings`] lists the settings that
//! a program would have. [`cli::main`] is the whole program.
//!
//! Numbers are exact or absent: what could not be read is counted and named beside them.

pub mod cli;
mod escape;
pub mod json;
mod recover;
pub mod report;
pub mod settings;
pub mod table;
mod tally;
mod upkeep;
pub mod window;
