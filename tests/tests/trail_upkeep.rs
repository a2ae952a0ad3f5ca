//! `trail clean` and `trail archive` as a user runs them: what goes is what the runtime's plan
//! says, and what is moved is never lost, doubled or put over something else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use audit_runtime::sink::{DirKeep, Keep, Kept, Upkeep};
use audit_runtime::{Category, Timestamp};
use audit_tests::{Sandbox, taskmgr_sandbox, trail_sandbox};
use serde_json::Value;
use sha2::{Digest, Sha256};

const STAMP: &str = "20260102T000000.000Z";

fn line(category: &str, second: u64) -> String {
    format!(
        "{{\"timestamp\":\"2026-01-02T00:00:{second:02}Z\",\"level\":\"INFO\",\"category\":\"{category}\",\
         \"component\":\"c\",\"event\":\"e\",\"message\":\"m\"}}\n"
    )
}

fn name(active: &str, seq: u64) -> String {
    format!("{active}.{STAMP}-{seq:06}")
}

/// Four archives of `audit.log` and of a file of another name that holds the debug category, of
/// which the first is packed, and strangers.
fn logs() -> Sandbox {
    let sandbox = trail_sandbox!();
    for (active, category) in [("audit.log", "audit"), ("own_debug.log", "debug")] {
        for seq in 1..=4 {
            let text = [line(category, seq), line(category, seq + 10)].concat();
            let path = format!("logs/{}", name(active, seq));
            if seq == 1 {
                let mut packed =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packed.write_all(text.as_bytes()).unwrap();
                sandbox.write(path + ".gz", packed.finish().unwrap());
            } else {
                sandbox.write(path, text);
            }
        }
        sandbox.write(format!("logs/{active}"), line(category, 50));
    }
    sandbox.write("logs/audit.log.1", "foreign");
    sandbox.write("logs/notes.txt", "foreign");
    sandbox
}

fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let named = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
    named.filter(|(name, _)| !name.starts_with('.')).collect()
}

#[test]
fn clean_wants_to_know_what_to_keep() {
    let sandbox = logs();
    let before = contents(&sandbox.path("logs"));
    let outcome = sandbox.run(["clean", "logs", "--yes"]);
    assert_eq!(outcome.code(), 2);
    assert!(outcome.stderr().contains("give one of --keep-files"), "{}", outcome.stderr());
    let outcome = sandbox.run(["clean", "logs", "--keep-files", "adit=1", "--yes"]);
    assert_eq!(outcome.code(), 2);
    assert!(outcome.stderr().contains("'adit' is no category"), "{}", outcome.stderr());
    assert_eq!(contents(&sandbox.path("logs")), before);
}

