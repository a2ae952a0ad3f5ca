//! A process that dies between any two steps of a batch, or within a line of it.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::Path,
    sync::{Arc, Mutex},
};

use super::{super::*, support::*};
use crate::{
    clock::Timestamp,
    drain::{Drain, Files},
    ledger::testing::Plain,
    record::{Category, Level},
    render::{Line, Origin, Renderer},
    sink::{
        Compressor, DirKeep, FileSettings, Rolling, RollingParts, RollingSettings, Shared, Spot,
        Syncer, Upkeep,
    },
};

const ID: u64 = 0xab;

/// The audit file, and copies of the directory as it was before and behind each step.
#[derive(Debug)]
struct Watched {
    logs: tempfile::TempDir,
    rolling: Rolling,
    copies: Mutex<Vec<tempfile::TempDir>>,
}

impl Watched {
    fn new() -> Self {
        let logs = tempfile::tempdir().unwrap();
        let (dir, shared) = (logs.path().to_owned(), Arc::<Shared>::default());
        let keep = DirKeep::default();
        let parts = RollingParts {
            notices: Arc::new(Plain),
            compressor: Arc::new(Compressor::new(shared.counters.clone())),
            upkeep: Arc::new(Upkeep::new(&dir, Vec::new(), keep, shared.clone())),
            syncer: Arc::new(Syncer::new(shared.counters.clone())),
            shared,
        };
        let settings = RollingSettings {
            category: Category::Audit,
            dir,
            create_dir: true,
            dir_mode: 0o750,
            file: FileSettings::plain("audit.log"),
            lock_timeout: MINUTE,
        };
        Self { rolling: Rolling::new(settings, parts), logs, copies: Mutex::default() }
    }

    fn copy(&self) {
        self.copies.lock().unwrap().push(copied(self.logs.path()));
    }
}

impl Files for Watched {
    fn append(
        &self,
        _category: Category,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> bool {
        self.copy();
        let appended = self.rolling.append_from(lines, now, &mut |spot| {
            self.copy();
            begins(spot);
            self.copy();
        });
        self.copy();
        appended.is_ok()
    }
}

/// A copy of a directory of logs, whose spools nobody has a lock of.
fn copied(logs: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join(plan::DIR)).unwrap();
    for dir in ["", plan::DIR] {
        for entry in fs::read_dir(logs.join(dir)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                fs::copy(entry.path(), copy.path().join(dir).join(entry.file_name())).unwrap();
            }
        }
    }
    copy
}

