//! The records that this test process writes, as they stand in its files.
//!
//! Tests run at once: each uses operation names of its own.

use std::{fs, path::PathBuf, sync::LazyLock};

use audit_runtime::{Logs, Rule, config::ConsoleTarget, record::Category};
use serde_json::Value;

static LOG: LazyLock<Log> = LazyLock::new(|| {
    // A test may run one of the others in a process of its own.
    let fresh = || {
        let target = env!("CARGO_TARGET_TMPDIR");
        tempfile::Builder::new().prefix("macros-").tempdir_in(target).unwrap().keep()
    };
    let dir = std::env::var_os("AUDIT_TESTS_DIR").map_or_else(fresh, PathBuf::from);
    let logs = audit_runtime::builder("tests")
        .environment([("AUDIT_LOG_STRICT", "true")])
        .dir(&dir)
        .rotate_size(None)
        .rotate_every(None)
        .console(ConsoleTarget::Off)
        .category(Category::Performance, Rule::From(audit_runtime::Level::Info))
        .agent("ambient-agent")
        .user("ambient-user")
        .without_subscriber()
        .init();
    Log { dir, _logs: logs }
});

struct Log {
    dir: PathBuf,
    _logs: Logs,
}

/// Begins to record, unless it has begun.
pub(crate) fn start() {
    LazyLock::force(&LOG);
}

/// The records of that operation in the file of `category`, in their order.
pub(crate) fn records(category: Category, operation: &str) -> Vec<Value> {
    // A file begins with its first record.
    let bytes = fs::read(LOG.dir.join(format!("{category}.log"))).unwrap_or_default();
    // Another test may be about to write the last line.
    let complete = bytes.split_inclusive(|byte| *byte == b'\n').filter(|l| l.ends_with(b"\n"));
    let lines = complete.map(|line| serde_json::from_slice::<Value>(line).unwrap());
    lines.filter(|record| record["operation"] == operation).collect()
}

/// The only audit record of that operation.
#[track_caller]
pub(crate) fn audited(operation: &str) -> Value {
    only(Category::Audit, operation)
}

/// The only performance record of that operation.
#[track_caller]
pub(crate) fn timed(operation: &str) -> Value {
    only(Category::Performance, operation)
}

#[track_caller]
fn only(category: Category, operation: &str) -> Value {
    let mut records = records(category, operation);
    assert_eq!(records.len(), 1, "records of {operation}: {records:?}");
    records.remove(0)
}