#[test]
fn clean_shows_the_plan_of_the_runtime_and_carries_it_out() {
    let sandbox = logs();
    let dir = sandbox.path("logs");
    let before = contents(&dir);
    let limits = ["--keep-files", "3", "--keep-files", "debug=1", "--keep-age", "audit=520w"];
    let json = |more: &[&str]| -> Value {
        let outcome =
            sandbox.run([&["clean", "logs", "--format", "json"], &limits[..], more].concat());
        assert_eq!(outcome.code(), 0, "{}", outcome.stderr());
        serde_json::from_str(&outcome.stdout()).unwrap()
    };
    let names = |document: &Value| -> Vec<String> {
        let rows = document["deletions"].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    let plan = json(&[]);
    assert_eq!(plan["carried_out"], false);
    let debug =
        [name("own_debug.log", 1) + ".gz", name("own_debug.log", 2), name("own_debug.log", 3)];
    let expected = [&debug[..], &[name("audit.log", 1) + ".gz"]].concat();
    assert_eq!(names(&plan), expected);
    assert_eq!(contents(&dir), before);

    let kept = |category, name: &str, files, age| Kept {
        category,
        name: name.to_owned(),
        keep: Keep { files: Some(files), age, ..Keep::default() },
        compress: None,
        rotate_every: None,
        mode: 0o640,
    };
    let age = Some(Duration::from_hours(520 * 7 * 24));
    let files = vec![
        kept(Category::Audit, "audit.log", 3, age),
        kept(Category::Debug, "own_debug.log", 1, None),
    ];
    let upkeep = Upkeep::new(&dir, files, DirKeep::default(), Arc::default());
    let of_runtime = upkeep.plan(Timestamp::now()).unwrap();
    assert_eq!(
        of_runtime.iter().map(|deletion| &deletion.name).collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );

    let done = json(&["--yes"]);
    assert_eq!((&done["carried_out"], names(&done)), (&Value::Bool(true), expected.clone()));
    let mut left = before;
    left.retain(|name, _| !expected.contains(name));
    assert_eq!(contents(&dir), left);
    assert_eq!(names(&json(&["--yes"])), [""; 0]);
}

#[test]
fn clean_without_limits_does_what_a_program_with_these_settings_does() {
    for (list, limits) in [
        ("production", &[][..]),
        ("staging", &[("AUDIT_LOG_AUDIT_KEEP_FILES", "2"), ("AUDIT_LOG_KEEP_AGE", "off")]),
        ("dev", &[("AUDIT_LOG_KEEP_BYTES", "1KiB"), ("AUDIT_LOG_KEEP_FLOOR", "3")]),
        ("test", &[("AUDIT_LOG_MIN_FREE", "1000000GiB"), ("AUDIT_LOG_AUDIT_KEEP_FLOOR", "off")]),
        ("test", &[("AUDIT_LOG_DIR_BYTES", "1KiB")]),
    ] {
        let prepared = |sandbox: Sandbox| {
            let mut sandbox = sandbox
                .with_env("AUDIT_LOG", list)
                .with_env("AUDIT_LOG_ROTATE_EVERY", "off")
                .with_env("AUDIT_LOG_COMPRESS", "off");
            for (name, value) in limits {
                sandbox = sandbox.with_env(name, *value);
            }
            for active in ["audit.log", "debug.log", "system.log"] {
                let category = active.trim_end_matches(".log");
                for (seq, stamp) in (1..).zip(["20190102T000000.000Z", STAMP, STAMP, STAMP]) {
                    let name = format!("logs/{active}.{stamp}-{seq:06}");
                    sandbox.write(name, line(category, seq).repeat(4));
                }
                sandbox.write(format!("logs/{active}"), line(category, 50));
            }
            sandbox
        };
        let archives = |sandbox: &Sandbox| -> Vec<String> {
            let names = sandbox.names("logs").into_iter();
            names.filter(|name| name.contains(".log.2")).collect()
        };
        let (trail, program) = (prepared(trail_sandbox!()), prepared(taskmgr_sandbox!()));
        let before = archives(&trail);
        let outcome = trail.run(["clean", "logs", "--format", "json"]).succeeds();
        assert_eq!(archives(&trail), before);
        let rows = outcome.json()["deletions"].as_array().unwrap().clone();
        assert!(!rows.is_empty(), "{list} {limits:?}");
        let _ = program.run(["--log-dir", "logs", "list"]).succeeds();
        let mut left = before;
        left.retain(|name| rows.iter().all(|row| row["name"] != **name));
        assert_eq!(archives(&program), left, "{list} {limits:?}");
        let _ = trail.run(["clean", "logs", "--yes"]).succeeds();
        assert_eq!(archives(&trail), left, "{list} {limits:?}");
    }
}

#[test]
fn clean_deletes_nothing_by_settings_that_are_not_those_of_the_program() {
    let sandbox = logs().with_env("AUDIT_LOG_KEEP_FILES", "1");
    let before = contents(&sandbox.path("logs"));
    let outcome = sandbox.run(["clean", "logs", "--yes"]).exits(2);
    assert!(outcome.stderr().contains("with their profile"), "{}", outcome.stderr());
    let sandbox = sandbox.with_env("AUDIT_LOG", "production").with_env("AUDIT_LOG_KEEP_AGE", "1");
    let outcome = sandbox.run(["clean", "logs", "--yes"]).exits(2);
    assert!(outcome.stderr().contains("did you mean '1d'?"), "{}", outcome.stderr());
    assert_eq!(contents(&sandbox.path("logs")), before);
    sandbox.write("logs.toml", "profile = 'dev'\n");
    let sandbox = sandbox.with_env("AUDIT_LOG", "").with_env("AUDIT_LOG_KEEP_AGE", "");
    let outcome = sandbox.run(["clean", "logs", "--config", "logs.toml"]).succeeds();
    assert!(outcome.stdout().contains("6 files, "), "{}", outcome.stdout());
}

#[test]
fn clean_makes_room_at_the_cost_of_debug_and_spares_audit() {
    let sandbox = logs();
    let outcome = sandbox.run(["clean", "logs", "--min-free", "100%"]);
    assert_eq!(outcome.code(), 0);
    let out = outcome.stdout();
    assert!(out.contains("3 files, ") && !out.contains("audit.log"), "{out}");
    assert!(out.contains("too little space is free") && out.contains("--yes"), "{out}");
    let outcome = sandbox.run(["clean", "logs", "--dir-bytes", "0", "--floor", "audit=3"]);
    assert!(outcome.stdout().contains(&name("audit.log", 1)), "{}", outcome.stdout());
    assert!(outcome.stdout().contains("4 files, "), "{}", outcome.stdout());
}

fn manifest(dir: &Path) -> Value {
    let entries = contents(dir);
    let mut found = entries.iter().filter(|(name, _)| name.starts_with("manifest-"));
    let (_, text) = found.next().unwrap();
    assert!(found.next().is_none(), "more than one");
    serde_json::from_slice(text).unwrap()
}

#[test]
fn archive_moves_all_but_the_newest_and_says_what_they_hold() {
    let sandbox = logs();
    let before = contents(&sandbox.path("logs"));
    let outcome = sandbox.run(["archive", "logs", "--to", "cold/a"]);
    assert_eq!(outcome.code(), 0, "{}", outcome.stderr());
    let manifest = manifest(&sandbox.path("cold/a"));
    assert_eq!(manifest["schema"], "audit-trail/archive/1");
    let rows = manifest["files"].as_array().unwrap();
    let there = contents(&sandbox.path("cold/a"));
    let mut left = before.clone();
    for active in ["audit.log", "own_debug.log"] {
        for seq in 1..=3 {
            let name = if seq == 1 { name(active, 1) + ".gz" } else { name(active, seq) };
            let bytes = left.remove(&name).unwrap();
            assert_eq!(there[&name], bytes);
            let row = rows.iter().find(|row| row["name"] == *name).unwrap();
            assert_eq!(row["bytes"], bytes.len());
            let sum = Sha256::digest(&bytes).iter().fold(String::new(), |mut sum, byte| {
                write!(sum, "{byte:02x}").expect("a string takes everything");
                sum
            });
            assert_eq!(row["sha256"], *sum);
            assert_eq!(row["first"], *format!("2026-01-02T00:00:{seq:02}.000000Z"));
            assert_eq!(row["last"], *format!("2026-01-02T00:00:{}.000000Z", seq + 10));
            assert_eq!((&row["lines"], &row["damaged"]), (&2.into(), &0.into()));
        }
    }
    assert_eq!(rows.len(), 6);
    assert_eq!(contents(&sandbox.path("logs")), left);
    let again = sandbox.run(["archive", "logs", "--to", "cold/a"]);
    assert_eq!((again.code(), &*again.stdout()), (0, "nothing to move\n"));
    let into_itself = sandbox.run(["archive", "logs", "--to", "cold/../logs"]);
    assert_eq!(into_itself.code(), 2);
}

#[test]
fn archive_takes_what_is_asked_for_only() {
    let sandbox = logs();
    let outcome = sandbox.run(["archive", "logs", "--to", "cold", "--category", "audit"]);
    assert_eq!(outcome.code(), 0);
    assert!(contents(&sandbox.path("cold")).keys().all(|name| !name.contains("debug")));
    let outcome = sandbox.run(["archive", "logs", "--to", "cold", "--older-than", "5200w"]);
    assert_eq!(outcome.stdout(), "nothing to move\n");
}

#[test]
fn archive_puts_nothing_over_another_file() {
    let sandbox = logs();
    let taken = name("audit.log", 2);
    sandbox.write(format!("cold/{taken}"), "another");
    let outcome = sandbox.run(["archive", "logs", "--to", "cold"]);
    assert_eq!(outcome.code(), 3);
    assert!(
        outcome.stderr().contains("another file of that name is there"),
        "{}",
        outcome.stderr()
    );
    assert_eq!(sandbox.read_text(format!("cold/{taken}")), "another");
    assert!(sandbox.path(format!("logs/{taken}")).exists());
    assert!(!sandbox.path(format!("logs/{}", name("audit.log", 3))).exists(), "the others went");
    assert_eq!(manifest(&sandbox.path("cold"))["files"].as_array().unwrap().len(), 5);
}

#[test]
fn archive_cut_off_at_any_point_loses_nothing() {
    let sandbox = logs();
    let before = contents(&sandbox.path("logs"));
    for enough in 0..=7 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trail-under-test"))
            .args(["archive", "logs", "--to", "cold"])
            .current_dir(sandbox.dir())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while contents_len(&sandbox.path("cold")) < enough && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().unwrap();
        let (here, there) = (contents(&sandbox.path("logs")), contents(&sandbox.path("cold")));
        for (name, bytes) in &before {
            let copies = [here.get(name), there.get(name)];
            let found: Vec<_> = copies.into_iter().flatten().collect();
            assert!(!found.is_empty(), "{name} is gone after {enough}");
            assert!(found.iter().all(|copy| *copy == bytes), "{name} after {enough}");
        }
    }
    assert_eq!(sandbox.run(["archive", "logs", "--to", "cold"]).code(), 0);
    // Four strangers and active files, and the newest archive of each.
    assert_eq!(contents(&sandbox.path("logs")).len(), 6);
    let hidden = sandbox.names("cold").into_iter().filter(|name| name.starts_with('.'));
    assert_eq!(hidden.collect::<Vec<_>>(), [".compress.lock"]);
}

#[test]
fn a_half_copy_of_an_earlier_run_is_made_anew() {
    let sandbox = logs();
    let archive = name("audit.log", 2);
    let whole = fs::read(sandbox.path("logs").join(&archive)).unwrap();
    fs::create_dir(sandbox.path("cold")).unwrap();
    fs::write(sandbox.path("cold").join(format!(".{archive}.part")), &whole[..1]).unwrap();
    assert_eq!(sandbox.run(["archive", "logs", "--to", "cold"]).code(), 0);
    assert_eq!(fs::read(sandbox.path("cold").join(&archive)).unwrap(), whole);
    assert!(!sandbox.path("cold").join(format!(".{archive}.part")).exists());
}

fn contents_len(dir: &Path) -> usize {
    fs::read_dir(dir).map_or(0, |entries| {
        let named = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        named.filter(|name| !name.starts_with('.')).count()
    })
}