/// Recovers, and then expects the numbers 1 to `last` of each stream once each, in order.
fn check(logs: &Path, streams: &[u64], last: u64, told: &str) {
    let recovery = recovered(logs);
    assert!(recovery.damaged.is_empty() && recovery.left.is_empty(), "{told}: {recovery:?}");
    let text = fs::read(logs.join("audit.log")).unwrap();
    let mut lines = text.split(|byte| *byte == b'\n').peekable();
    let mut tickets = Vec::new();
    while let Some(line) = lines.next() {
        let Ok(line) = serde_json::from_slice::<serde_json::Value>(line) else {
            let next = lines.peek().map(|next| String::from_utf8_lossy(next));
            let sealed = next.is_none_or(|next| next.contains(r#""event":"torn_line""#));
            assert!(sealed || line.is_empty(), "{told}: {}", String::from_utf8_lossy(line));
            continue;
        };
        if let (Some(stream), Some(n)) = (line["stream"].as_u64(), line["n"].as_u64()) {
            tickets.push((stream, n));
        }
    }
    let distinct: BTreeSet<_> = tickets.iter().copied().collect();
    assert_eq!(distinct.len(), tickets.len(), "{told}: none twice");
    for stream in streams {
        let of = tickets.iter().filter(|(it, _)| it == stream).map(|(_, n)| *n);
        assert!(of.eq(1..=last), "{told}: stream {stream}: {tickets:?}");
    }
    assert!(!has_any(logs, None), "{told}");
}

/// Fault 8: in front of and behind the intent, the lines, the heads, the end of the intent, and the
/// removal.
#[test]
fn a_death_between_any_two_steps_of_a_batch_loses_and_doubles_nothing() {
    let watched = Arc::new(Watched::new());
    let renderer = Origin { run_id: format!("{ID:016x}"), ..Origin::default() };
    let renderer = Arc::new(Renderer::new(renderer, 8_000));
    let drain = Drain::new(watched.clone(), renderer, Arc::default(), [Some(Level::Trace); 5]);
    let logs = watched.logs.path();
    let spool = create(logs, ID);
    watched.copy();
    for _ in 0..3 {
        // A second stream: that of a thread of its own.
        assert_eq!((push(spool), push_shared(spool)), (Pushed::Taken, Pushed::Taken));
        watched.copy();
    }
    for pushed in 3..6 {
        let before = fs::read(path(logs)).unwrap();
        assert!(spool.flush(&drain, MINUTE));
        let after = fs::read(path(logs)).unwrap();
        // Each word of what changes behind the lines, one after the other.
        let words = [plan::positions(0).1, plan::positions(1).1, plan::intent(Category::Audit).0];
        for changed in 0..=words.len() {
            let copy = copied(logs);
            let file = File::options().write(true).open(path(copy.path())).unwrap();
            for at in &words[changed..] {
                file.write_all_at(&before[*at..*at + 8], *at as u64).unwrap();
            }
            if changed < words.len() {
                // It stood from before the lines until now.
                let intent = words[2];
                let spot = watched.copies.lock().unwrap().iter().rev().find_map(|copy| {
                    let bytes = fs::read(path(copy.path())).ok()?;
                    let state = &bytes[intent..intent + 16];
                    (state[0] != 0).then(|| state.to_vec())
                });
                file.write_all_at(&spot.unwrap(), intent as u64).unwrap();
            }
            check(copy.path(), &[0, 1], pushed, &format!("{changed} words, {pushed}"));
        }
        assert_eq!(after.len(), before.len());
        assert_eq!((push(spool), push_shared(spool)), (Pushed::Taken, Pushed::Taken));
    }
    let copies = watched.copies.lock().unwrap();
    assert_eq!(copies.len(), 4 + 3 * 4, "steps");
    for (step, copy) in copies.iter().enumerate() {
        let pushed = match step {
            0..4 => step as u64,
            _ => (step as u64 - 4) / 4 + 3,
        };
        if pushed > 0 {
            check(copy.path(), &[0, 1], pushed, &format!("step {step}"));
        }
    }
}

fn path(logs: &Path) -> std::path::PathBuf {
    logs.join(plan::DIR).join(&plan::names(ID)[0])
}

fn push_shared(spool: &'static Spool) -> Pushed {
    let frame = crate::frame::Frame::new(&SITE, Timestamp(0));
    spool.push_shared(&SITE, frame.bytes(), AUDIT)
}

/// Faults 9 and 10: what stands in the log is any part of the batch, or zeros.
#[test]
fn a_log_torn_at_any_byte_has_each_record_once_and_whole() {
    let (whole, spool) = left(4);
    let spool = fs::read(spool).unwrap();
    assert_eq!(recovered(whole.path()).lines, 4);
    let text = fs::read(whole.path().join("audit.log")).unwrap();
    // Those that a kill cut, a page that the disk never got, and one within a line.
    let first = text.iter().position(|byte| *byte == b'\n').unwrap();
    let cuts = (first..=text.len()).map(|end| text[..end].to_vec());
    let zeros = [first + 1, first + 40].map(|end| [&text[..end], &[0; 4096]].concat());
    for log in cuts.chain(zeros) {
        let logs = tempfile::tempdir().unwrap();
        fs::create_dir(logs.path().join(plan::DIR)).unwrap();
        fs::write(path(logs.path()), &spool).unwrap();
        let (state, place) = plan::intent(Category::Audit);
        let file = File::options().write(true).open(path(logs.path())).unwrap();
        for (at, word) in [(state, 1_u64), (place, 0)] {
            file.write_all_at(&word.to_le_bytes(), at as u64).unwrap();
        }
        fs::write(logs.path().join("audit.log"), &log).unwrap();
        check(logs.path(), &[1], 4, &format!("{} bytes", log.len()));
        if !log.ends_with(b"\n") && !log.ends_with(b"}") {
            let text = fs::read(logs.path().join("audit.log")).unwrap();
            assert!(String::from_utf8_lossy(&text).contains(r#""event":"torn_line""#));
        }
    }
}
