//! One audit record for each operation, whether done or refused, and none for wrong use.

use audit_tests::{Running, Sandbox, taskmgr_sandbox};
use serde_json::Value;

/// The operations in the audit log: not the notices of the logging itself.
fn records(sandbox: &Sandbox) -> Vec<Value> {
    let text = std::fs::read_to_string(sandbox.path("logs/audit.log")).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"))
        .filter(|record| record["operation"].is_string())
        .collect()
}

/// Operation, outcome and task of each record.
fn summary(sandbox: &Sandbox) -> Vec<String> {
    let word = |record: &Value, key: &str| record[key].as_str().unwrap_or("-").to_owned();
    let line = |record: &Value| ["operation", "outcome", "task_id"].map(|key| word(record, key));
    records(sandbox).iter().map(|record| line(record).join(" ")).collect()
}

#[test]
fn each_command_is_one_record() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("old/imp.md", "---\nid: imp\ntitle: Imported\nstatus: complete\n---\n");
    for command in [
        &["create", "One", "--id", "one"][..],
        &["status", "one", "todo"],
        &["note", "one", "text"],
        &["assign", "one", "DEV"],
        &["search", "text"],
        &["list"],
        &["show", "one"],
        &["stats"],
        &["import", "old"],
        &["archive", "imp"],
    ] {
        let _ = sandbox.run(command).succeeds().warns("");
    }
    let expected = [
        "CREATE success one",
        "STATUS_CHANGE success one",
        "ADD_NOTE success one",
        "ASSIGN success one",
        "SEARCH success -",
        "LIST success -",
        "SHOW success one",
        "STATS success -",
    ];
    let summary = summary(&sandbox);
    assert_eq!(summary[..8], expected);
    assert!(summary[8].starts_with("IMPORT success"), "{}", summary[8]);
    assert_eq!(summary[9..], ["ARCHIVE success imp"]);
    let status = &records(&sandbox)[1];
    assert_eq!(status["before"]["status"], "pending");
    assert_eq!(status["after"]["status"], "todo");
    assert_eq!(status["agent"], "tester");
    assert!(status["duration_ms"].is_number());
    let performance = sandbox.read_text("logs/performance.log");
    assert_eq!(performance.matches("\"operation\":\"STATUS_CHANGE\"").count(), 1);
}

#[test]
fn a_refused_operation_is_a_record_of_its_failure() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("tasks/t.md", "---\nid: t\ntitle: T\nstatus: complete\n---\n");
    let _ = sandbox.run(["status", "nosuch", "todo", "--actor", "agent-7"]).exits(1);
    let _ = sandbox.run(["status", "t", "cancelled"]).exits(1);
    let _ = sandbox.run(["create", "x", "--id", "t"]).exits(1);
    assert_eq!(
        summary(&sandbox),
        ["STATUS_CHANGE failure nosuch", "STATUS_CHANGE failure t", "CREATE failure t"]
    );
    let records = records(&sandbox);
    assert_eq!(records[0]["agent"], "agent-7");
    assert_eq!(
        records[1]["error"]["message"],
        "'t' cannot go from complete to cancelled (allowed: in_progress, blocked_by)"
    );
    assert_eq!(records[1]["function"], "change_status");
}

#[test]
fn wrong_use_is_no_operation() {
    let sandbox = taskmgr_sandbox!();
    let _ = sandbox.run(["status", "t", "done"]).exits(2);
    let _ = sandbox.run(["show", "../x"]).exits(2);
    let _ = sandbox.run(["create", "x", "--due", "2025-13-01"]).exits(2);
    assert_eq!(records(&sandbox), Vec::<Value>::new());
    assert_eq!(sandbox.names("."), Vec::<String>::new());
}

#[test]
fn released_tasks_are_records_too() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("tasks/a.md", "---\nid: a\ntitle: A\nstatus: todo\n---\n");
    let waiting = "---\nid: b\ntitle: B\nstatus: blocked\ndependencies: [a]\n---\n";
    sandbox.write("tasks/b.md", waiting);
    let _ = sandbox.run(["status", "a", "complete"]).succeeds();
    let mut summary = summary(&sandbox);
    summary.sort();
    assert_eq!(summary, ["STATUS_CHANGE success a", "STATUS_CHANGE success b"]);
}

