//! One file: rotation by size and day, faults of the disk's contents, other writers.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::support::{
    DAY, Log, after, archive_names, file, gzip, is_tidy, keep, lines, parts_for, settings,
};
use crate::{
    config::Durability,
    ledger::{At, Gap, LockFile, Notices},
    render::Line,
    sink::{Every, Failure, FileSettings, Rolling, RollingParts, Schedule},
};

#[test]
fn a_file_is_rotated_before_it_exceeds_its_size() {
    let log = Log::new(|file| file.rotate_size = Some(10));
    for text in ["1234", "5678", "9", "longer than the limit", "x"] {
        log.append(&[text], DAY);
    }
    assert_eq!(
        log.files(),
        [
            vec!["1234", "5678"],
            vec!["began", "9"],
            vec!["began", "longer than the limit"],
            vec!["began", "x"]
        ]
    );
    assert_eq!(log.health().rotations, 3);
    assert!(is_tidy(log.temp.path(), "a.log"));
}

#[test]
fn a_batch_is_divided_between_lines_only() {
    let log = Log::new(|file| file.rotate_size = Some(200));
    let texts: Vec<_> = (0..40).map(|n| format!("{n:049}")).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    log.append(&texts, DAY);
    let files = log.files();
    let written: Vec<_> = files.iter().flatten().filter(|line| *line != "began").collect();
    assert_eq!(written, texts);
    assert_eq!(files[0].len(), 4, "four lines of fifty bytes fit into the first file");
    assert!(files.len() > 10, "{}", files.len());
}

#[test]
fn a_frozen_clock_overwrites_nothing() {
    let log = Log::new(|file| file.rotate_size = Some(1));
    let texts: Vec<_> = (0..30).map(|n| n.to_string()).collect();
    for text in &texts {
        log.append(&[text], DAY);
    }
    let written: Vec<_> = log.files().concat();
    assert_eq!(
        written.iter().filter(|line| *line != "began").collect::<Vec<_>>(),
        texts.iter().collect::<Vec<_>>()
    );
    assert_eq!(archive_names(log.temp.path(), "a.log")[28], "a.log.20260102T000000.000Z-000029");
}

