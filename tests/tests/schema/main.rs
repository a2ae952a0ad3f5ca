//! `docs/log-line.schema.json` against lines that programs wrote, and against lines that are none.
//!
//! - `checker`: as much of JSON Schema 2020-12 as the schema uses, and no more
//! - `notices`: the lines that the runtime writes about itself

mod checker;
mod notices;

use audit_tests::taskmgr_sandbox;
use serde_json::{Value, json};

use checker::Schema;

fn schema() -> Schema {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/log-line.schema.json");
    Schema::new(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// The lines of a session with successes, failures, a timing, events and runtime notices.
fn written() -> Vec<Value> {
    let sandbox = taskmgr_sandbox!()
        .with_env("AUDIT_LOG", "trace,taskmgr-x=inof")
        .with_env("AUDIT_LOG_SPOOL", "on")
        .with_env("AUDIT_LOG_MAX_LINE", "1024")
        .with_env("AUDIT_LOG_USER", "j".repeat(250))
        .with_env("TASKMGR_ACTOR", "a".repeat(120))
        .with_env("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let long = "a note that is long ".repeat(200);
    for (command, code) in [
        (&["create", "One", "--id", "one", "--priority", "high"][..], 0),
        (&["status", "one", "todo", "--note", &long], 0),
        (&["status", "one", "todo-or-not"], 2),
        (&["status", "nobody", "complete"], 1),
        (&["create", &long[..180], "--id", "two"], 0),
        (&["assign", "one", "DEV"], 0),
        (&["list", "-vv"], 0),
    ] {
        let _ = sandbox.run(command).exits(code);
    }
    let mut lines = Vec::new();
    for name in ["system.log", "debug.log", "error.log", "audit.log", "performance.log"] {
        let text = sandbox.read_text(format!("logs/{name}"));
        assert!(!text.is_empty(), "{name}");
        lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    lines
}

#[test]
fn every_line_that_is_written_is_one_of_the_schema() {
    let (schema, lines) = (schema(), written());
    for line in &lines {
        assert_eq!(schema.faults(line), [""; 0], "{line}");
    }
    // What the schema names is really tried.
    let named = schema.members();
    let seen = |member: &&String| lines.iter().any(|line| line.get(member.as_str()).is_some());
    let unseen: Vec<_> = named.iter().filter(|member| !seen(member)).collect();
    let elsewhere = [
        "phase",
        "call_id",
        "busy_ms",
        "idle_ms",
        "polls",
        "span",
        "context",
        "target",
        "source",
        "correlation_id",
        "request_id",
        "user_id",
    ];
    assert!(unseen.iter().all(|member| elsewhere.contains(&member.as_str())), "{unseen:?}");
}

#[test]
fn a_line_with_a_wrong_member_is_none() {
    let schema = schema();
    let good = written().into_iter().find(|line| line["operation"] == "ASSIGN").unwrap();
    assert_eq!(schema.faults(&good), [""; 0]);
    for (member, wrong) in [
        ("timestamp", json!("2026-01-02 03:04:05.678901Z")),
        ("timestamp", json!("2026-01-02T03:04:05Z")),
        ("level", json!("info")),
        ("category", json!("other")),
        ("event", json!("")),
        ("duration_ms", json!("12")),
        ("duration_ms", json!(-1)),
        ("outcome", json!("ok")),
        ("pid", json!(1.5)),
        ("run_id", json!("12")),
        ("error", json!({"type": 1})),
        ("changed", json!([1])),
        ("details", json!("x")),
        ("task_id", Value::Null),
        ("truncated", json!(false)),
    ] {
        let mut line = good.clone();
        line[member] = wrong.clone();
        assert_ne!(schema.faults(&line), [""; 0], "{member}: {wrong}");
    }
    for member in
        ["timestamp", "level", "category", "component", "event", "message", "run_id", "operation"]
    {
        let mut line = good.clone();
        line.as_object_mut().unwrap().remove(member);
        assert_ne!(schema.faults(&line), [""; 0], "without {member}");
    }
    assert_ne!(schema.faults(&json!([])), [""; 0]);
}
