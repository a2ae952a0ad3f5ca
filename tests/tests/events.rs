//! Ordinary events of `tracing` and `log`: which file they go to, and what their lines hold.

use std::{error::Error, fmt, fs, path::Path};

use audit_runtime::{Context, Level, with_context};
use serde_json::{Value, json};

#[derive(Debug)]
struct Layered(&'static str, Option<Box<Layered>>);

impl fmt::Display for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Layered {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// The lines of a file that come from this test.
fn lines(dir: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(dir.join(name)).expect(name);
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    lines.filter(|line| !line["event"].as_str().expect("an event").starts_with("logging")).collect()
}

fn messages(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["message"].as_str().expect("a message")).collect()
}

#[test]
fn events_go_by_level_and_target_and_keep_what_they_carry() {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("events")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .target("quiet", Level::Warn)
        .init();

    let outer = tracing::info_span!("request", id = 7, state = tracing::field::Empty);
    let _outer = outer.enter();
    outer.record("state", "open");
    let _inner = tracing::info_span!("step", id = 8).entered();
    let error =
        Layered("outer", Some(Box::new(Layered("middle", Some(Box::new(Layered("inner", None)))))));
    tracing::error!(error = &error as &dyn Error, order = 42, "cannot pack");
    with_context(Context::default().request_id("r-1").user("jane"), || {
        tracing::info!(target: "shop::orders", event = "order_packed", ok = true, ratio = 0.5, "packed");
    });
    tracing::debug!("weighed");
    tracing::trace!("never");
    tracing::info!(target: "quiet::inside", "never");
    tracing::warn!(target: "quiet", "but this");
    tracing::info!(answer = 42);
    log::warn!(target: "legacy", "old code {}", 1);
    drop(logs);

    let system = lines(dir.path(), "system.log");
    let all = ["cannot pack", "packed", "weighed", "but this", "log", "old code 1"];
    assert_eq!(messages(&lines(dir.path(), "debug.log")), all);
    assert_eq!(messages(&system), ["cannot pack", "packed", "but this", "log", "old code 1"]);
    let errors = lines(dir.path(), "error.log");
    assert_eq!(messages(&errors), ["cannot pack"]);

    let error = &errors[0];
    assert_eq!(error["error"], json!({"message": "outer", "chain": ["middle", "inner"]}));
    assert_eq!(error["fields"], json!({"order": 42}));
    assert_eq!(error["span"], json!({"state": "open", "id": 8, "name": "step"}));
    assert_eq!((&error["level"], &error["category"]), (&json!("ERROR"), &json!("error")));
    assert_eq!((&error["component"], &error["event"]), (&json!("events"), &json!("log")));
    assert!(error["file"].as_str().is_some_and(|file| file.ends_with("events.rs")));
    assert!(error["target"].is_null() && error["line"].is_number());

    let packed = &system[1];
    assert_eq!(packed["event"], "order_packed");
    assert_eq!(packed["target"], "shop::orders");
    assert_eq!(packed["fields"], json!({"ok": true, "ratio": 0.5}));
    assert_eq!((&packed["request_id"], &packed["user"]), (&json!("r-1"), &json!("jane")));

    let old = system.last().expect("a line");
    assert_eq!((&old["source"], &old["target"]), (&json!("log"), &json!("legacy")));
    assert_eq!((&old["component"], &old["level"]), (&json!("events"), &json!("WARN")));
    assert!(old["fields"].is_null() && old["line"].is_number());
}