#[test]
fn twenty_notes_at_once_are_twenty_records() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("tasks/t.md", "---\nid: t\ntitle: T\nstatus: todo\n---\n");
    let running: Vec<Running> = (0..20)
        .map(|n| sandbox.start(["note", "t", &format!("note {n}."), "--lock-timeout", "60"]))
        .collect();
    for running in running {
        let _ = running.finish().succeeds().warns("");
    }
    assert_eq!(summary(&sandbox), vec!["ADD_NOTE success t"; 20]);
    let text = sandbox.read_text("tasks/t.md");
    for n in 0..20 {
        assert_eq!(text.matches(&format!("] note {n}.")).count(), 1, "{text}");
    }
}

#[test]
fn note_texts_are_not_logged() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("tasks/t.md", "---\nid: t\ntitle: T\nstatus: todo\n---\n");
    let _ = sandbox.run(["note", "t", "a-very-private-remark", "-vv"]).succeeds();
    let note = ["status", "t", "in_progress", "--note", "a-very-private-remark"];
    let _ = sandbox.run(note).succeeds();
    for name in sandbox.names("logs") {
        let text = String::from_utf8_lossy(&sandbox.read(format!("logs/{name}"))).into_owned();
        assert!(!text.contains("private-remark"), "{name}");
    }
    assert_eq!(records(&sandbox)[0]["details"]["note"], 21);
}

#[test]
fn stdout_is_data_whatever_the_logging_options_say() {
    let options: [&[&str]; 7] = [
        &["-v"],
        &["-vv", "--no-log"],
        &["-vv"],
        &["--profile", "container", "-vv"],
        &["--profile", "production"],
        &["--profile", "test"],
        &["--log-dir", "elsewhere", "--log-file", "all.log"],
    ];
    let environments: [&[(&str, &str)]; 4] = [
        &[("AUDIT_LOG", "trace")],
        &[("AUDIT_LOG_CONSOLE", "stdout")],
        &[("AUDIT_LOG", "container"), ("AUDIT_LOG_DIR", "off")],
        &[("AUDIT_LOG", "container"), ("AUDIT_LOG_CONSOLE", "stdout,trace")],
    ];
    for variables in environments {
        let sandbox = variables
            .iter()
            .fold(taskmgr_sandbox!(), |sandbox, (name, value)| sandbox.with_env(name, *value));
        sandbox.write("tasks/t.md", "---\nid: t\ntitle: T\nstatus: todo\n---\n");
        for options in options {
            let list = sandbox.run(["list", "--json"].iter().chain(options)).succeeds();
            assert_eq!(list.json()["tasks"][0]["id"], "t");
            let create = sandbox.run(["create", "New"].iter().chain(options)).succeeds();
            assert!(create.stdout().starts_with("new"), "{}", create.transcript());
            assert_eq!(create.stdout().lines().count(), 1, "{}", create.transcript());
            let id = create.stdout();
            std::fs::remove_file(sandbox.path(format!("tasks/{}.md", id.trim()))).unwrap();
        }
    }
}

#[test]
fn verbose_shows_on_stderr_what_is_otherwise_quiet() {
    let sandbox = taskmgr_sandbox!();
    let _ = sandbox.run(["create", "One"]).succeeds().warns("");
    let outcome = sandbox.run(["list", "-v"]).succeeds();
    assert!(outcome.stderr().contains("task files read"), "{}", outcome.transcript());
}

#[test]
fn a_log_folder_that_cannot_be_used_costs_one_warning() {
    for blocked in ["logs", "logs/audit.log"] {
        let sandbox = taskmgr_sandbox!();
        sandbox.write("tasks/t.md", "---\nid: t\ntitle: T\nstatus: complete\n---\n");
        if blocked == "logs" {
            sandbox.write("logs", "a file where the folder should be");
        } else {
            std::fs::create_dir_all(sandbox.path(blocked)).unwrap();
        }
        let outcome = sandbox.run(["note", "t", "x"]).succeeds();
        assert_eq!(outcome.stderr().lines().count(), 1, "{blocked}: {}", outcome.transcript());
        let _ = outcome.prints("t: note added\n");
        assert!(sandbox.read_text("tasks/t.md").contains("] x"), "{blocked}");
    }
}

#[test]
fn no_log_means_no_files() {
    let sandbox = taskmgr_sandbox!();
    let _ = sandbox.run(["create", "One", "--no-log"]).succeeds();
    assert_eq!(sandbox.names("."), ["tasks"]);
    let off = taskmgr_sandbox!().with_env("AUDIT_LOG_DIR", "off");
    let _ = off.run(["create", "One"]).succeeds();
    assert_eq!(off.names("."), ["tasks"]);
}
