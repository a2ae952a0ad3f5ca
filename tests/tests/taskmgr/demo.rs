//! The demonstration: its folder, its agents, its numbers.

use audit_tests::taskmgr_sandbox;

#[test]
fn agents_carry_out_every_operation_and_leave_a_sound_store() {
    let sandbox = taskmgr_sandbox!();
    let outcome = sandbox.run(["demo"]).succeeds();
    let text = outcome.stdout();
    assert!(text.contains("4 agents carried out 200 operations at once"), "{text}");
    assert!(text.contains("logs in "), "{text}");
    assert!(text.contains("audit records: 216 of 216 operations"), "{text}");
    assert!(text.contains("slowest operation: "), "{text}");
    assert!(text.contains("what to try next:"), "{text}");
    let audit = sandbox.read_text("taskmgr-demo/logs/audit.log");
    let records: Vec<serde_json::Value> =
        audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.iter().filter(|record| record["operation"].is_string()).count(), 216);
    for agent in ["agent-1", "agent-2", "agent-3", "agent-4"] {
        let own = records.iter().filter(|record| record["agent"] == agent);
        assert_eq!(own.count(), 50, "{agent}");
    }
    for name in ["system", "debug", "error", "audit", "performance"] {
        let file = sandbox.read_text(format!("taskmgr-demo/logs/{name}.log"));
        assert!(!file.is_empty(), "{name}.log is empty");
        for line in file.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            for member in ["timestamp", "level", "category", "component", "event", "message"] {
                assert!(line[member].is_string(), "{member} is missing in {line}");
            }
        }
    }
    let list = ["--tasks-dir", "taskmgr-demo/tasks", "list", "--all", "--json", "--no-log"];
    let list = sandbox.run(list).succeeds().warns("").json();
    assert!(list["tasks"].as_array().unwrap().len() >= 12);
}

#[test]
fn the_same_demo_twice_ends_in_the_same_place() {
    let sandbox = taskmgr_sandbox!();
    let statuses = || {
        let _ =
            sandbox.run(["demo", "--dir", "d", "--agents", "3", "--operations", "50"]).succeeds();
        let list =
            ["--tasks-dir", "d/tasks", "list", "--all", "--sort", "id", "--json", "--no-log"];
        let list = sandbox.run(list).succeeds().json();
        let tasks = list["tasks"].as_array().unwrap().iter();
        tasks
            .map(|t| {
                let notes = t["notes"].as_str().unwrap_or_default().matches("] ").count();
                (t["id"].to_string(), t["status"].to_string(), t["agent"].to_string(), notes)
            })
            .collect::<Vec<_>>()
    };
    let first = statuses();
    assert_eq!(statuses(), first);
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let sandbox = taskmgr_sandbox!();
    sandbox.write("mine/tasks/precious.md", "keep");
    let _ = sandbox.run(["demo", "--dir", "mine"]).exits(2).prints("").warns(
        "error: mine is not empty and was not made by a demo\nhint: name another folder with --dir\n",
    );
    assert_eq!(sandbox.read_text("mine/tasks/precious.md"), "keep");
    assert_eq!(sandbox.names("mine"), ["tasks"]);
}
