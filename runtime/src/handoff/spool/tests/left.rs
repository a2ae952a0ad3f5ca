//! What a process left, and another one takes up.

use std::{
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{super::*, support::*};
use crate::{clock::Timestamp, drain::Route, frame::Frame, record::Category};

/// Recovers while something stands in the way of that file, and then again.
fn recovered_at_the_second_try(logs: &Path, name: &str) {
    let in_the_way = logs.join(name);
    std::fs::create_dir(&in_the_way).unwrap();
    assert_eq!(recovered(logs).left.len(), 1);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(recovered(logs).spools, 1);
}

#[test]
fn a_recovery_that_ends_after_its_first_batch_is_taken_up_without_doubling_it() {
    let both = Route(AUDIT.0 | 1 << Category::Error as u8);
    let (logs, _) = left_with(|spool| {
        for _ in 0..recover::BATCH {
            assert_eq!(push(spool), Pushed::Taken);
        }
        let frame = Frame::new(&SITE, Timestamp(0));
        assert_eq!(spool.push(&SITE, frame.bytes(), both), Pushed::Taken);
    });
    recovered_at_the_second_try(logs.path(), "error.log");
    assert_eq!(lines(logs.path()), recover::BATCH + 1);
}

#[test]
fn a_recovery_rotates_the_files_at_the_size_that_the_process_gave_and_with_its_mode() {
    let both = Route(AUDIT.0 | 1 << Category::Error as u8);
    let (logs, _) = left_with(|spool| {
        let frame = Frame::new(&SITE, Timestamp(0));
        for _ in 0..2 * recover::BATCH {
            assert_eq!(spool.push(&SITE, frame.bytes(), both), Pushed::Taken);
        }
    });
    // It ends behind the first batch of one file, and is taken up from there.
    recovered_at_the_second_try(logs.path(), "audit.log");
    let mut numbers = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(logs.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("error.log") {
            continue;
        }
        let metadata = path.metadata().unwrap();
        assert!(metadata.len() <= FULL, "{path:?}: {} B", metadata.len());
        assert_eq!(metadata.mode() & 0o777, 0o600, "{path:?}");
        let text = std::fs::read_to_string(path).unwrap();
        let line = |line| serde_json::from_str::<serde_json::Value>(line).unwrap();
        numbers.extend(text.lines().map(|it| line(it)["n"].as_u64().unwrap()));
        files += 1;
    }
    assert!(files > 2, "{files} files");
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=2 * recover::BATCH as u64));
    assert_eq!(lines(logs.path()), 2 * recover::BATCH);
}

#[test]
fn what_a_process_left_is_taken_up_once() {
    let (logs, path) = left(3);
    assert!(has_any(logs.path(), None));
    let recovery = recovered(logs.path());
    assert_eq!((recovery.spools, recovery.lines), (1, 3));
    assert_eq!(lines(logs.path()), 3);
    assert!(!path.exists() && !has_any(logs.path(), None));
    assert_eq!(recovered(logs.path()), Recovery::default());
    let line = std::fs::read_to_string(logs.path().join("audit.log")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!((&line["run_id"], &line["pid"]), (&"00000000000000ab".into(), &0.into()));
    assert_eq!((&line["stream"], &line["n"]), (&1.into(), &1.into()));
}

#[test]
fn a_spool_in_use_is_left_alone() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 5);
    assert_eq!(push(spool), Pushed::Taken);
    assert_eq!(recovered(logs.path()), Recovery { alive: 1, ..Recovery::default() });
    let own = recover(logs.path(), Some(5), &Arc::default()).expect("listed");
    assert_eq!(own, Recovery::default());
    assert_eq!(lines(logs.path()), 0);
}

