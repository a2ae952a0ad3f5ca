//! What commands print: data on stdout, the same for a pipe and a terminal.

use audit_tests::{Sandbox, taskmgr_sandbox};

fn store() -> Sandbox {
    let sandbox = taskmgr_sandbox!();
    let task = |id: &str, rest: &str| {
        sandbox
            .write(format!("tasks/{id}.md"), format!("---\nid: {id}\n{rest}---\n\n# Plan\nbody\n"));
    };
    task("a", "title: First\nstatus: todo\npriority: high\nagent: DEV\ntags: [x, 'y,z']\n");
    task("b", "title: Second\nstatus: complete\n");
    task("c", "title: \"Third\\x1b[31m \\u202e\"\nstatus: blocked\ndue_date: '2025-01-01'\n");
    sandbox
}

#[test]
fn create_prints_the_id_alone() {
    let sandbox = taskmgr_sandbox!();
    let _ = sandbox
        .run(["create", "Fix the parser!", "--agent", "DEV", "--no-log"])
        .succeeds()
        .prints("fix-the-parser\n")
        .warns("");
    let _ = sandbox
        .run(["create", "--title", "Fix the Parser", "--no-log"])
        .succeeds()
        .prints("fix-the-parser-2\n");
    let outcome = sandbox
        .run_with_input(["create", "Read me", "-d", "-", "--json", "--no-log"], "two\nlines\n")
        .succeeds();
    let document = outcome.json();
    assert_eq!(document["schema_version"], 1);
    assert_eq!(document["kind"], "task");
    assert_eq!(document["task"]["description"], "two\nlines\n");
    assert_eq!(document["task"]["status"], "pending");
    assert_eq!(document["task"]["tags"], serde_json::json!([]));
    assert_eq!(document["task"]["due_date"], serde_json::Value::Null);
}

#[test]
fn a_list_is_a_plain_table_with_hostile_characters_escaped() {
    let table = "ID  STATUS   PRIORITY  AGENT  DUE         TITLE\n\
                 a   todo     high      DEV    -           First\n\
                 c   blocked  medium    -      2025-01-01  Third\\u{1b}[31m \\u{202e}\n";
    let _ = store().run(["list", "--no-log"]).succeeds().prints(table).warns("");
    let _ = store().run(["ls", "--format", "table", "--no-log"]).succeeds().prints(table);
}

#[test]
fn a_list_in_every_format() {
    let sandbox = store();
    let document = sandbox.run(["list", "--json", "--all", "--no-log"]).succeeds().json();
    assert_eq!(document["schema_version"], 1);
    assert_eq!(document["kind"], "task-list");
    let ids: Vec<_> = document["tasks"].as_array().unwrap().iter().map(|t| &t["id"]).collect();
    assert_eq!(ids, ["a", "c", "b"]);
    assert_eq!(document["tasks"][1]["title"], "Third\u{1b}[31m \u{202e}");
    assert_eq!(document["problems"], serde_json::json!([]));

    let lines = sandbox.run(["list", "--format", "jsonl", "--no-log"]).succeeds().stdout();
    let titles: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].to_string())
        .collect();
    assert_eq!(titles, ["\"a\"", "\"c\""]);

    let csv = sandbox.run(["list", "--format", "csv", "--agent", "dev", "--no-log"]).succeeds();
    let _ = csv.prints(
        "id,title,status,priority,agent,assignee,due_date,dependencies,tags,\
         estimated_hours,actual_hours,created_at,updated_at\r\n\
         a,First,todo,high,DEV,,,,\"x y,z\",,,,\r\n",
    );
    let ids = ["list", "--format", "ids", "--status", "complete,blocked", "--no-log"];
    let _ = sandbox.run(ids).succeeds().prints("c\nb\n");
    let _ =
        sandbox.run(["list", "--format", "raw", "--no-log"]).exits(2).prints("").warns(
            "error: --format raw does not fit 'list' (expected table, json, jsonl, csv, ids)\n",
        );
}

