//! The configuration files that are shipped with the task manager, each in use.

use std::path::{Path, PathBuf};

use audit_tests::{Sandbox, taskmgr_sandbox};
use serde_json::Value;

const NAMES: [&str; 5] = [
    "agent_tasks.log",
    "agent_tasks_debug.log",
    "agent_tasks_errors.log",
    "audit.log",
    "performance.log",
];

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../taskmgr-example/config").join(name)
}

/// Runs a command with the shipped file, then one that fails inside the store.
fn work(sandbox: &Sandbox, config: &str, more: &[&str]) -> String {
    let config = shipped(config);
    let run = |command: &[&str]| {
        let options = ["--config", config.to_str().unwrap()];
        sandbox.run([&options, more, command].concat())
    };
    let created = run(&["create", "One", "--id", "one"]).succeeds();
    let refused = run(&["status", "one", "complete"]).exits(1);
    created.stderr() + &refused.stderr()
}

fn operations(sandbox: &Sandbox, file: &str) -> Vec<Value> {
    let text = sandbox.read_text(file);
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect(line));
    lines.map(|line| line["operation"].clone()).collect()
}

#[test]
fn every_shipped_file_is_understood_and_names_all_five_files() {
    let sandbox = taskmgr_sandbox!();
    let trail = audit_tests::trail_sandbox!();
    for name in ["dev.toml", "prod.toml", "test.toml"] {
        let config = shipped(name);
        let config = config.to_str().unwrap();
        let outcome =
            trail.run(["config", "--app", "taskmgr", "--config", config, "--format", "json"]);
        let document = outcome.succeeds().warns("").json();
        assert_eq!(document["problems"], serde_json::json!([]), "{name}");
        let paths = sandbox.run(["--config", config, "--log-dir", "x", "logs", "path", "--json"]);
        let paths = paths.succeeds().json();
        let found: Vec<_> = paths["paths"]
            .as_array()
            .unwrap()
            .iter()
            .map(|path| path.as_str().unwrap().rsplit('/').next().unwrap())
            .collect();
        // In production `debug.log` is not written until somebody asks for more than INFO.
        let expected: Vec<_> = NAMES
            .into_iter()
            .filter(|file| name != "prod.toml" || !file.contains("debug"))
            .collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// File, setting, value: what each file is there for.
const SHIPPED: [(&str, &str, &str); 16] = [
    ("dev.toml", "system.rotate_every", "day"),
    ("dev.toml", "audit.keep_files", "5"),
    ("dev.toml", "system.compress", "off"),
    ("dev.toml", "dir_bytes", "200MiB"),
    ("prod.toml", "system.compress", "zstd"),
    ("prod.toml", "system.compress_delay", "5m"),
    ("prod.toml", "system.keep_age", "14d"),
    ("prod.toml", "system.keep_bytes", "2GiB"),
    ("prod.toml", "system.rotate_jitter", "1m"),
    ("prod.toml", "error.keep_age", "30d"),
    ("prod.toml", "audit.keep_age", "365d"),
    ("prod.toml", "audit.keep_files", "off"),
    ("prod.toml", "audit.durability", "synced"),
    ("prod.toml", "debug.min_free", "5%"),
    ("test.toml", "audit.rotate_size", "off"),
    ("test.toml", "audit.keep_age", "off"),
];

#[test]
fn every_shipped_file_says_what_is_kept_and_when_files_are_rotated() {
    let trail = audit_tests::trail_sandbox!();
    for (name, key, value) in SHIPPED {
        let config = shipped(name);
        let config = config.to_str().unwrap();
        let outcome = trail.run(["config", "--config", config, "--format", "json"]).succeeds();
        let settings = outcome.json()["settings"].clone();
        let all = settings.as_array().unwrap();
        let found = all.iter().find(|setting| setting["key"] == key).unwrap();
        assert_eq!(found["value"], value, "{name} {key}");
        let origin = found["origin"].as_str().unwrap();
        assert!(origin.starts_with(&format!("file {config}:")), "{name} {key} {origin}");
    }
}

#[test]
fn dev_writes_text_for_people_and_json_for_tools_beside_the_tasks() {
    let sandbox = taskmgr_sandbox!();
    work(&sandbox, "dev.toml", &[]);
    let logs = sandbox.names("logs");
    assert!(NAMES.iter().all(|name| logs.contains(&(*name).to_owned())), "{logs:?}");
    let system = sandbox.read_text("logs/agent_tasks.log");
    assert!(system.lines().all(|line| line.contains(" system      taskmgr")), "{system}");
    assert!(system.contains("INFO  system      taskmgr: logging started event=logging_started"));
    let debug = sandbox.read_text("logs/agent_tasks_debug.log");
    assert!(debug.lines().all(|line| !line.starts_with('{')) && !debug.is_empty(), "{debug}");
    assert_eq!(operations(&sandbox, "logs/audit.log"), ["CREATE", "STATUS_CHANGE"]);
}

#[test]
fn prod_keeps_its_own_folder_and_stays_quiet() {
    let sandbox = taskmgr_sandbox!();
    let outcome = sandbox.run(["--config", shipped("prod.toml").to_str().unwrap(), "logs", "path"]);
    assert!(outcome.succeeds().stdout().starts_with("/var/log/agent_tasks/agent_tasks.log\n"));
    let stderr = work(&sandbox, "prod.toml", &["--log-dir", "var"]);
    assert!(stderr.starts_with("error: 'one' cannot go from"), "{stderr}");
    assert!(!stderr.contains("WARN") && !stderr.contains("warning"), "{stderr}");
    assert!(!sandbox.names("var").contains(&"agent_tasks_debug.log".to_owned()));
    assert_eq!(operations(&sandbox, "var/audit.log"), ["CREATE", "STATUS_CHANGE"]);
    assert_eq!(operations(&sandbox, "var/performance.log").len(), 2);
}

#[test]
fn test_says_nothing_on_the_terminal_and_the_environment_beats_the_file() {
    let sandbox = taskmgr_sandbox!().with_env("AUDIT_LOG", "performance=off");
    work(&sandbox, "test.toml", &["--log-dir", "logs"]);
    assert!(!sandbox.names("logs").contains(&"performance.log".to_owned()));
    assert_eq!(operations(&sandbox, "logs/audit.log"), ["CREATE", "STATUS_CHANGE"]);
}

#[test]
fn a_file_named_by_hand_that_is_not_there_stops_before_any_change() {
    let sandbox = taskmgr_sandbox!();
    let outcome = sandbox.run(["create", "One", "--config", "none.toml"]).exits(2).prints("");
    assert!(outcome.stderr().starts_with("error: cannot read --config 'none.toml': "));
    assert_eq!(sandbox.names("."), [""; 0]);
}

#[test]
fn a_file_that_is_not_understood_is_told_and_does_not_stop_the_work() {
    let sandbox = taskmgr_sandbox!().with_env("AUDIT_LOG_CONFIG", "logs.toml");
    sandbox.write("logs.toml", "level = 'inof'\n[audit]\nfile_name = 'trail.log'\n");
    let outcome = sandbox.run(["create", "One"]).succeeds();
    assert!(
        outcome.stderr().contains("logs.toml:1:10: level=\"inof\""),
        "{}",
        outcome.transcript()
    );
    assert_eq!(operations(&sandbox, "logs/trail.log"), ["CREATE"], "the rest of the file holds");
}
