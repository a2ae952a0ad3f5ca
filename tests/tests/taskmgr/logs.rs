//! Where the logs go, and the one log setting that may stop a command.

use audit_tests::taskmgr_sandbox;

fn paths(dir: &std::path::Path) -> String {
    ["system.log", "debug.log", "error.log", "audit.log", "performance.log"]
        .map(|name| format!("{}\n", dir.join(name).display()))
        .concat()
}

#[test]
fn logs_path_follows_the_rule() {
    let sandbox = taskmgr_sandbox!();
    // The program sees the folder by its real name.
    let dir = sandbox.dir().canonicalize().unwrap();
    let _ = sandbox.run(["logs", "path"]).succeeds().prints(&paths(&dir.join("logs")));
    let _ = sandbox
        .run(["--tasks-dir", "a/b/tasks", "logs", "path"])
        .succeeds()
        .prints(&paths(&dir.join("a/b/logs")));
    let _ = sandbox
        .run(["logs", "path", "--log-dir", "/var/elsewhere"])
        .succeeds()
        .prints(&paths(std::path::Path::new("/var/elsewhere")));
    let json = sandbox.run(["logs", "path", "--json"]).succeeds().json();
    assert_eq!(json["kind"], "log-paths");
    assert_eq!(json["paths"].as_array().unwrap().len(), 5);
    let sandbox = taskmgr_sandbox!().with_env("AUDIT_LOG_DIR", "/var/by-env");
    let _ = sandbox
        .run(["logs", "path"])
        .succeeds()
        .prints(&paths(std::path::Path::new("/var/by-env")));
    let _ = sandbox
        .run(["logs", "path", "--log-dir", "/var/by-option"])
        .succeeds()
        .prints(&paths(std::path::Path::new("/var/by-option")));
}

#[test]
fn path_tells_where_tasks_are() {
    let sandbox = taskmgr_sandbox!();
    let dir = sandbox.dir().canonicalize().unwrap();
    let _ = sandbox.run(["create", "One", "--no-log"]).succeeds();
    let tasks = format!("{}\n", dir.join("tasks").display());
    let _ = sandbox.run(["path"]).succeeds().prints(&tasks);
    let one = format!("{}\n", dir.join("tasks/one.md").display());
    let _ = sandbox.run(["path", "one"]).succeeds().prints(&one);
    assert_eq!(sandbox.names("."), ["tasks"], "asking for a path made something");
}

#[test]
fn a_log_file_named_by_hand_gets_every_record_once() {
    let sandbox = taskmgr_sandbox!();
    for arguments in [&["--log-file", "all.txt"][..], &["--log-file", "only.txt", "--no-log"]] {
        let run = |command: &[&str]| sandbox.run([arguments, command].concat());
        let _ = run(&["create", "One", "--id", arguments[1]]).succeeds();
        let _ = run(&["status", arguments[1], "complete"]).exits(1);
        let text = String::from_utf8(sandbox.read(arguments[1])).expect("UTF-8");
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let count = |category: &str, operation: &str| {
            let of = |line: &&serde_json::Value| {
                line["category"] == category && line["operation"] == operation
            };
            lines.iter().filter(of).count()
        };
        assert_eq!((count("audit", "CREATE"), count("audit", "STATUS_CHANGE")), (1, 1), "{text}");
        assert_eq!((count("performance", "CREATE"), count("error", "STATUS_CHANGE")), (1, 0));
    }
    assert_eq!(sandbox.names("."), ["all.txt", "logs", "only.txt", "tasks"]);
}

#[test]
fn an_unusable_log_file_stops_before_any_change() {
    let sandbox = taskmgr_sandbox!();
    let outcome = sandbox.run(["create", "One", "--log-file", "no/such/folder/x.log"]).exits(2);
    let outcome = outcome.prints("");
    assert!(
        outcome.stderr().starts_with("error: cannot write --log-file 'no/such/folder/x.log': "),
        "{}",
        outcome.transcript()
    );
    assert!(!sandbox.path("tasks").exists());
}

#[test]
fn the_tasks_folder_may_come_from_the_environment() {
    let sandbox = taskmgr_sandbox!().with_env("TASKMGR_TASKS_DIR", "elsewhere");
    let _ = sandbox.run(["create", "One", "--no-log"]).succeeds();
    assert_eq!(sandbox.names("elsewhere"), [".lock", "one.md"]);
    let _ = sandbox.run(["create", "Two", "--tasks-dir", "option", "--no-log"]).succeeds();
    assert_eq!(sandbox.names("option"), [".lock", "two.md"]);
}
