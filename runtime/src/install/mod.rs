//! Setting logging up: the builder, the guard, and the panic hook.
//!
//! Start-up never fails. What cannot be had is replaced by the next best thing, told once on the
//! standard error and in `system.log`.

mod builder;
mod files;
mod guard;
mod heartbeat;
mod live;
#[cfg(any(feature = "metrics", test))]
mod metrics;
mod panics;
mod position;
mod recovery;
#[cfg(feature = "signals")]
mod signals;
mod start;
mod watch;

pub use builder::{Builder, InitError};
pub use guard::Logs;
pub use position::Position;
pub use recovery::recover_private;

use crate::{handoff, health::Health};

/// Starts to set logging up for the program of that name.
///
/// ```
/// use audit_runtime::{Category, Profile};
///
/// let dir = std::env::temp_dir().join(format!("audit-doc-{}", std::process::id()));
/// let logs = audit_runtime::builder("shop").profile(Profile::Staging).dir(&dir).init();
/// assert!(logs.file(Category::Audit).is_some_and(|file| file.starts_with(&dir)));
/// # drop(logs);
/// # std::fs::remove_dir_all(&dir).expect("the log directory");
/// ```
pub fn builder(app: impl Into<String>) -> Builder {
    Builder::new(app.into())
}

/// Sets logging up for the program of that name, from the environment alone.
///
/// It never fails and never panics; it prints what it had to change. Logging ends when the guard is
/// dropped, so bind it to a name in `main`: `let _logs = …`.
///
/// ```
/// let _logs = audit_runtime::builder("shop").profile(audit_runtime::Profile::Test).init();
/// ```
pub fn init(app: impl Into<String>) -> Logs {
    builder(app).init()
}

/// Sets logging up as [`init`] does, and fails where that would have changed something.
///
/// # Errors
///
/// [`InitError`] when a setting is not understood or logging is set up already; nothing is set up
/// then.
pub fn try_init(app: impl Into<String>) -> Result<Logs, InitError> {
    builder(app).try_init()
}

/// The counters of this process; all zero before logging is set up.
#[must_use]
pub fn health() -> Health {
    handoff::current().map(|road| road.drain().health()).unwrap_or_default()
}

/// Publishes the counters through the `metrics` facade, as `audit_log_…`. They are published every
/// ten seconds anyway; a program whose metrics are asked for can call this before it answers.
#[cfg(feature = "metrics")]
pub fn publish_metrics() {
    metrics::publish(&health());
}
