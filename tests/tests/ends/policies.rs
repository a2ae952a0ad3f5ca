//! What is set for a disk that fails, seen from outside. Scenario one.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use audit_tests::{Sandbox, log_lines};

use crate::{records, sandbox};

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

/// A process is killed while its lines go to a private directory: `trail recover` brings them home.
#[test]
fn what_a_killed_process_left_in_a_private_directory_is_found_again() {
    let sandbox = nowhere("continue").with_env("TMPDIR", "temp");
    fs::create_dir(sandbox.path("temp")).expect("a directory");
    let mut command = sandbox.command(["wait", "20"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program");
    let mut ready = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut ready).expect("a line");
    let recover = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trail-under-test"));
        command.args(["recover", "logs", "--temp", "temp"]).current_dir(sandbox.dir()).env_clear();
        command.output().expect("trail")
    };
    fs::remove_file(sandbox.path("logs")).expect("it was in the way");
    fs::create_dir(sandbox.path("logs")).expect("a directory");
    assert_eq!(recover().status.code(), Some(0));
    assert_eq!(sandbox.names("logs"), [""; 0], "its process lives");
    child.kill().expect("it runs");
    child.wait().expect("its end");
    let outcome = recover();
    let told = String::from_utf8_lossy(&outcome.stdout).into_owned();
    assert!(outcome.status.success() && told.contains(" lines from temp/logger-"), "{told}");
    let expected: Vec<_> = (0..20).map(|n| (0, n)).collect();
    assert_eq!(records(&log_lines(&sandbox.path("logs/audit.log"))), expected);
    let system = log_lines(&sandbox.path("logs/system.log"));
    assert_eq!(system.iter().filter(|line| line["message"] == "note").count(), 20);
    assert_eq!(sandbox.names("temp"), [""; 0]);
}
