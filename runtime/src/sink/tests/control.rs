//! What is asked of files from outside: the timer rotates an idle one, the program changes them.

use std::{
    fs,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use super::support::{
    DAY, Log, after, archive_names, file, files, gzip, keep, lines, parts_for, set_settings,
    settings, shared,
};
use crate::{
    ledger::testing::Plain,
    record::Category,
    sink::{
        Compress, DirKeep, Every, FileSettings, Rolling, RollingParts, Schedule, SinkSet,
        SinkSettings,
    },
};

const HOUR: u64 = 3_600;

fn hourly(dir: &Path) -> (Arc<Rolling>, RollingParts) {
    let file = FileSettings { rotate_every: Some(Schedule::utc(Every::Hour)), ..file("a.log") };
    let parts = parts_for(dir, &file);
    (Rolling::attended(settings(dir, file), parts.clone()), parts)
}

#[test]
fn an_idle_file_is_rotated_when_its_period_ends_and_an_empty_one_is_not() {
    let temp = tempfile::tempdir().unwrap();
    let (rolling, parts) = hourly(temp.path());
    let run = |seconds| parts.upkeep.run(after(seconds), &AtomicBool::new(false));
    assert_eq!(run(HOUR), Some(Duration::from_secs(HOUR)));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0, "nothing is made to be rotated");
    rolling.append(&lines(&["1"]), after(10)).unwrap();
    assert_eq!(run(HOUR - 7), Some(Duration::from_secs(7)));
    assert_eq!(archive_names(temp.path(), "a.log"), [""; 0]);
    assert_eq!(run(HOUR), Some(Duration::from_secs(HOUR)));
    assert_eq!(files(temp.path(), "a.log"), [vec!["1"], vec![]]);
    for hours in 2..5 {
        run(hours * HOUR);
    }
    assert_eq!(parts.shared.counters.snapshot().rotations, 1);
    rolling.append(&lines(&["2"]), after(5 * HOUR)).unwrap();
    drop(rolling);
    run(9 * HOUR);
    assert_eq!(archive_names(temp.path(), "a.log").len(), 1, "nobody has it any more");
}

#[test]
fn an_idle_file_that_cannot_be_rotated_is_tried_again_soon() {
    let temp = tempfile::tempdir().unwrap();
    let (rolling, parts) = hourly(temp.path());
    rolling.append(&lines(&["1"]), DAY).unwrap();
    fs::create_dir(temp.path().join(".a.log.next")).unwrap();
    let run = |seconds| parts.upkeep.run(after(seconds), &AtomicBool::new(false));
    assert_eq!(run(HOUR), Some(Duration::from_mins(1)));
    fs::remove_dir(temp.path().join(".a.log.next")).unwrap();
    run(HOUR + 60);
    assert_eq!(files(temp.path(), "a.log"), [vec!["1"], vec![]]);
}

#[test]
fn what_can_wait_costs_a_short_life_no_thread() {
    let log = Log::new(|file| {
        file.compress = Some(Compress { delay: Duration::from_hours(24 * 36_500), ..gzip() });
        file.rotate_every = Some(Schedule::utc(Every::Day));
        file.keep.age = Some(Duration::from_hours(24));
    });
    for seq in 1..=3 {
        fs::write(log.path(&format!("a.log.20260102T000000.000Z-00000{seq}")), "x\n").unwrap();
    }
    for seconds in [0, 0, 0] {
        log.append(&["1"], after(seconds));
        assert!(log.rolling.rotate_now(after(seconds)).unwrap());
    }
    assert!(!log.parts.compressor.is_running());
    log.append(&["2"], after(1));
    assert!(log.parts.compressor.is_running());
}

fn set(settings: SinkSettings) -> SinkSet {
    SinkSet::open(settings, Arc::new(Plain), shared())
}

fn append(set: &SinkSet, text: &str) {
    set.append(Category::Audit, &lines(&[text]), DAY);
}

#[test]
fn files_are_like_what_they_were_changed_to_from_the_next_line_on() {
    let temp = tempfile::tempdir().unwrap();
    let settings = set_settings(temp.path());
    let set = set(settings.clone());
    for text in ["1", "2", "3"] {
        append(&set, text);
    }
    let small = settings
        .files
        .clone()
        .map(|file| file.map(|file| FileSettings { rotate_size: Some(1), keep: keep(2), ..file }));
    set.change(small.clone(), DirKeep::default(), DAY);
    for text in ["4", "5", "6"] {
        append(&set, text);
    }
    let dir = temp.path().join("logs");
    assert_eq!(
        files(&dir, "audit.log"),
        [vec!["began", "4"], vec!["began", "5"], vec!["began", "6"]]
    );
    let one = small.map(|file| file.map(|file| FileSettings { keep: keep(1), ..file }));
    set.change(one, DirKeep::default(), DAY);
    assert_eq!(files(&dir, "audit.log"), [vec!["began", "5"], vec!["began", "6"]], "at once");
    set.change(settings.files, DirKeep { bytes: Some(0), min_free: None }, DAY);
    append(&set, "7");
    assert_eq!(files(&dir, "audit.log"), [vec!["began", "5"], vec!["began", "6", "7"]]);
}

#[test]
fn the_fallback_is_like_what_was_changed() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("logs"), "in the way").unwrap();
    let state = Some(temp.path().join("state"));
    let settings = SinkSettings { state_home: state, ..set_settings(temp.path()) };
    let small = settings.files.clone();
    let small = small.map(|file| file.map(|file| FileSettings { rotate_size: Some(1), ..file }));
    let set = set(settings);
    append(&set, "1");
    append(&set, "2");
    set.change(small, DirKeep::default(), DAY);
    append(&set, "3");
    let found = files(&temp.path().join("state/app/logs"), "audit.log");
    assert_eq!(found, [vec!["1", "2"], vec!["began", "3"]]);
}

#[test]
fn one_category_or_all_are_rotated_and_nothing_is_made_for_it() {
    let temp = tempfile::tempdir().unwrap();
    let set = set(set_settings(temp.path()));
    assert!(!set.rotate(Category::Audit, DAY).unwrap());
    set.rotate_now(DAY).unwrap();
    assert!(!temp.path().join("logs").exists());
    for category in [Category::Audit, Category::System] {
        set.append(category, &lines(&["1"]), DAY);
    }
    assert!(set.rotate(Category::Audit, DAY).unwrap());
    assert!(!set.rotate(Category::Audit, DAY).unwrap(), "it is empty");
    let count = |active| archive_names(&temp.path().join("logs"), active).len();
    assert_eq!((count("audit.log"), count("system.log")), (1, 0));
    set.rotate_now(DAY).unwrap();
    assert_eq!((count("audit.log"), count("system.log")), (1, 1));
    assert!(!temp.path().join("logs/debug.log").exists());
}
