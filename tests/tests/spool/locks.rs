//! File systems without locks, and several processes that log there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::tools::{Scene, has};

const PROCESSES: u64 = 6;
const RECORDS: u64 = 200;
/// ENOLCK, EOPNOTSUPP and ENOSYS.
const ERRORS: [&str; 3] = ["37", "95", "38"];

/// What several processes left that logged and rotated together, each with a shim in front of the C
/// library: no lock is to be had, or everybody has each.
fn logged_together(scene: &Scene, shim: &Path, error: &str) -> String {
    let start = |first: u64| {
        let arguments = [&*first.to_string(), "2", &RECORDS.to_string()];
        let mut command = scene.process("write", &arguments, "on");
        command.env("LD_PRELOAD", shim).env("FLOCK_ERROR", error);
        command.env("AUDIT_LOG_ROTATE_SIZE", "4KiB");
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started")
    };
    let running: Vec<_> = (0..PROCESSES).map(|process| start(2 * process)).collect();
    let ended = running.into_iter().map(|child| {
        let output = child.wait_with_output().expect("its end");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{error}: {stderr}");
        stderr
    });
    ended.collect()
}

/// The shim, built into a scene.
fn shim(scene: &Scene) -> PathBuf {
    let (shim, source) =
        (scene.path("nolock.so"), concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spool/nolock.c"));
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&shim).arg(source).status();
    assert!(built.expect("a compiler").success());
    shim
}

/// The files of the audit category under a directory.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if entry.file_name().to_string_lossy().starts_with("audit.log") {
            files.push(path);
        }
    }
    files
}

/// The records in those files and their writers, each record once and each line whole. A line feed
/// that closed what another process was about to close itself makes an empty line.
pub(crate) fn records(files: &[PathBuf], told: &str) -> BTreeSet<(u64, u64)> {
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).expect("read");
        for line in text.lines().filter(|line| !line.is_empty()) {
            let whole = serde_json::from_str::<serde_json::Value>(line).is_ok();
            assert!(whole, "{told}: torn: {line}");
            if let Some(record) = record(line) {
                assert!(found.insert(record), "{told}: doubled: {line}");
            }
        }
    }
    found
}

/// The writer of a record and its number, if a line is one.
pub(crate) fn record(line: &str) -> Option<(u64, u64)> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let of = |key: &str| line["details"][key].as_u64();
    (line["operation"] == "STEP").then_some((of("thread")?, of("n")?))
}

/// Fault 27: where no lock is to be had, each process has a file of its own, in a directory that only
/// its user can enter.
#[test]
fn processes_without_locks_have_a_file_each_and_lose_and_tear_nothing() {
    if !has("cc") {
        return;
    }
    for error in ERRORS {
        let scene = Scene::new();
        let stderr = logged_together(&scene, &shim(&scene), error);
        let found = files(&scene.path("temp"));
        assert_eq!(found.len() as u64, PROCESSES, "{error}: {found:?}\n{stderr}");
        assert_eq!(records(&found, error).len() as u64, 2 * PROCESSES * RECORDS, "{stderr}");
        assert_eq!((files(&scene.logs()), files(&scene.path("home"))), (vec![], vec![]));
        assert!(!stderr.contains("STEP"), "{error}: {stderr}");
        for file in &found {
            // One writer: the records of two threads, and where they are is told.
            let writers = records(std::slice::from_ref(file), error);
            let threads: BTreeSet<_> = writers.into_iter().map(|(thread, _)| thread / 2).collect();
            assert_eq!(threads.len(), 1, "{error}: {file:?}");
            let dir = file.parent().expect("a directory").display();
            let left = format!("{} lines of audit are left in {dir}", 2 * RECORDS);
            assert!(stderr.contains(&left), "{left}: {stderr}");
        }
    }
}

/// Fault 27: a file system that refuses locks in one directory costs no process its logs: the next
/// place has locks.
#[test]
fn processes_whose_directory_has_no_locks_share_the_next_one() {
    let scene = Scene::new();
    // Nobody can lock a directory that stands in the place of the lock file.
    fs::create_dir_all(scene.path("logs/.audit.log.lock")).expect("a directory");
    let running: Vec<_> = (0..PROCESSES)
        .map(|process| {
            let arguments = [&*(2 * process).to_string(), "2", &RECORDS.to_string()];
            let mut command = scene.process("write", &arguments, "off");
            command.env("AUDIT_LOG_ROTATE_SIZE", "4KiB").stdout(Stdio::null());
            command.stderr(Stdio::null()).spawn().expect("started")
        })
        .collect();
    for mut child in running {
        assert!(child.wait().expect("its end").success());
    }
    let found = files(&scene.path("home"));
    assert!(found.len() > 1, "it rotates there: {found:?}");
    assert_eq!(records(&found, "shared").len() as u64, 2 * PROCESSES * RECORDS);
}

/// Fault 27: locks that exclude nobody. The kernel appends each batch as a whole, and no file is
/// renamed onto another one.
#[test]
fn processes_whose_locks_exclude_nobody_lose_double_and_tear_nothing() {
    if !has("cc") {
        return;
    }
    let scene = Scene::new();
    let stderr = logged_together(&scene, &shim(&scene), "0");
    let found = files(&scene.path(""));
    let told = format!("{} files: {stderr}", found.len());
    assert!(found.iter().all(|file| file.starts_with(scene.logs())), "{told}");
    assert_eq!(records(&found, &told).len() as u64, 2 * PROCESSES * RECORDS, "{told}");
}
