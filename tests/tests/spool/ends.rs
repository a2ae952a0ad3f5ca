//! However a process ends, what it wrote is in its files: at once, or when the next one starts.

use std::{fs, path::Path, process::Output};

use audit_tests::{log_lines, trail_sandbox, until};

use crate::{
    process, recover,
    tools::{Scene, Script, has},
    written,
};

const RECORDS: u64 = 200;

/// Runs a process that writes so many records and then ends in that way.
fn ended(dir: &Path, way: &str, mode: &str) -> Output {
    let arguments = ["end", dir.to_str().expect("UTF-8"), &RECORDS.to_string(), way];
    process(&arguments, mode).output().expect("started")
}

fn count(dir: &Path) -> usize {
    written(dir, "").get(&0).map_or(0, Vec::len)
}

fn spools(dir: &Path) -> usize {
    fs::read_dir(dir.join(".spool")).map_or(0, Iterator::count)
}

#[test]
fn an_ordinary_end_leaves_nothing_behind() {
    for mode in ["on", "auto", "off"] {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(ended(dir.path(), "return", mode).status.success());
        assert_eq!((count(dir.path()), spools(dir.path())), (200, 0), "{mode}");
        let lines = log_lines(&dir.path().join("audit.log"));
        let through = lines.iter().filter(|line| line.get("n").is_some()).count();
        match mode {
            "on" => assert_eq!(through, 200),
            "auto" => assert!((168..200).contains(&through), "{through}"),
            _ => assert_eq!(through, 0),
        }
        let text = fs::read_to_string(dir.path().join("audit.log")).expect("read");
        let last = text.lines().last().expect("a line");
        assert_eq!(last.ends_with(r#","stream":1,"n":200}"#), mode == "on", "{last}");
    }
}

#[test]
fn what_a_caller_must_know_when_a_call_returns_takes_no_spool() {
    for (name, value) in [
        ("AUDIT_LOG_AUDIT_DURABILITY", "synced"),
        ("AUDIT_LOG_AUDIT_ON_FAILURE", "deny"),
        ("AUDIT_LOG_AUDIT_ON_FAILURE", "abort"),
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let arguments = ["end", dir.path().to_str().expect("UTF-8"), "3", "abort"];
        process(&arguments, "on").env(name, value).output().expect("started");
        let lines = log_lines(&dir.path().join("audit.log"));
        assert_eq!(lines.len(), 3, "{value}");
        assert!(lines.iter().all(|line| line.get("n").is_none()), "{value}: {lines:?}");
    }
}

#[test]
fn no_way_to_end_costs_a_record_of_a_spool() {
    for way in ["exit", "abort", "panic", "nounwind", "segv", "kill", "overflow"] {
        let dir = tempfile::tempdir().expect("a directory");
        ended(dir.path(), way, "on");
        recover(dir.path());
        assert_eq!((count(dir.path()), spools(dir.path())), (200, 0), "{way}");
    }
}

/// Fault 6: a shim in front of the C library stops the first write of the drain in its middle until
/// `exit` is called.
#[test]
fn an_exit_waits_for_the_line_that_is_being_written_and_for_those_behind_it() {
    if !has("cc") {
        return;
    }
    let scene = Scene::new();
    let begun = scene.path("begun");
    let mut command = scene.process("script", &[], "on");
    command.env("LD_PRELOAD", scene.shim("exit")).env("BEGUN", &begun);
    let mut script = Script::start(command);
    script.log(1);
    until("a write", || begun.exists());
    assert_eq!(script.log(40), 41);
    let text = fs::read_to_string(scene.path("logs/audit.log")).expect("read");
    assert!(!text.is_empty() && !text.contains('\n'), "half a line: {text}");
    let (status, stderr) = script.end("exit");
    assert!(status.success(), "{stderr}");
    let lines = log_lines(&scene.path("logs/audit.log"));
    let written = lines.iter().map(|line| line["details"]["n"].as_u64());
    assert!(written.eq((0..41).map(Some)), "{lines:?}");
    assert_eq!(spools(&scene.logs()), 0);
}

#[test]
fn the_next_process_takes_up_what_is_left_and_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    ended(dir.path(), "hold", "on");
    assert_eq!(spools(dir.path()), 1);
    assert!(ended(dir.path(), "return", "off").status.success());
    assert_eq!((count(dir.path()), spools(dir.path())), (400, 0));
    let told = log_lines(&dir.path().join("system.log"));
    let told = told.iter().find(|line| line["event"] == "spools_recovered").expect("a notice");
    assert_eq!(told["details"]["spools"], 1);
}

#[test]
fn trail_takes_up_what_is_left() {
    let sandbox = trail_sandbox!();
    let logs = sandbox.path("logs");
    ended(&logs, "hold", "on");
    let done = sandbox.run(["recover", "logs"]);
    assert_eq!(done.code(), 0);
    let text = done.stdout();
    assert!(text.starts_with("recovered      1\nlines written"), "{text}");
    assert_eq!((count(&logs), spools(&logs)), (200, 0));
    fs::write(logs.join(".spool/0123456789abcdef.spool"), "?").expect("written");
    let done = sandbox.run(["recover", "logs"]);
    assert_eq!(done.code(), 3);
    let told = done.stderr();
    assert!(told.contains(".spool.header.bad: damaged and put aside"), "{told}");
    assert_eq!(sandbox.run(["recover", "nowhere"]).code(), 2);
}
