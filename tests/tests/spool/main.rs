//! Processes that write through a spool: `ends` of every kind, and `torture`: killed at any instant.

mod ends;
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
    let mut streams: BTreeMap<u64, u64> = BTreeMap::new();
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
                let before = streams.insert(stream, n);
                assert!(before < Some(n), "{round}: behind {before:?}: {line}");
            }
        }
    }
    records
}
