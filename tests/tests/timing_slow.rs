//! `Timing::Slow`, what production has: summaries, a line for each slow call, and a last summary
//! when the guard is dropped.

use std::time::Duration;

use audit_runtime::{Category, Context, timed, with_context};
use audit_tests::log_lines;
use audit_trail::window::Window;
use serde_json::Value;

#[timed(operation = "SLOW", slow = "1ns", context(n))]
fn slow(n: u32) -> u32 {
    n
}

#[timed(operation = "SLOW_OUTCOME", slow = "1ns", outcome)]
fn slow_outcome() -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

#[timed(operation = "FAST", slow = "3600s", context(n))]
fn fast(n: u32) -> u32 {
    n
}

#[timed(operation = "NO_THRESHOLD")]
fn no_threshold() {}

#[test]
fn slow_calls_have_a_line_and_all_are_summed_up_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("slow")
        .environment([("AUDIT_LOG", "production"), ("AUDIT_LOG_SUMMARY_EVERY", "off")])
        .dir(dir.path())
        .init();
    let file = logs.file(Category::Performance).expect("a file");
    let told = |operation: &str, event: &str| -> Vec<Value> {
        let wanted = |line: &Value| line["operation"] == operation && line["event"] == event;
        log_lines(&file).into_iter().filter(wanted).collect()
    };
    assert_eq!(audit_runtime::Timing::Slow, logs.settings().timing);

    with_context(Context::default().user("jane"), || {
        assert_eq!(slow(1) + slow(2) + fast(3), 6);
        assert!(slow_outcome().is_err());
    });
    no_threshold();
    // As everybody does who reads files right after a call: production has a spool.
    assert!(logs.flush(Duration::from_mins(1)));
    let lines = told("SLOW", "slow");
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["level"], &lines[0]["context"]["n"]), (&"WARN".into(), &1.into()));
    assert_eq!(lines[1]["user"], "jane");
    assert!(lines[1]["duration_ms"].is_number());
    let lines = told("SLOW_OUTCOME", "slow");
    assert_eq!((&lines[0]["outcome"], &lines[0]["user"]), (&"failure".into(), &"jane".into()));
    assert_eq!(lines[0]["error"]["type"], "core::fmt::Error");

    audit_runtime::flush_summaries();
    assert_eq!(slow(4), 4);
    drop(logs);
    let counts = |operation| {
        let summaries = told(operation, "summary");
        summaries.iter().map(|line| line["count"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(counts("SLOW"), [2, 1], "each call in one summary");
    assert_eq!(counts("FAST"), [1]);
    assert_eq!(counts("NO_THRESHOLD"), [1]);
    assert_eq!(told("SLOW_OUTCOME", "summary")[0]["errors"], 1);
    assert_eq!(told("SLOW", "slow").len(), 3);
    assert!(told("FAST", "slow").is_empty());
    for operation in ["SLOW", "FAST", "NO_THRESHOLD"] {
        assert!(told(operation, "timing").is_empty(), "{operation}");
    }
    audit_runtime::flush_summaries();
    assert_eq!(counts("SLOW"), [2, 1], "nothing is left to tell");

    let report = audit_trail::report::scan(dir.path(), &Window::default()).expect("a log");
    assert!(report.complete);
    let row = report.summaries.iter().find(|row| row.name == "SLOW").expect("a row");
    assert_eq!((row.windows, row.count, row.calls, row.errors), (2, 3, 3, 0));
    let slow = report.timings.iter().find(|row| row.calls.name.as_deref() == Some("SLOW"));
    assert_eq!(slow.map(|row| (row.calls.count, row.slow)), Some((3, 3)));
}
