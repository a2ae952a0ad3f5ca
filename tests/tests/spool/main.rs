//! Processes that write through a spool, by the kind of thing that goes wrong. `docs/failures.md`
//! lists the faults by number.
//!
//! - `ends`: however a process ends
//! - `torture`: killed at any instant
//! - `kills`: killed at each call to the kernel, and together with others
//! - `calls`: calls to the kernel that fail
//! - `cuts`: spools that somebody cuts
//! - `disks`: file systems that are full, cut off, read-only, or of another kind
//! - `places`: files and rights that somebody else changes
//! - `families`: forks, programs that are started, processes that stand still
//! - `hung`: a disk that hangs
//! - `locks`: file systems without locks
//! - `limits`: limits of a process, memory, and clocks

mod calls;
mod cuts;
mod disks;
mod ends;
mod families;
mod hung;
mod kills;
mod limits;
mod locks;
mod places;
mod tools;
mod torture;

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use audit_tests::spool_text;
use serde_json::Value;

/// A process of the tests, with nothing of the user's environment.
fn process(arguments: &[&str], mode: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spool-under-test"));
    command.args(arguments).env_clear().env("AUDIT_LOG_SPOOL", mode);
    command.env("AUDIT_LOG_KEEP_FILES", "off").env("AUDIT_LOG_COMPRESS", "off");
    command
}

/// Recovers as a process does at its start.
fn recover(dir: &Path) {
    let done = process(&["recover", dir.to_str().expect("UTF-8")], "off").output();
    let done = done.expect("started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Expects what was acknowledged, by thread, once each, and no spool that is left.
fn check(dir: &Path, acknowledged: &[u64], round: &str) {
    check_with(dir, &[], acknowledged, round);
}

/// The same where some stand in other places; one that was on its way there at the moment of a kill
/// may stand in both.
fn check_with(dir: &Path, elsewhere: &[(u64, u64)], acknowledged: &[u64], round: &str) {
    let mut records = written(dir, round);
    for &(thread, n) in elsewhere {
        let place = records.entry(thread).or_default();
        if !place.contains(&n) {
            place.push(n);
        }
    }
    for (thread, acknowledged) in (0..).zip(acknowledged) {
        // A record that found no room in time is written directly, in front of those that wait.
        let mut found = records.get(&thread).cloned().unwrap_or_default();
        found.sort_unstable();
        let count = found.len() as u64;
        // One call may have been recorded and not yet acknowledged.
        assert!(
            count == *acknowledged || count == acknowledged + 1,
            "{round}: thread {thread}: {count} of {acknowledged}"
        );
        assert!(found.into_iter().eq(0..count), "{round}: thread {thread}: lost or doubled");
    }
    let left: Vec<_> = fs::read_dir(dir.join(".spool")).into_iter().flatten().collect();
    assert!(left.is_empty(), "{round}: {left:?}");
}

/// A number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// The numbers of each thread's records in the files; those of a stream are in order. Whatever is no
/// record must be a notice, or a torn line with its notice behind it.
fn written(dir: &Path, round: &str) -> BTreeMap<u64, Vec<u64>> {
    // A process that was killed early enough left not even the directory.
    let mut files: Vec<_> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name.starts_with("audit.log"))
        .collect();
    // The active file is the last one; an archive's number is at its end.
    files.sort_by_key(|name| (name == "audit.log", name.rsplit('-').next().map(str::to_owned)));
    let mut records: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let mut streams: BTreeMap<(String, u64), u64> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(dir.join(&file)).expect("read");
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Ok(line) = serde_json::from_str::<Value>(line) else {
                let told = lines.peek().is_none_or(|next| next.contains(r#""event":"torn_line""#));
                assert!(told, "{round}: {file}: {line}");
                continue;
            };
            if line["operation"] != "STEP" {
                continue;
            }
            let of = |key: &str| line["details"][key].as_u64().expect("a number");
            let (thread, n) = (of("thread"), of("n"));
            let text = line["details"]["text"].as_str().expect("text");
            assert_eq!(text, spool_text(thread, n), "{round}: {line}");
            records.entry(thread).or_default().push(n);
            if let (Some(stream), Some(n)) = (line["stream"].as_u64(), line["n"].as_u64()) {
                let before = streams.insert((line["run_id"].to_string(), stream), n);
                assert!(before < Some(n), "{round}: behind {before:?}: {line}");
            }
        }
    }
    records
}
