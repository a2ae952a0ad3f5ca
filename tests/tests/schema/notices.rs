//! The lines that the runtime writes about itself, as real runs write them.

use std::{collections::BTreeMap, process::Stdio};

use audit_tests::{Sandbox, log_lines, until};
use serde_json::Value;

use crate::schema;

const FILES: [&str; 5] = ["system.log", "debug.log", "error.log", "audit.log", "performance.log"];

fn sandbox() -> Sandbox {
    Sandbox::new(env!("CARGO_BIN_EXE_logger-under-test")).with_env("AUDIT_LOG", "dev,info")
}

fn lines(sandbox: &Sandbox) -> Vec<Value> {
    FILES.iter().flat_map(|name| log_lines(&sandbox.path(format!("logs/{name}")))).collect()
}

/// The lines of runs in which all goes wrong that goes wrong, and of a state that is told.
fn told() -> Vec<Value> {
    // The state directory takes the lines; what is for debug is dropped.
    let diverts = sandbox().with_env("AUDIT_LOG", "dev");
    let _ = diverts.run(["outage", "3"]).succeeds().prints("");
    // A private directory does, until they come back.
    let returns = sandbox();
    let returns = returns.with_env("AUDIT_LOG_PERFORMANCE", "off");
    returns.write(".local", "in the way");
    returns.write("tmp/here", "");
    let tmp = returns.path("tmp").display().to_string();
    let returns = returns.with_env("TMPDIR", tmp);
    let _ = returns.run(["outage", "3"]).succeeds().prints("");
    let back = lines(&returns).into_iter().filter(|line| line["who"] == 1).count();
    assert_eq!(back, 3, "lines that came back");

    let changes = sandbox();
    changes.write("logs.toml", "level = 'info'\n[levels]\nnobody = 'warn'\n");
    let changes =
        changes.with_env("AUDIT_LOG_CONFIG", "logs.toml").with_env("AUDIT_LOG_FROMAT", "x");
    let _ = changes.run(["change", "1"]).succeeds().prints("changed\n");

    let requires = sandbox();
    let _ = requires.run(["required"]).succeeds();
    let panics = sandbox();
    panics.write("logs/system.log", "half a line");
    let _ = panics.run(["panic", "1"]);
    let text = panics.read_text("logs/system.log");
    panics.write("logs/system.log", text.strip_prefix("half a line\n").expect("a closed line"));

    let beats = sandbox().with_env("AUDIT_LOG_HEARTBEAT", "1s");
    let mut child = beats.command(["wait"]).stdin(Stdio::piped()).spawn().expect("the program");
    until("a heartbeat", || lines(&beats).iter().any(|line| line["event"] == "heartbeat"));
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());

    let all = [&diverts, &returns, &changes, &requires, &panics, &beats];
    all.into_iter().flat_map(lines).collect()
}

#[test]
fn every_line_about_the_logs_is_one_of_the_schema() {
    let (schema, lines) = (schema(), told());
    let mut seen = BTreeMap::<_, Vec<_>>::new();
    for line in &lines {
        assert_eq!(schema.faults(line), [""; 0], "{line}");
        seen.entry(line["event"].as_str().expect("an event")).or_default().push(line);
    }
    for (event, details) in [
        ("logging_started", &["profile", "version", "dir", "filter"][..]),
        ("logging_stopped", &[]),
        ("dropped", &["lines", "first", "last", "cause"]),
        ("diverted", &["lines", "first", "last", "cause", "place"]),
        ("heartbeat", &["status"]),
        ("settings_changed", &["by"]),
        ("setting_ignored", &[]),
        ("torn_line", &["bytes"]),
        ("panic", &[]),
    ] {
        let found = seen.get(event).unwrap_or_else(|| panic!("no {event} among {:?}", seen.keys()));
        for line in found {
            let has = |name: &&&str| line["details"].get(**name).is_some();
            assert_eq!(details.iter().filter(has).count(), details.len(), "{line}");
        }
    }
    assert!(lines.iter().any(|line| line["phase"] == "intent" && line["call_id"].is_number()));
}

/// A record that somebody wrote over while its process was dead.
#[test]
fn a_line_about_lost_records_of_a_spool_is_one_of_the_schema() {
    for format in ["json", "ecs"] {
        let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_spool-under-test"));
        let sandbox =
            sandbox.with_env("AUDIT_LOG_SPOOL", "on").with_env("AUDIT_LOG_FORMAT", format);
        let _ = sandbox.run(["end", "logs", "3", "hold"]).succeeds();
        let name = format!("logs/.spool/{}", sandbox.names("logs/.spool")[0]);
        let mut bytes = sandbox.read(&name);
        // The text of the second record, which is in the file of the process alone.
        let texts = bytes.windows(7).enumerate().filter(|(_, word)| word == b"elm ash");
        let place = texts.map(|(place, _)| place).next().expect("a text");
        bytes[place] ^= 1;
        sandbox.write(&name, &bytes);
        let recovery = audit_runtime::recover_spools(&sandbox.path("logs")).expect("a directory");
        assert_eq!((recovery.damaged.len(), recovery.lines), (1, 3), "{recovery:?}");
        let lines = log_lines(&sandbox.path("logs/audit.log"));
        let lost = if format == "json" {
            let lost = lines.iter().find(|line| line["event"] == "dropped").expect("a line");
            assert_eq!(schema().faults(lost), [""; 0], "{lost}");
            lost["details"].clone()
        } else {
            let lost = lines.iter().find(|line| line["event.action"] == "dropped");
            lost.expect("a line")["audit.details"].clone()
        };
        assert_eq!((&lost["cause"], &lost["records"]), (&"damaged".into(), &1.into()), "{lost}");
    }
}
