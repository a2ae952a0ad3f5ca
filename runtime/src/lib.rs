//! Audit trails and timing for Rust functions: annotate a function, and get a record of who did
//! what to which thing, with before, after and outcome, and how long it took, in five rotating log
//! files that ordinary tools read as they are.
//!
//! ```
//! use audit_runtime::{audited, timed};
//!
//! #[audited(operation = "TRANSFER", resource(account = from), details(cents), err = %)]
//! #[timed(slow = "50ms")]
//! fn transfer(from: u64, to: u64, cents: u64) -> Result<(), String> {
//!     if from == to {
//!         return Err(format!("account {to} cannot pay itself"));
//!     }
//!     Ok(())
//! }
//!
//! // In `main`; the guard ends logging when it is dropped.
//! let _logs = audit_runtime::builder("bank").profile(audit_runtime::Profile::Test).init();
//! assert!(transfer(1, 2, 995).is_ok());
//! ```
//!
//! - [`macro@audited`] and [`macro@timed`] record calls; [`AuditValue`] and [`Sensitive`] decide how
//!   values are written; [`Context`] says who acts.
//! - `#[derive(AuditValue)]` and `#[derive(Redact)]` do so for types of your own.
//! - [`timer`] times what is no function, [`cache`] counts hits and misses, [`memory`] watches the
//!   process; [`Timing`] says what is written of all calls, and [`flush_summaries`] writes it.
//! - [`init`], [`try_init`] and [`builder()`] set logging up; the guard is [`Logs`]; [`health()`]
//!   counts what could be lost.
//! - [`layer()`] joins a `tracing` subscriber that a program builds itself.
//! - `read`, a module behind the feature of that name, and [`layout`] are for programs that read the
//!   files.
//!
//! # Features
//!
//! None is on by default.
//!
//! - `off`: the attributes check their arguments and leave the functions as they are, so that the
//!   machine code is that of the functions without them.
//! - `max_level_off`, `max_level_error`, `_warn`, `_info`, `_debug`, `_trace`, and the same behind
//!   `release_`, which hold without debug assertions only: timings and events below the level are
//!   compiled out. Audit records are not.
//! - `json`: values given as `json(..)`, and `err = json`.
//! - `read`: the module that reads lines back.
//! - `secrecy`: the secrets of that crate are values, written as `[redacted]`.
//! - `tsc`: durations by the processor's time-stamp counter, which takes half as long as the standard
//!   clock; it is calibrated for 0.6 ms at the first duration.
//! - `config-file`: settings from a TOML file. `zstd`: archives compressed with zstd. `local-time`:
//!   files rotated at the midnight of a time zone. `metrics`: the counters for the program's metrics. `signals`: files rotated at a signal.
//!
//! What a line holds, which settings there are and what survives a crash stand in the `docs` folder
//! of the repository: `format.md`, `configuration.md`, `durability.md`.

pub mod config;
pub mod health;
pub mod layout;
#[cfg(any(feature = "read", test))]
pub mod read;
pub mod record;

// The road of a record; public for the tests, benchmarks and tools of this workspace.
#[doc(hidden)]
pub mod clock;
#[doc(hidden)]
pub mod context;
mod decimal;
#[doc(hidden)]
pub mod drain;
#[doc(hidden)]
pub mod frame;
#[doc(hidden)]
pub mod fs;
#[doc(hidden)]
pub mod handoff;
#[doc(hidden)]
pub mod histogram;
mod hooks;
#[doc(hidden)]
pub mod install;
#[doc(hidden)]
pub mod layer;
#[doc(hidden)]
pub mod ledger;
#[doc(hidden)]
pub mod redact;
#[doc(hidden)]
pub mod render;
#[doc(hidden)]
pub mod sink;
#[doc(hidden)]
pub mod timing;
#[doc(hidden)]
pub mod trap;
#[doc(hidden)]
pub mod value;
#[doc(hidden)]
pub mod wait;

pub use audit_macros::{AuditValue, Redact, audited, timed};
pub use clock::Timestamp;
pub use config::{
    Change, Color, ConsoleTarget, Dir, Every, FileSetting, Format, MinFree, Problem, Profile, Rule,
    SpoolMode, Timing,
};
pub use context::{Context, InContext, WithContext, with_context};
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use handoff::fuzz;
pub use handoff::{Recovery, recover_spools};
pub use health::{Health, Status};
pub use hooks::{AuditError, AuditOutcome, Timer, timer};
#[cfg(feature = "metrics")]
pub use install::publish_metrics;
pub use install::{
    Builder, InitError, Logs, Position, builder, health, init, recover_private, try_init,
};
pub use layer::{EventLayer, layer};
pub use layout::Compression;
pub use record::{Category, Level, Outcome};
pub use sink::PrivateDir;
pub use timing::{Cache, cache, flush_summaries, memory};
pub use value::{AuditValue, Nested, Redact, Sensitive, Shape, Value};

/// What generated code calls.
#[doc(hidden)]
pub mod __private {
    pub use crate::hooks::*;
}

/// The examples of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
