//! Forks without exec, and daemons. Scenario 24.

use std::collections::{BTreeMap, BTreeSet};

use audit_tests::log_lines;
use serde_json::Value;

use crate::{json_lines, records, sandbox};

const COUNT: u64 = 10;

/// How many children there are; `AUDIT_TESTS_ROUNDS` asks for more.
fn children() -> u64 {
    std::env::var("AUDIT_TESTS_ROUNDS").map_or(250, |text| text.parse().expect("a number"))
}

/// Every record of `lines` once, each child under a run of its own.
fn check(lines: &[Value], told: &str) {
    let (mut expected, children) = (BTreeSet::new(), children());
    for who in 0..children {
        expected.extend((0..COUNT).map(|n| (who, n)));
    }
    for line in told.lines() {
        let (who, count) = line.split_once(' ').expect("who and how many");
        let (who, count): (u64, u64) = (who.parse().unwrap(), count.parse().unwrap());
        expected.extend((0..count).map(|n| (who, n)));
    }
    let found = records(lines);
    assert_eq!(found.len(), expected.len(), "none is lost or doubled");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    let mut runs = BTreeMap::new();
    for line in lines.iter().filter(|line| line["operation"] == "RECORD") {
        let who = line["who"].as_u64().expect("a number").min(children);
        let run = (line["run_id"].to_string(), line["pid"].to_string());
        assert_eq!(*runs.entry(who).or_insert_with(|| run.clone()), run, "{line}");
    }
    let different: BTreeSet<_> = runs.values().collect();
    assert_eq!(different.len() as u64, children + 1, "each process has a run of its own");
}

fn arguments() -> [String; 3] {
    ["forks".to_owned(), children().to_string(), COUNT.to_string()]
}

fn forks_while_threads_log(spool: &str) {
    // The file rotates meanwhile.
    let sandbox = sandbox("staging").with_env("AUDIT_LOG_ROTATE_SIZE", "64KiB");
    let sandbox =
        sandbox.with_env("AUDIT_LOG_KEEP_FILES", "off").with_env("AUDIT_LOG_SPOOL", spool);
    let sandbox = sandbox.with_env("AUDIT_LOG_KEEP_AGE", "off");
    let outcome = sandbox.run(arguments()).succeeds();
    // What its guard had no time for.
    audit_runtime::recover_spools(&sandbox.path("logs")).expect("a directory");
    let names = sandbox.names("logs").into_iter().filter(|name| name.starts_with("audit.log"));
    let mut lines = Vec::new();
    for name in names {
        lines.extend(log_lines(&sandbox.path(format!("logs/{name}"))));
    }
    check(&lines, &outcome.stdout());
}

#[test]
fn a_fork_while_threads_log_keeps_both_sides_correct() {
    forks_while_threads_log("off");
}

#[test]
fn a_fork_while_threads_log_through_a_spool_keeps_both_sides_correct() {
    forks_while_threads_log("on");
}

#[test]
fn a_daemon_leaves_the_spool_of_its_parent_to_whoever_recovers() {
    let sandbox = sandbox("staging").with_env("AUDIT_LOG_SPOOL", "on");
    // Its standard output is open until it ends.
    let _ = sandbox.run(["daemon", "20"]).succeeds();
    audit_runtime::recover_spools(&sandbox.path("logs")).expect("a directory");
    let lines = log_lines(&sandbox.path("logs/audit.log"));
    let mut found = records(&lines);
    found.sort_unstable();
    let expected: Vec<_> =
        [0, 1].into_iter().flat_map(|who| (0..20).map(move |n| (who, n))).collect();
    assert_eq!(found, expected);
    for line in &lines {
        assert_eq!(line.get("n").is_some(), line["who"] == 0, "a child has none: {line}");
    }
}

#[test]
fn a_fork_of_a_container_doubles_no_line_that_waits() {
    let sandbox = sandbox("container");
    let outcome = sandbox.run(arguments()).succeeds();
    let (told, lines): (Vec<_>, Vec<_>) =
        outcome.stdout().lines().map(str::to_owned).partition(|line| !line.starts_with('{'));
    check(&json_lines(&lines.join("\n")), &told.join("\n"));
}

#[test]
fn a_daemon_goes_on_with_the_logs_of_its_parents() {
    let sandbox = sandbox("staging");
    // Its standard output is open until it ends.
    let _ = sandbox.run(["daemon", "20"]).succeeds();
    let lines = log_lines(&sandbox.path("logs/audit.log"));
    let expected: Vec<_> =
        [0, 1].into_iter().flat_map(|who| (0..20).map(move |n| (who, n))).collect();
    assert_eq!(records(&lines), expected);
    assert_ne!(lines[0]["pid"], lines[20]["pid"]);
    assert_ne!(lines[0]["run_id"], lines[20]["run_id"]);
}

#[test]
fn a_child_does_not_take_the_private_directory_of_a_test_with_it() {
    let sandbox = sandbox("test").with_env("TMPDIR", "temp");
    std::fs::create_dir(sandbox.path("temp")).expect("a directory");
    // Its standard output is open until it ends.
    let outcome = sandbox.run(["daemon", "3"]);
    assert_eq!(outcome.code(), 0, "{}", outcome.transcript());
    let private = sandbox.names("temp");
    assert_eq!(private.len(), 1, "{private:?}");
    let lines = log_lines(&sandbox.path("temp").join(&private[0]).join("audit.log"));
    let expected: Vec<_> =
        [0, 1].into_iter().flat_map(|who| (0..3).map(move |n| (who, n))).collect();
    assert_eq!(records(&lines), expected);
}
