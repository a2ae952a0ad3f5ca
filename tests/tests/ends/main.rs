//! How a program ends, and what that costs.
//!
//! - `exits`: each way to end, with files and in a container
//! - `streams`: a standard output or error that is full, closed, or read by nobody
//! - `forks`: forks without exec, and daemons
//! - `policies`: what is set for a disk that fails

mod exits;
mod forks;
mod policies;
mod streams;

use audit_tests::Sandbox;
use serde_json::Value;

/// A sandbox for the program that logs, with files in `logs`: each line is there when a call returns,
/// unless a spool is asked for.
fn sandbox(profile: &str) -> Sandbox {
    let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_logger-under-test"));
    sandbox.with_env("AUDIT_LOG", profile).with_env("AUDIT_LOG_SPOOL", "off")
}

/// The records among lines, as who and n, in order.
fn records(lines: &[Value]) -> Vec<(u64, u64)> {
    let records = lines.iter().filter(|line| line["operation"] == "RECORD");
    let number = |value: &Value| value.as_u64().expect("a number");
    records.map(|line| (number(&line["who"]), number(&line["details"]["n"]))).collect()
}

fn json_lines(text: &str) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(parse).collect()
}
