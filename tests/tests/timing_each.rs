//! `Timing::Each`, what development has: a line for each call and no summary; gauges are told when
//! the guard is dropped.

use audit_runtime::{__private as hooks, Category, Profile, timed};
use audit_tests::{log_lines, timed_site};
use serde_json::Value;

#[timed(operation = "EACH")]
fn each() {}

static SAMPLED: hooks::Site = timed_site("SAMPLED").sampled(2);

#[test]
fn each_call_has_its_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("each")
        .environment(Vec::<(String, String)>::new())
        .profile(Profile::Test)
        .dir(dir.path())
        .summary_every(None)
        .init();
    let file = logs.file(Category::Performance).expect("a file");
    for _ in 0..3 {
        each();
    }
    audit_runtime::timer("BY_HAND").fail();
    for _ in 0..64 {
        drop(hooks::Timed::enter(&SAMPLED, hooks::Level::Info));
    }
    audit_runtime::cache("pages").miss();
    let before = log_lines(&file);
    assert!(before.iter().all(|line| line["event"] == "timing"), "{before:?}");
    let of = |operation: &str| before.iter().filter(|line| line["operation"] == operation).count();
    assert_eq!((of("EACH"), of("BY_HAND")), (3, 1));
    let by_hand = before.iter().find(|line| line["operation"] == "BY_HAND").unwrap();
    assert_eq!(by_hand["outcome"], "failure");
    assert!((1..64).contains(&of("SAMPLED")), "{} of 64", of("SAMPLED"));
    let tells_sample = |line: &Value| line["sample"] == 2;
    assert_eq!(before.iter().filter(|line| tells_sample(line)).count(), of("SAMPLED"));

    drop(logs);
    let after = &log_lines(&file)[before.len()..];
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!((&after[0]["cache"], &after[0]["misses"]), (&"pages".into(), &1.into()));
}
