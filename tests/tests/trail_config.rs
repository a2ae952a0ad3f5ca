//! `trail config` as a user runs it: every setting with its origin, problems with a caret, no secret.

use audit_tests::{Sandbox, trail_sandbox};
use serde_json::Value;

const SECRET: &str = "hush-hush-hush-hush";

fn sandbox() -> Sandbox {
    let sandbox = trail_sandbox!()
        .with_env("AUDIT_LOG", "staging,taskmgr::store=debug")
        .with_env("AUDIT_LOG_AUDIT_KEEP_AGE", "30d")
        .with_env("AUDIT_LOG_MIN_FREE", "5%")
        .with_env("AUDIT_LOG_ROTATE_SIGNAL", "hup")
        .with_env("AUDIT_LOG_HASH_KEY", SECRET);
    let text = "keep_files = 70\n[error]\nfile_name = 'errors.log'\nrotate_every = '15m'\n";
    sandbox.write("logs.toml", text);
    sandbox
}

fn setting<'a>(document: &'a Value, key: &str) -> (&'a str, &'a str) {
    let settings = document["settings"].as_array().unwrap();
    let found = settings.iter().find(|setting| setting["key"] == key).unwrap();
    (found["value"].as_str().unwrap(), found["origin"].as_str().unwrap())
}

#[test]
fn every_setting_has_a_value_and_an_origin() {
    let outcome = sandbox()
        .run([
            "config",
            "--app",
            "taskmgr",
            "--dir",
            "/data",
            "--config",
            "logs.toml",
            "--format",
            "json",
        ])
        .succeeds()
        .warns("");
    assert!(!outcome.stdout().contains(SECRET));
    let document = outcome.json();
    assert_eq!(document["schema"], "audit-trail/config/1");
    assert_eq!(document["app"], "taskmgr");
    assert_eq!(document["problems"], serde_json::json!([]));
    let list = document["list"].as_str().unwrap();
    assert!(list.starts_with("staging,info,") && list.ends_with(",taskmgr::store=debug"), "{list}");
    for (key, value, origin) in [
        ("profile", "staging", "environment variable AUDIT_LOG"),
        ("target.taskmgr::store", "debug", "environment variable AUDIT_LOG"),
        ("dir", "/data", "environment variable AUDIT_LOG_DIR"),
        ("audit.keep_files", "70", "file logs.toml:1"),
        ("audit.keep_age", "30d", "environment variable AUDIT_LOG_AUDIT_KEEP_AGE"),
        ("error.keep_age", "7d", "profile"),
        ("error.rotate_every", "15m", "file logs.toml:4"),
        ("debug.rotate_every", "day", "profile"),
        ("error.compress", "zstd", "profile"),
        ("error.compress_delay", "5m", "profile"),
        ("error.min_free", "5%", "environment variable AUDIT_LOG_MIN_FREE"),
        ("error.max_line", "8000", "profile"),
        ("error.file_mode", "0640", "profile"),
        ("dir_mode", "0750", "profile"),
        ("dir_bytes", "off", "profile"),
        ("rotate_signal", "SIGHUP", "environment variable AUDIT_LOG_ROTATE_SIGNAL"),
        ("error.file_name", "errors.log", "file logs.toml:3"),
        ("system.file_name", "system.log", "profile"),
        ("hash_key", "(not shown)", "environment variable AUDIT_LOG_HASH_KEY"),
        ("config", "logs.toml", "environment variable AUDIT_LOG_CONFIG"),
        ("watch", "off", "profile"),
    ] {
        assert_eq!(setting(&document, key), (value, origin), "{key}");
    }
}

#[test]
fn problems_are_on_stderr_with_a_caret_and_the_rest_is_shown() {
    let sandbox = sandbox();
    sandbox.write("logs.toml", "console = 'stderr,wran'\nhash_kye = 'hush-hush'\n");
    let outcome = sandbox.run(["config", "--config", "logs.toml"]).exits(3);
    assert_eq!(
        outcome.stderr(),
        concat!(
            "trail: error: logs.toml:2:1=hash_kye\n",
            "                            ^^^^^^^^ is no known key\n",
            "                = did you mean 'hash_key'?; it is ignored\n",
            "trail: error: logs.toml:1:19: console=stderr,wran\n",
            "                                             ^^^^ is neither a place nor a level\n",
            "                = did you mean 'warn'? expected off, stderr, stdout, or a level, or \
             both with ',' between; it is ignored\n",
        )
    );
    let table = outcome.stdout();
    assert!(!table.contains("hush"), "{table}");
    let columns = |start: &str| {
        let line = table.lines().find(|line| line.starts_with(start)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(columns("SETTING"), "SETTING VALUE ORIGIN");
    assert_eq!(columns("profile "), "profile staging environment variable AUDIT_LOG");
    assert_eq!(
        columns("hash_key "),
        "hash_key (not shown) environment variable AUDIT_LOG_HASH_KEY"
    );
    assert_eq!(columns("user "), "user - profile");
    assert!(table.contains("\nAUDIT_LOG=staging,info,system=on,"), "{table}");
    let column =
        |line: &str| line.find("environment variable").map(|at| line[..at].chars().count());
    let columns: Vec<_> = table.lines().filter_map(column).collect();
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
}

#[test]
fn a_file_that_is_not_there_is_a_problem() {
    let outcome = sandbox().run(["config", "--config", "none.toml", "--format", "json"]).exits(3);
    let document = outcome.json();
    assert_eq!(document["problems"][0]["variable"], "AUDIT_LOG_CONFIG");
    assert_eq!(document["problems"][0]["ignored"], true);
    assert!(outcome.stderr().contains("cannot be read (No such file or directory)"));
}
