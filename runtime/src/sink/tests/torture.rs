//! Many processes and threads that append and rotate at once.

use std::{collections::BTreeMap, path::Path, time::Duration};

use super::{
    processes::{NUMBER, OutputLater, check, command, line},
    support::{archive_names, file, gzip, is_tidy_name, parts_for, read, settings},
};
use crate::{
    clock::Timestamp,
    sink::{Codec, Compress, FileSettings, Rolling},
};

const PROCESSES: usize = 16;
const THREADS: usize = 4;
const BATCHES: usize = 80;
const LIMIT: u64 = 64 * 1024;
const NAMES: [&str; 2] = ["a.log", "b.log"];

/// One file is packed with gzip, the other with zstd where that is built in.
fn rotating(name: &str) -> FileSettings {
    let codec = if name == "a.log" { Codec::Gzip } else { Codec::Zstd };
    let compress = Some(Compress { codec, ..gzip() });
    FileSettings { rotate_size: Some(LIMIT), compress, ..file(name) }
}

/// What one of the processes does.
pub(super) fn write(dir: &Path, process: usize) {
    let files = NAMES.map(|name| {
        let parts = parts_for(dir, &rotating(name));
        (name, Rolling::new(settings(dir, rotating(name)), parts.clone()), parts)
    });
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let files = &files;
            scope.spawn(move || {
                let mut n = 0;
                for batch in 0..BATCHES {
                    let numbers = n..n + 1 + batch % 5;
                    n = numbers.end;
                    for (name, rolling, _) in files {
                        let writer = format!("{name} {process}.{thread}");
                        let lines: Vec<_> = numbers.clone().map(|n| line(&writer, n)).collect();
                        rolling.append(&lines, Timestamp::now()).unwrap();
                    }
                }
            });
        }
    });
    for (_, _, parts) in &files {
        let health = parts.shared.counters.snapshot();
        assert_eq!((health.torn_lines, health.reopened, health.truncated), (0, 0, 0));
        assert_eq!(health.rotation_errors, 0);
        parts.compressor.finish(Duration::from_mins(1));
        assert_eq!(parts.shared.counters.compression_errors.value(), 0);
    }
}

/// Scenario twenty-three.
#[test]
fn processes_that_write_and_rotate_at_once_lose_double_and_tear_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    let children: Vec<_> = (0..PROCESSES)
        .map(|n| command(&[], "write", dir).env(NUMBER, n.to_string()).output_later())
        .collect();
    for child in children {
        check(&child.wait_with_output().unwrap());
    }
    let mut seen = BTreeMap::<String, Vec<u64>>::new();
    for active in NAMES {
        let mut names = archive_names(dir, active);
        let count = names.len();
        assert!(count > 10, "{count} rotations");
        names.push(active.to_owned());
        for name in names {
            let text = read(&dir.join(&name));
            assert!(text.len() as u64 <= LIMIT && text.ends_with('\n'), "{name}");
            for line in text.lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                if let Some(writer) = line["writer"].as_str() {
                    assert!(writer.starts_with(active), "{writer} in {name}");
                    seen.entry(writer.to_owned()).or_default().push(line["n"].as_u64().unwrap());
                } else {
                    assert_eq!(line["event"], "began");
                }
            }
        }
    }
    let each: u64 = (0..BATCHES as u64).map(|batch| 1 + batch % 5).sum();
    assert_eq!(seen.len(), NAMES.len() * PROCESSES * THREADS);
    for (writer, numbers) in seen {
        assert!(numbers.iter().copied().eq(0..each), "{writer}: {numbers:?}");
    }
    let others = |name: &str| NAMES.iter().any(|active| is_tidy_name(name, active));
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    let strange: Vec<_> = names.filter(|name| !others(name.to_str().unwrap())).collect();
    assert!(strange.is_empty(), "{strange:?}");
}