#[test]
fn show_in_every_format() {
    let sandbox = store();
    let raw = sandbox.run(["show", "c", "--format", "raw", "--no-log"]).succeeds();
    assert_eq!(raw.stdout_bytes(), sandbox.read("tasks/c.md"));
    let document = sandbox.run(["show", "a", "--json", "--no-log"]).succeeds().json();
    assert_eq!(document["kind"], "task");
    assert_eq!(document["task"]["body"], "\n# Plan\nbody\n");
    assert_eq!(document["task"]["path"], "tasks/a.md");
    let text = sandbox.run(["show", "a", "--no-log"]).succeeds();
    let _ = text.prints(
        "id          a\ntitle       First\nstatus      todo\npriority    high\nagent       DEV\n\
         tags        x, y,z\nfile        tasks/a.md\n\nbody:\n# Plan\nbody\n",
    );
    let two = sandbox.run(["show", "a", "nosuch", "b", "--json", "--no-log"]).exits(1);
    assert_eq!(two.json()["tasks"].as_array().unwrap().len(), 2);
}

#[test]
fn a_change_of_status_tells_what_it_released() {
    let sandbox = store();
    let waiting = "---\nid: d\ntitle: D\nstatus: blocked\ndependencies: [a, b]\n---\n";
    sandbox.write("tasks/d.md", waiting);
    let _ = sandbox
        .run(["status", "a", "complete", "--note", "done: well", "--no-log"])
        .succeeds()
        .prints("a: todo -> complete\nd: blocked -> todo (unblocked)\n");
    let document = sandbox.run(["show", "d", "--json", "--no-log"]).succeeds().json();
    assert_eq!(document["task"]["status"], "todo");
    assert!(document["task"]["notes"].as_str().unwrap().ends_with("] Unblocked: a is complete"));
    let document = sandbox.run(["show", "a", "--json", "--no-log"]).succeeds().json();
    assert!(document["task"]["notes"].as_str().unwrap().ends_with("] done: well"));
    let stamp = document["task"]["status_timestamps"]["complete"].as_str().unwrap();
    assert_eq!(document["task"]["updated_at"], stamp);
    let change = sandbox.run(["status", "a", "in_progress", "--json", "--no-log"]).succeeds();
    assert_eq!(change.json()["kind"], "status-change");
    assert_eq!(change.json()["from"], "complete");
}

#[test]
fn search_names_the_line() {
    let sandbox = store();
    let _ = sandbox
        .run(["search", "PLAN", "--no-log"])
        .succeeds()
        .prints("a  body: # Plan\nb  body: # Plan\nc  body: # Plan\n");
    let _ =
        sandbox.run(["search", "plan", "--in", "title,notes", "--no-log"]).succeeds().prints("");
    let document = sandbox.run(["search", "second", "--json", "--no-log"]).succeeds().json();
    assert_eq!(document["kind"], "search-result");
    assert_eq!(document["matches"][0]["field"], "title");
}

#[test]
fn stats_count() {
    let document = store().run(["stats", "--json", "--no-log"]).succeeds().json();
    assert_eq!(document["kind"], "stats");
    assert_eq!(document["stats"]["total"], 3);
    assert_eq!(document["stats"]["overdue"], 1);
    let _ = store()
        .run(["stats", "--by", "agent", "--no-log"])
        .succeeds()
        .prints("by agent\n  -       2\n  DEV     1\n");
}

#[test]
fn assign_and_archive_say_what_they_did() {
    let sandbox = store();
    let _ = sandbox
        .run(["assign", "a", "TESTER", "--assignee", "ida", "--no-log"])
        .succeeds()
        .prints("a: TESTER\n");
    let text = sandbox.read_text("tasks/a.md");
    assert!(text.contains("\nagent: TESTER\n") && text.contains("\nassignee: ida\n"), "{text}");
    let before = sandbox.read("tasks/b.md");
    let _ = sandbox.run(["archive", "b", "--no-log"]).succeeds().prints("b: tasks/archive/b.md\n");
    assert_eq!(sandbox.read("tasks/archive/b.md"), before);
    assert!(!sandbox.path("tasks/b.md").exists());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let sandbox = store();
    let mut command = sandbox.command(["list", "--no-log"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn an_empty_store_lists_nothing() {
    let _ = taskmgr_sandbox!()
        .run(["list", "--no-log"])
        .succeeds()
        .prints("")
        .warns("warning: there is no folder tasks\n");
}