#[test]
fn a_spool_is_made_anew_where_somebody_took_its_file_for_one_that_was_left() {
    const SPOOLS: u64 = 200;
    let logs = tempfile::tempdir().unwrap();
    let (turn, taken) = (AtomicU64::new(1), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut last = 0;
            loop {
                let id = turn.load(Ordering::Relaxed);
                if id > SPOOLS {
                    break;
                }
                // Each one once.
                let unfinished = logs.path().join(plan::DIR).join(&plan::names(id)[1]);
                let file = create::open(&unfinished, &mut std::fs::OpenOptions::new());
                if last != id && file.is_ok_and(|file| create::lock(&file).unwrap()) {
                    let _ = std::fs::remove_file(unfinished);
                    taken.fetch_add(1, Ordering::Relaxed);
                    last = id;
                }
            }
        });
        let made = std::panic::catch_unwind(|| {
            for id in 1..=SPOOLS {
                turn.store(id, Ordering::Relaxed);
                let spool = create(logs.path(), id);
                spool.close();
                assert!(spool.remove_if_done());
            }
        });
        turn.store(SPOOLS + 1, Ordering::Relaxed);
        made.unwrap();
    });
    assert!(!has_any(logs.path(), None), "{taken:?} taken");
}

#[test]
fn what_is_no_finished_spool_is_put_aside_or_left() {
    let (logs, path) = left(1);
    let whole = std::fs::read(&path).unwrap();
    let dir = path.parent().unwrap().to_owned();
    let name = |id| dir.join(&plan::names(id)[0]);
    // Empty, short, of another number, of a later version, unfinished, and something else.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(name(1), "").unwrap();
    std::fs::write(name(2), &whole[..plan::BASE - 1]).unwrap();
    std::fs::write(name(3), &whole).unwrap();
    let mut later = whole.clone();
    later[8] += 1;
    std::fs::write(name(4), &later).unwrap();
    std::fs::write(dir.join(&plan::names(5)[1]), &whole).unwrap();
    std::fs::write(dir.join("notes.txt"), "").unwrap();
    let recovery = recovered(logs.path());
    assert_eq!((recovery.spools, recovery.lines), (0, 0));
    assert_eq!(recovery.damaged.len(), 3, "{recovery:?}");
    assert!(recovery.damaged.iter().all(|path| path.to_string_lossy().ends_with(".header.bad")));
    assert_eq!(recovery.left, [(name(4), format!("version {} is not known", later[8]))]);
    let mut names: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let bad = |id| format!("{}.header.bad", plan::names(id)[0]);
    let expected = [bad(1), bad(2), bad(3), plan::names(4)[0].clone(), "notes.txt".to_owned()];
    assert_eq!(names, expected);
}

#[test]
fn a_damaged_record_costs_itself_only_and_a_line_tells_its_number() {
    let (logs, path) = left(5);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let record = record::size(Frame::new(&SITE, Timestamp(0)).bytes().len());
    file.write_all_at(&[0xff], (plan::segment(1) + 2 * record + 30) as u64).unwrap();
    let spool = std::fs::read(&path).unwrap();
    let recovery = recovered(logs.path());
    assert_eq!((recovery.spools, recovery.lines), (0, 5));
    let aside = recovery.damaged[0].clone();
    assert!(aside.to_string_lossy().ends_with(".record.bad"));
    let read = || std::fs::read_to_string(logs.path().join("audit.log")).unwrap();
    let text = read();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!((&lines[2]["event"], &lines[2]["category"]), (&"dropped".into(), &"audit".into()));
    let details = serde_json::json!({"cause": "damaged", "records": 1, "first_n": 3, "last_n": 3});
    assert_eq!(lines[2]["details"], details);
    // Whoever died before he put it aside leaves it to the next one, who tells nothing twice.
    std::fs::remove_file(aside).unwrap();
    std::fs::write(&path, spool).unwrap();
    let (state, place) = plan::intent(Category::Audit);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all_at(&1_u64.to_le_bytes(), state as u64).unwrap();
    file.write_all_at(&0_u64.to_le_bytes(), place as u64).unwrap();
    assert_eq!(recovered(logs.path()).lines, 0);
    assert_eq!(read(), text);
}
