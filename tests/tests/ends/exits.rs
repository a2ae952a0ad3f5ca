//! Each way to end, with files and in a container.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use audit_tests::log_lines;

use crate::{json_lines, records, sandbox};

const COUNT: u64 = 50;

fn all() -> Vec<(u64, u64)> {
    (0..COUNT).map(|n| (0, n)).collect()
}

/// Scenario 25: a line is in its file before the call returns.
#[test]
fn no_way_to_end_costs_a_line_of_a_file() {
    for (how, stopped) in
        [("return", true), ("exit", false), ("abort", false), ("panic", true), ("status", true)]
    {
        let sandbox = sandbox("staging,info");
        let outcome = sandbox.run([how, &COUNT.to_string()]);
        let lines = |name| log_lines(&sandbox.path(format!("logs/{name}.log")));
        assert_eq!(records(&lines("audit")), all(), "{how}\n{}", outcome.transcript());
        let system = lines("system");
        let notes = system.iter().filter(|line| line["message"] == "note").count();
        assert_eq!(notes as u64, COUNT, "{how}");
        let last = system.last().expect("a line");
        assert_eq!(last["event"] == "logging_stopped", stopped, "{how}: {last}");
        let panics = lines("error").iter().filter(|line| line["event"] == "panic").count();
        assert_eq!(panics, usize::from(how == "panic"), "{how}");
    }
}

/// Scenario 25: by signals.
#[test]
fn a_signal_costs_no_line_of_a_file() {
    for signal in ["TERM", "KILL", "INT", "HUP"] {
        let sandbox = sandbox("staging,info");
        let mut command = sandbox.command(["wait", &COUNT.to_string()]);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the program");
        let mut ready = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        stdout.read_line(&mut ready).expect("a line");
        let kill = std::process::Command::new("kill")
            .args([format!("-{signal}"), child.id().to_string()])
            .status();
        assert!(kill.expect("kill").success());
        assert!(!child.wait().expect("its end").success());
        assert_eq!(records(&log_lines(&sandbox.path("logs/audit.log"))), all(), "{signal}");
        let system = log_lines(&sandbox.path("logs/system.log"));
        assert!(system.iter().all(|line| line["event"] != "logging_stopped"), "{signal}");
    }
}

/// Scenario 25, in a container: what is audited, and errors, wait until they are written; the rest
/// may be in the queue when the guard is not dropped.
#[test]
fn no_way_to_end_costs_a_record_of_a_container() {
    for (how, complete) in [("return", true), ("exit", false), ("abort", false), ("panic", true)] {
        let outcome = sandbox("container").run([how, &COUNT.to_string()]);
        let lines = json_lines(&outcome.stdout());
        assert_eq!(records(&lines), all(), "{how}\n{}", outcome.transcript());
        let notes = lines.iter().filter(|line| line["message"] == "note").count() as u64;
        assert!(notes <= COUNT && (!complete || notes == COUNT), "{how}: {notes}");
        let panics: Vec<_> = lines.iter().filter(|line| line["event"] == "panic").collect();
        assert_eq!(
            panics.len(),
            usize::from(how == "panic"),
            "{how}: one line, not one a category"
        );
        assert!(panics.iter().all(|line| line["category"] == "error"));
    }
}
