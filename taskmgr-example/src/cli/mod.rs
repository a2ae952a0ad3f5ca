//! The command line: arguments, log set-up, commands, output.
//!
//! stdout carries data only; warnings (`warning: …`), errors (`error: …`, `hint: …`) and the
//! console log go to stderr. Exit codes: 0 done, 1 refused or not found, 2 wrong use, 3 the store
//! is locked (a retry makes sense), 4 I/O or a damaged file.

mod answer;
mod args;
mod commands;
mod entry;
mod globals;
mod input;
mod json;
pub mod logging;
mod output;
mod table;

pub use args::{Args, Command};
pub use entry::main;
pub use globals::{Format, GlobalArgs, Profile};
pub(crate) use output::say;