#[test]
fn a_new_day_begins_a_new_file() {
    let log = Log::new(|file| file.rotate_every = Some(daily()));
    let line = |day: u64| format!(r#"{{"timestamp":"2026-01-{day:02}T00:00:00Z"}}"#);
    let day = |day: u64| after((day - 2) * 86_400);
    log.append(&[&line(2)], day(2));
    log.append(&[&line(2)], after(86_399));
    log.append(&[&line(3)], day(3));
    let other = log.other(|file| file.rotate_every = Some(daily()));
    other.append(&lines(&[&line(2)]), day(2)).unwrap();
    other.append(&lines(&[&line(4)]), day(4)).unwrap();
    assert_eq!(
        log.files(),
        [
            vec![line(2), line(2)],
            vec!["began".to_owned(), line(3), line(2)],
            vec!["began".to_owned(), line(4)]
        ]
    );
}

#[test]
fn a_first_line_of_an_earlier_period_rotates_nothing_twice() {
    // What it tells of began before midnight; the file did not.
    let old = r#"{"timestamp":"2026-01-01T23:59:59Z"}"#;
    let log = Log::new(|file| file.rotate_every = Some(daily()));
    fs::write(log.path("a.log.20260102T000001.000Z-000001"), "1\n").unwrap();
    fs::write(log.path("a.log"), format!("{old}\n")).unwrap();
    for second in 2..5 {
        log.append(&["{}"], after(second));
        // Each as a process of its own.
        let other = log.other(|file| file.rotate_every = Some(daily()));
        other.append(&lines(&["{}"]), after(second)).unwrap();
    }
    assert_eq!(log.files()[1], [old, "{}", "{}", "{}", "{}", "{}", "{}"]);
    assert_eq!(log.health().rotations, 0);
    log.append(&["{}"], after(86_400));
    log.append(&["{}"], after(86_401));
    assert_eq!(log.health().rotations, 1);
}

#[test]
fn a_process_that_asks_for_it_begins_a_file_once() {
    let log = Log::new(|_| ());
    log.append(&["1"], DAY);
    let other = log.other(|file| file.rotate_on_start = true);
    for text in ["2", "3"] {
        other.append(&lines(&[text]), DAY).unwrap();
    }
    assert_eq!(log.files(), [vec!["1"], vec!["began", "2", "3"]]);
    fs::remove_file(log.path("a.log")).unwrap();
    let next = log.other(|file| file.rotate_on_start = true);
    for text in ["4", "5"] {
        next.append(&lines(&[text]), DAY).unwrap();
    }
    assert_eq!(log.files(), [vec!["1"], vec!["4", "5"]], "an empty one is not rotated");
}

#[test]
fn an_empty_file_is_not_rotated() {
    let log = Log::new(|file| file.rotate_every = Some(daily()));
    assert!(!log.rolling.rotate_now(DAY).unwrap());
    log.append(&["1"], DAY);
    assert!(log.rolling.rotate_now(DAY).unwrap());
    assert!(!log.rolling.rotate_now(DAY).unwrap());
    log.append(&["2"], after(86_400));
    assert_eq!(log.files(), [vec!["1"], vec!["began", "2"]]);
}

#[test]
fn after_a_failed_rotation_writing_goes_on_and_it_is_tried_again() {
    let log = Log::new(|file| file.rotate_size = Some(3));
    fs::create_dir(log.path(".a.log.next")).unwrap();
    log.append(&["1"], DAY);
    log.append(&["2", "3"], DAY);
    log.append(&["4"], after(9));
    assert_eq!(log.files(), [vec!["1", "2", "3", "4"]]);
    assert_eq!(log.health().rotation_errors, 1);
    log.append(&["5"], after(10));
    assert_eq!(log.health().rotation_errors, 2);
    fs::remove_dir(log.path(".a.log.next")).unwrap();
    log.append(&["6"], after(29));
    log.append(&["7"], after(30));
    assert_eq!(log.files(), [vec!["1", "2", "3", "4", "5", "6"], vec!["began", "7"]]);
    let health = log.health();
    assert_eq!((health.rotations, health.rotation_errors), (1, 2));
}

#[test]
fn a_rotation_cut_off_between_its_renames_is_finished() {
    let log = Log::new(|_| ());
    log.append(&["1"], DAY);
    fs::rename(log.path("a.log"), log.path("a.log.20260101T000000.000Z-000001")).unwrap();
    fs::write(log.path(".a.log.next"), "").unwrap();
    log.other(|_| ()).append(&lines(&["2"]), DAY).unwrap();
    log.append(&["3"], DAY);
    assert_eq!(log.files(), [vec!["1"], vec!["2", "3"]]);
    assert!(is_tidy(log.temp.path(), "a.log"));
}

#[test]
fn a_torn_line_is_sealed_once() {
    let log = Log::new(|_| ());
    fs::write(log.path("a.log"), "whole\n{\"to").unwrap();
    log.append(&["1"], DAY);
    log.append(&["2"], DAY);
    assert_eq!(log.files(), [["whole", "{\"to", "torn", "1", "2"]]);
    assert_eq!(log.health().torn_lines, 1);
    assert!(fs::read_to_string(log.path("a.log")).unwrap().contains(r#""value":4"#));
}

#[test]
fn a_file_somebody_else_took_away_is_begun_anew() {
    let log = Log::new(|_| ());
    log.append(&["1"], DAY);
    fs::rename(log.path("a.log"), log.path("a.log.1")).unwrap();
    log.append(&["2"], DAY);
    assert_eq!(log.files(), [["reopened", "2"]]);
    fs::remove_file(log.path("a.log")).unwrap();
    log.append(&["3"], DAY);
    assert_eq!(log.files(), [["reopened", "3"]]);
    assert_eq!(fs::read_to_string(log.path("a.log.1")).unwrap(), "1\n");
    assert_eq!(log.health().reopened, 2);
}

#[test]
fn two_lock_files_are_one_again_before_anything_is_renamed() {
    let log = Log::new(|_| ());
    let mut impatient = settings(log.temp.path(), file("a.log"));
    impatient.lock_timeout = Duration::ZERO;
    let rolling = Rolling::new(impatient, log.parts.clone());
    rolling.append(&lines(&["1"]), DAY).unwrap();
    // Its lock is gone, and somebody else has the new one.
    fs::remove_file(log.path(".a.log.lock")).unwrap();
    let mut lock = LockFile::new(log.path(".a.log.lock"), false);
    let guard = lock.acquire(Instant::now()).unwrap();
    assert!(matches!(rolling.rotate_now(DAY), Err(Failure::LockTimeout)));
    assert_eq!(log.files(), [["1"]]);
    drop(guard);
    assert!(rolling.rotate_now(DAY).unwrap());
}

#[test]
fn a_rotation_by_another_process_is_no_surprise() {
    let log = Log::new(|_| ());
    let other = log.other(|file| file.rotate_size = Some(1));
    log.append(&["1"], DAY);
    other.append(&lines(&["2"]), DAY).unwrap();
    log.append(&["3"], DAY);
    other.append(&lines(&["4"]), DAY).unwrap();
    log.append(&["5"], DAY);
    assert_eq!(log.files(), [vec!["1"], vec!["began", "2", "3"], vec!["began", "4", "5"]]);
    assert_eq!(log.health().reopened, 0);
}

#[test]
fn a_deleted_directory_is_made_again() {
    let log = Log::new(|_| ());
    for text in ["1", "2", "3"] {
        log.append(&[text], DAY);
        assert!(log.files()[0].ends_with(&[text.to_owned()]));
        fs::remove_dir_all(log.temp.path()).unwrap();
    }
    log.append(&["4"], DAY);
    assert_eq!(log.files(), [["reopened", "4"]]);
}

#[test]
fn archives_are_kept_by_count_and_compressed_but_for_the_newest() {
    let log = Log::new(|file| {
        (file.rotate_size, file.keep, file.compress) = (Some(1), keep(3), Some(gzip()));
    });
    for text in ["1", "2", "3", "4", "5", "6"] {
        log.append(&[text], DAY);
    }
    assert!(log.parts.compressor.finish(Duration::from_mins(1)));
    // What the background thread had not yet begun when a rotation asked again is done now.
    let file = FileSettings { compress: Some(gzip()), ..file("a.log") };
    let parts = parts_for(log.temp.path(), &file);
    let next = Rolling::new(settings(log.temp.path(), file), parts);
    next.append(&lines(&["7"]), DAY).unwrap();
    drop(next);
    let archives = archive_names(log.temp.path(), "a.log");
    let kinds: Vec<_> = archives
        .iter()
        .map(|name| name.trim_start_matches("a.log.20260102T000000.000Z-"))
        .collect();
    assert_eq!(kinds, ["000003.gz", "000004.gz", "000005"]);
    assert_eq!(
        log.files(),
        [vec!["began", "3"], vec!["began", "4"], vec!["began", "5"], vec!["began", "6", "7"]]
    );
    assert!(is_tidy(log.temp.path(), "a.log"));
}

#[test]
fn the_first_append_takes_up_what_other_processes_left() {
    let log = Log::new(|file| (file.keep, file.compress) = (keep(2), Some(gzip())));
    for seq in 1..=3 {
        let name = format!("a.log.20260102T000000.000Z-00000{seq}");
        fs::write(log.path(&name), format!("{seq}\n")).unwrap();
    }
    fs::write(log.path(".a.log.20260102T000000.000Z-000002.gz.tmp"), "half").unwrap();
    log.append(&["4"], DAY);
    assert!(log.parts.compressor.finish(Duration::from_mins(1)));
    let health = log.health();
    assert_eq!((health.archives_deleted, health.compressions, health.rotations), (1, 1, 0));
    assert_eq!(log.files(), [["2"], ["3"], ["4"]]);
    assert!(is_tidy(log.temp.path(), "a.log"));
}

fn daily() -> Schedule {
    Schedule::utc(Every::Day)
}

#[test]
fn active_file_and_archives_have_their_mode() {
    let log = Log::new(|file| (file.rotate_size, file.compress) = (Some(1), Some(gzip())));
    for text in ["1", "2", "3"] {
        log.append(&[text], DAY);
    }
    log.parts.compressor.finish(Duration::from_mins(1));
    for entry in fs::read_dir(log.temp.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, 0o640, "{:?}", entry.path());
    }
}

#[test]
fn a_held_lock_ends_the_wait_at_the_deadline() {
    let log = Log::new(|_| ());
    let mut lock = LockFile::new(log.path(".a.log.lock"), false);
    let guard = lock.acquire(Instant::now()).unwrap();
    let mut impatient = settings(log.temp.path(), file("a.log"));
    impatient.lock_timeout = Duration::ZERO;
    let rolling = Rolling::new(impatient, log.parts.clone());
    let error = rolling.append(&lines(&["1"]), DAY).unwrap_err();
    assert!(matches!(error.failure, Failure::LockTimeout) && error.written == 0);
    drop(guard);
    rolling.append(&lines(&["1"]), DAY).unwrap();
    assert_eq!(log.files(), [["1"]]);
}

/// Does something when it is asked for a line.
struct Meddling<F>(F);

impl<F: Fn(&str) + Send + Sync> Notices for Meddling<F> {
    fn torn(&self, _: At, _: u64) -> Line {
        self.0("torn");
        Line::new("torn".to_owned())
    }

    fn reopened(&self, _: At, _: &str) -> Line {
        Line::new("reopened".to_owned())
    }

    fn began(&self, _: At, _: &str) -> Option<Line> {
        self.0("began");
        None
    }

    fn missing(&self, _: At, _: &Gap, _: Option<&str>) -> Line {
        Line::new("missing".to_owned())
    }
}

/// A file that rotates at each line, and what `meddle` does in between.
fn meddled(log: &Log, meddle: impl Fn(&str) + Send + Sync + 'static) -> Rolling {
    let parts = RollingParts { notices: Arc::new(Meddling(meddle)), ..log.parts.clone() };
    let file = FileSettings { rotate_size: Some(1), ..file("a.log") };
    Rolling::new(settings(log.temp.path(), file), parts)
}

#[test]
fn a_failure_in_the_middle_tells_how_much_was_written() {
    let log = Log::new(|_| ());
    let (active, away) = (log.path("a.log"), log.path("away"));
    let rolling = meddled(&log, move |_| {
        fs::rename(&active, &away).unwrap();
        symlink(&away, &active).unwrap();
    });
    let error = rolling.append(&lines(&["1", "2", "3"]), DAY).unwrap_err();
    assert_eq!(error.written, 2);
    assert_eq!(fs::read_to_string(log.path("away")).unwrap(), "2\n");
    let archive = archive_names(log.temp.path(), "a.log").remove(0);
    assert_eq!(fs::read_to_string(log.path(&archive)).unwrap(), "1\n");
}

#[test]
fn a_directory_deleted_within_an_append_is_made_again() {
    let log = Log::new(|_| ());
    let (dir, done) = (log.temp.path().to_owned(), AtomicBool::new(false));
    let rolling = meddled(&log, move |_| {
        if !done.swap(true, Ordering::Relaxed) {
            fs::remove_dir_all(&dir).unwrap();
        }
    });
    rolling.append(&lines(&["1", "2", "3"]), DAY).unwrap();
    assert_eq!(log.files(), [["3"]], "the others went with the directory");
}

#[test]
fn a_panic_within_an_append_does_not_stop_the_next() {
    let log = Log::new(|_| ());
    let asked = AtomicBool::new(false);
    let rolling = meddled(&log, move |_| {
        assert!(asked.swap(true, Ordering::Relaxed), "asked for the first time");
    });
    fs::write(log.path("a.log"), "to").unwrap();
    let append = || rolling.append(&lines(&["1"]), DAY);
    catch_unwind(AssertUnwindSafe(append)).unwrap_err();
    append().unwrap();
    rolling.flush().unwrap();
    assert_eq!(log.files(), [vec!["to"], vec!["1"]]);
}

#[test]
fn a_synced_append_is_in_the_file() {
    let log = Log::new(|file| (file.durability, file.rotate_size) = (Durability::Synced, Some(3)));
    log.append(&["1"], DAY);
    log.append(&["2"], DAY);
    assert_eq!(log.files(), [vec!["1"], vec!["began", "2"]]);
}
