//! Values that log while they are logged. Scenario 37. In a process of its own: a scoped subscriber
//! would not see what is logged within.

use std::{fmt, path::PathBuf, sync::LazyLock, thread};

use audit_runtime::{Logs, audited, config::ConsoleTarget};
use audit_tests::{log_lines, until};
use serde_json::Value;
use tracing::{Level, field::Empty};

static LOG: LazyLock<(PathBuf, Logs)> = LazyLock::new(|| {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory").keep();
    let logs = audit_runtime::builder("nested")
        .environment([("AUDIT_LOG_STRICT", "true")])
        .console(ConsoleTarget::Off)
        .dir(&dir)
        .init();
    (dir, logs)
});

/// Runs it in a thread of its own; what never comes back fails the test.
#[track_caller]
fn comes_back(run: fn()) {
    LazyLock::force(&LOG);
    let ran = thread::spawn(run);
    until("the end of what logs", || ran.is_finished());
    assert!(ran.join().is_ok());
}

/// The lines of `system.log` with that message.
fn said(message: &str) -> Vec<Value> {
    let mut lines = log_lines(&LOG.0.join("system.log"));
    lines.retain(|line| line["message"] == message);
    lines
}

/// Logs and asks whether somebody would listen, whenever it is shown.
struct Loud(&'static str);

impl fmt::Debug for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = tracing::enabled!(target: "nobody", Level::DEBUG);
        tracing::info!(target: "inner", "{}", self.0);
        f.write_str("shown")
    }
}

impl fmt::Display for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Loud {}

#[audited(operation = "FAILS", details(?value), err = %)]
fn fails(value: &Loud) -> Result<(), Loud> {
    tracing::info!("{value}");
    Err(Loud("within an error"))
}

#[test]
fn a_value_that_logs_through_tracing_neither_loops_nor_locks() {
    comes_back(|| {
        tracing::info!(value = ?Loud("within an event"), "event");
        let span = tracing::info_span!("span", value = ?Loud("within a span"), late = Empty);
        let _entered = span.enter();
        span.record("late", tracing::field::debug(Loud("within a late field")));
        tracing::error!(
            error = &Loud("within a cause") as &dyn std::error::Error,
            "event of an error"
        );
        log::info!("of the facade {:?}", Loud("within the facade"));
        assert!(fails(&Loud("within a call")).is_err());
    });
    assert_eq!(said("event")[0]["fields"]["value"], "shown");
    for inner in [
        "within an event",
        "within a span",
        "within a late field",
        "within a cause",
        "within the facade",
    ] {
        assert_eq!(said(inner).len(), 1, "{inner}");
    }
    let error = &said("event of an error")[0];
    assert_eq!(error["error"]["message"], "shown");
    assert_eq!(
        (&error["span"]["value"], &error["span"]["late"]),
        (&"shown".into(), &"shown".into())
    );
    let mut audit = log_lines(&LOG.0.join("audit.log"));
    audit.retain(|line| line["operation"] == "FAILS");
    assert_eq!(audit.len(), 1);
    assert_eq!(
        (&audit[0]["details"]["value"], &audit[0]["error"]["message"]),
        (&"shown".into(), &"shown".into())
    );
    assert_eq!(said("within an error").len(), 1);
    assert!(!said("within a call").is_empty());
}

/// Logs itself, whenever it is shown.
struct Endless;

impl fmt::Debug for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tracing::info!(value = ?self, "endless");
        f.write_str("shown")
    }
}

#[test]
fn a_value_that_logs_itself_comes_to_an_end() {
    comes_back(|| {
        tracing::info!(value = ?Endless, "endless");
    });
    let lines = said("endless");
    assert!((2..100).contains(&lines.len()), "{}", lines.len());
    assert!(audit_runtime::health().calls_too_deep > 0);
}
