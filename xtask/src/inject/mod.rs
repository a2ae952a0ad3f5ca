//! `cargo xtask inject`: the attributes in front of every function of crates that others wrote.
//!
//! `request` reads what was asked for, `fetch` copies a crate's source out of the registry's cache,
//! `scan` finds the functions of a file and `annotate` writes attributes in front of them, `build`
//! runs cargo and reads what it says, `compare` puts before and after side by side, `command` does
//! all that for each crate.

mod annotate;
mod build;
mod command;
mod compare;
mod fetch;
mod request;
mod scan;

pub(crate) use command::{check, run};
