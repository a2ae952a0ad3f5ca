//! Many processes on one store: nothing is lost, nothing is overwritten.

use audit_tests::{Running, Sandbox, taskmgr_sandbox};

const PROCESSES: usize = 20;

/// Starts all of them before it waits for any.
fn at_once(sandbox: &Sandbox, args: impl Fn(usize) -> Vec<String>) -> Vec<i32> {
    let options = ["--lock-timeout", "60", "--no-log"].map(str::to_owned);
    let running: Vec<Running> =
        (0..PROCESSES).map(|n| sandbox.start(args(n).into_iter().chain(options.clone()))).collect();
    running.into_iter().map(|running| running.finish().code()).collect()
}

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn twenty_notes_at_once_are_twenty_notes() {
    let sandbox = taskmgr_sandbox!();
    let _ = sandbox.run(["create", "Busy", "--id", "busy", "--no-log"]).succeeds();
    let codes = at_once(&sandbox, |n| words(&["note", "busy", &format!("note number {n}.")]));
    assert_eq!(codes, [0; PROCESSES]);
    let shown = sandbox.run(["show", "busy", "--json", "--no-log"]).succeeds().json();
    let notes = shown["task"]["notes"].as_str().unwrap();
    for n in 0..PROCESSES {
        let wanted = format!("] note number {n}.");
        assert_eq!(notes.matches(&wanted).count(), 1, "note {n} in\n{notes}");
    }
    assert_eq!(notes.split("\n\n").count(), PROCESSES);
}

#[test]
fn one_of_twenty_creates_of_one_id_wins() {
    let sandbox = taskmgr_sandbox!();
    let codes = at_once(&sandbox, |n| words(&["create", &format!("By {n}"), "--id", "one"]));
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 1).count(), PROCESSES - 1, "{codes:?}");
    assert_eq!(sandbox.names("tasks"), [".lock", "one.md"]);
}

#[test]
fn twenty_creates_of_one_title_are_twenty_tasks() {
    let sandbox = taskmgr_sandbox!();
    let codes = at_once(&sandbox, |_| words(&["create", "Same title"]));
    assert_eq!(codes, [0; PROCESSES]);
    let list = sandbox.run(["list", "--format", "ids", "--no-log"]).succeeds().stdout();
    assert_eq!(list.lines().count(), PROCESSES, "{list}");
}

#[test]
fn one_of_twenty_claims_wins() {
    let sandbox = taskmgr_sandbox!();
    let new = ["create", "Prize", "--id", "prize", "--status", "todo", "--no-log"];
    let _ = sandbox.run(new).succeeds();
    let codes = at_once(&sandbox, |_| words(&["status", "prize", "in_progress"]));
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
}
