//! Limits of a process, its memory, and clocks.

use std::{fs, os::unix::process::ExitStatusExt as _, path::Path, process::Command};

use audit_tests::{log_lines, skipped};

use crate::{
    check, recover,
    tools::{Scene, Script, has, spools, wrapped},
};

const KILLED: i32 = 9;

/// Fault 34.
#[test]
fn limits_of_a_process_cost_no_record_and_end_nothing() {
    for (limit, rotates) in [
        // A part of the base; the base; a log of 40 KiB, in units of 512 bytes.
        ("-f 100", false),
        ("-f 300", false),
        ("-f 80", true),
        ("-n 9", true),
        ("-n 12", true),
        ("-v 60000", false),
        ("-v 70000", false),
        ("-l 0", false),
    ] {
        let scene = Scene::new();
        let script = format!("ulimit {limit}; exec \"$@\"");
        let mut inner = scene.process("script", &[], "on");
        inner.env("AUDIT_LOG_ROTATE_SIZE", if rotates { "8KiB" } else { "off" });
        let mut script = Script::start(wrapped(&["sh", "-c", &script, "sh"], &inner));
        let Some(logged) = script.ask("log 100") else {
            let (status, stderr) = script.end("return");
            // Where not even the program finds room, there is nothing to log.
            assert!(
                limit.starts_with("-v") && stderr.contains("error while loading"),
                "{limit}: {status:?} {stderr}"
            );
            continue;
        };
        assert_eq!(logged, "100", "{limit}");
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{limit}: {status:?}\n{stderr}");
        recover(&scene.logs());
        scene.check_everywhere(100, limit, &stderr);
        assert_eq!(spools(&scene.logs()), 0, "{limit}");
    }
}

/// Where a group of processes with a limit of its memory can be made, and what the limit is called.
fn group() -> Option<(std::path::PathBuf, &'static str)> {
    let name = format!("audit-tests-{}", std::process::id());
    for (root, limit) in
        [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")]
    {
        let group = Path::new(root).join(&name);
        if fs::create_dir(&group).is_ok() {
            if group.join(limit).exists() {
                return Some((group, limit));
            }
            let _ = fs::remove_dir(&group);
        }
    }
    None
}

/// Fault 7.
#[test]
fn a_process_that_the_kernel_ends_for_its_memory_leaves_all_it_acknowledged() {
    let Some((group, limit)) = group() else {
        return skipped("no group of processes with a limit of memory can be made");
    };
    let scene = Scene::new();
    let limited = fs::write(group.join(limit), (48 << 20).to_string());
    let enter = format!("echo $$ >{}/cgroup.procs && exec \"$@\"", group.display());
    let inner = scene.process("script", &[], "on");
    let mut script = Script::start(wrapped(&["sh", "-c", &enter, "sh"], &inner));
    let logged = script.ask("log 50");
    let eaten = logged.as_ref().and_then(|_| script.ask("eat"));
    let (status, stderr) = script.end("return");
    // The kernel lets go of it some moments after the process.
    audit_tests::until("an empty group", || fs::remove_dir(&group).is_ok());
    assert!(limited.is_ok(), "{limited:?}");
    assert_eq!((logged.as_deref(), eaten), (Some("50"), None), "{stderr}");
    assert_eq!(status.signal(), Some(KILLED), "{stderr}");
    recover(&scene.logs());
    check(&scene.logs(), &[50], "out of memory");
}

/// Fault 36: the order is that of the numbers, whatever the clock says; nothing rotates twice.
#[test]
fn clocks_that_jump_neither_lose_nor_double_nor_rotate_again() {
    if !has("faketime") {
        return;
    }
    let scene = Scene::new();
    let at = |offset: &str, arguments: &[&str], what: &str| -> Command {
        let mut inner = scene.process(what, arguments, "on");
        inner.env("AUDIT_LOG_ROTATE_EVERY", "day").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        wrapped(&["faketime", "-f", offset], &inner)
    };
    let mut logged = 0;
    for offset in ["-0", "-365d", "+365d", "-1h", "+1h", "-1h", "+366d"] {
        let done = at(offset, &["6", "kill"], "end").status().expect("faketime");
        assert!(!done.success(), "{offset}");
        logged += 6;
        let done = at(offset, &[], "recover").status().expect("faketime");
        assert!(done.success(), "{offset}");
        assert_eq!(spools(&scene.logs()), 0, "{offset}");
    }
    let names = fs::read_dir(scene.logs()).expect("a directory").flatten();
    let mut names: Vec<_> = names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("audit.log"))
        .collect();
    names.sort();
    let (mut found, mut runs) = (0, Vec::new());
    for name in &names {
        for line in log_lines(&scene.path(&format!("logs/{name}"))) {
            if line["operation"] == "STEP" {
                found += 1;
                runs.push((line["run_id"].to_string(), line["n"].as_u64()));
            }
        }
    }
    let all = runs.len();
    runs.sort();
    runs.dedup();
    assert_eq!((found, all, runs.len()), (logged, logged, logged), "{names:?}");
    assert!(names.len() <= 5, "a rotation for each boundary that passed: {names:?}");
}
