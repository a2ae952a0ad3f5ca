//! What is set for a disk that fails, seen from outside. Scenario one.

use audit_tests::{Sandbox, log_lines};

use crate::sandbox;

/// A sandbox whose log directory is taken by a file, so that lines go to the state directory.
fn diverted(policy: &str) -> Sandbox {
    let sandbox = sandbox("staging").with_env("AUDIT_LOG_AUDIT_ON_FAILURE", policy);
    sandbox.write("logs", "in the way");
    sandbox
}

/// The same without any directory.
fn nowhere(policy: &str) -> Sandbox {
    let sandbox = diverted(policy).with_env("TMPDIR", "/dev/null");
    sandbox.write(".local", "in the way");
    sandbox
}

#[test]
fn what_is_required_runs_where_another_file_took_its_record() {
    let outcome = diverted("continue").run(["required"]).succeeds();
    assert_eq!(outcome.stdout(), "it ran\n");
    let outcome = nowhere("continue").run(["required"]).succeeds();
    assert!(outcome.stdout().starts_with("`REQUIRED` was not run"), "{}", outcome.transcript());
}

#[test]
fn what_is_required_does_not_run_where_that_is_denied() {
    let sandbox = diverted("deny");
    let outcome = sandbox.run(["required"]).succeeds();
    assert!(outcome.stdout().starts_with("`REQUIRED` was not run"), "{}", outcome.transcript());
    let state = log_lines(&sandbox.path(".local/state/logger/logs/audit.log"));
    assert_eq!(state[0]["phase"], "intent", "the attempt is recorded nevertheless");
}

#[test]
fn a_record_in_no_file_ends_the_process_where_that_is_set() {
    let _ = diverted("abort").run(["return", "1"]).succeeds();
    let outcome = nowhere("abort").run(["return", "1"]);
    assert_eq!(outcome.code(), -1, "{}", outcome.transcript());
    let told = "warning: a line of audit is in no file; ending the process, as it is set\n";
    assert!(outcome.stderr().contains(told), "{}", outcome.transcript());
    let outcome = nowhere("continue").run(["return", "1"]).succeeds();
    assert!(outcome.stderr().contains("RECORD"), "{}", outcome.transcript());
}
