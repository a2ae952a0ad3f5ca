//! What makes other loggers lose lines, stop or panic. `docs/failures.md` lists them by number.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write,
    os::unix::ffi::OsStrExt,
    path::Path,
    process::Command,
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{
    processes::{check, command},
    support::{
        DAY, Log, after, archive_names, file, gzip, keep, lines, parts_for, set_settings, settings,
        shared, skipped,
    },
};
use crate::{
    ledger::testing::Plain,
    record::Category,
    sink::{
        Delivery, DirKeep, Every, FileSettings, Keep, Kept, MinFree, Rolling, Schedule, SinkSet,
        Stream, Upkeep,
    },
};

/// The lines of a log without notices.
fn plain(log: &Log) -> Vec<String> {
    let lines = log.files().concat().into_iter();
    lines.filter(|line| !["began", "reopened", "torn"].contains(&&**line)).collect()
}

/// Scenario three.
#[test]
fn a_directory_at_the_archive_name_does_not_stop_writing() {
    let log = Log::new(|file| file.rotate_size = Some(1));
    fs::create_dir(log.path("a.log.20260102T000000.000Z-000001")).unwrap();
    fs::create_dir(log.path("a.log.20260102T000000.000Z-000002")).unwrap();
    log.append(&["1"], DAY);
    log.append(&["2"], DAY);
    let archive = "a.log.20260102T000000.000Z-000003";
    assert_eq!(archive_names(log.temp.path(), "a.log").last().unwrap(), archive);
    assert_eq!(fs::read_to_string(log.path(archive)).unwrap(), "1\n");
    assert_eq!(log.health().rotation_errors, 0);
}

/// Scenario three, where no number is left that could be higher.
#[test]
fn an_archive_name_that_is_taken_is_never_replaced() {
    let log = Log::new(|file| file.rotate_size = Some(1));
    let last = format!("a.log.20260102T000000.000Z-{}", u64::MAX);
    fs::write(log.path(&last), "foreign\n").unwrap();
    log.append(&["1"], DAY);
    log.append(&["2"], DAY);
    assert_eq!(fs::read_to_string(log.path(&last)).unwrap(), "foreign\n");
    assert_eq!(fs::read_to_string(log.path("a.log")).unwrap(), "1\n2\n");
    assert_eq!(log.health().rotation_errors, 1);
}

/// Scenario four.
#[test]
fn stray_names_in_the_directory_stop_nothing() {
    let log = Log::new(|file| {
        (file.rotate_size, file.keep, file.compress) = (Some(1), keep(1), Some(gzip()));
    });
    let strays: [&[u8]; 7] = [
        b"a.lo",
        b"a.log2",
        b"alog",
        b"a.log.",
        b"a.log.\xff",
        b"a.log.20260102T000000.000Z-",
        b"a.log.20260102T000000.000Z-000001.part",
    ];
    for stray in strays {
        fs::write(log.temp.path().join(OsStr::from_bytes(stray)), "stray").unwrap();
    }
    for text in ["1", "2", "3", "4"] {
        log.append(&[text], DAY);
    }
    assert!(log.parts.compressor.finish(Duration::from_mins(1)));
    assert_eq!(plain(&log), ["3", "4"]);
    for stray in strays {
        let text = fs::read(log.temp.path().join(OsStr::from_bytes(stray))).unwrap();
        assert_eq!(text, b"stray", "{stray:?}");
    }
}

/// Writes and rotates while no file can be opened.
pub(super) fn without_descriptors(place: &Path) {
    let settings = settings(place, FileSettings { rotate_size: Some(1), ..file("a.log") });
    let parts = parts_for(place, &settings.file);
    let rolling = Rolling::new(settings, parts.clone());
    rolling.append(&lines(&["1"]), DAY).unwrap();
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(0), maximum }).unwrap();
    rolling.append(&lines(&["2"]), DAY).unwrap();
    assert_eq!(parts.shared.counters.rotation_errors.value(), 1);
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    rolling.append(&lines(&["3"]), after(60)).unwrap();
}

/// Scenario five.
#[test]
fn a_next_file_that_cannot_be_opened_leaves_the_old_one() {
    let temp = tempfile::tempdir().unwrap();
    check(&command(&[], "descriptors", temp.path()).output().unwrap());
    let archive = archive_names(temp.path(), "a.log").remove(0);
    assert_eq!(fs::read_to_string(temp.path().join(archive)).unwrap(), "1\n2\n");
    assert!(fs::read_to_string(temp.path().join("a.log")).unwrap().ends_with("3\n"));
}

/// Scenario seven, by hand and by the program itself where there is one.
#[test]
fn what_logrotate_creates_is_gone_on_with() {
    let log = Log::new(|_| ());
    log.append(&["1"], DAY);
    fs::rename(log.path("a.log"), log.path("a.log.1")).unwrap();
    File::create(log.path("a.log")).unwrap();
    log.append(&["2"], DAY);
    assert_eq!(log.files(), [["reopened", "2"]]);
    assert!(fs::read_to_string(log.path("a.log")).unwrap().contains("replaced"));
    assert_eq!(fs::read_to_string(log.path("a.log.1")).unwrap(), "1\n");

    let (config, state) = (log.path("rotate.conf"), log.path("rotate.state"));
    let rule = format!("{} {{\n create 0640\n rotate 3\n}}\n", log.path("a.log").display());
    fs::write(&config, rule).unwrap();
    let mut logrotate = Command::new("logrotate");
    logrotate.args(["--force", "--state"]).arg(state).arg(config);
    match logrotate.output() {
        Ok(output) => check(&output),
        Err(_) => return skipped("logrotate is not installed"),
    }
    log.append(&["3"], DAY);
    assert_eq!(log.files(), [["reopened", "3"]]);
    assert_eq!(log.health().reopened, 2);
}

/// Scenario eight.
#[test]
fn a_file_that_was_cut_is_told_and_gets_no_hole() {
    let log = Log::new(|_| ());
    log.append(&["1", "2"], DAY);
    fs::copy(log.path("a.log"), log.path("a.log.1")).unwrap();
    File::options().write(true).open(log.path("a.log")).unwrap().set_len(0).unwrap();
    log.append(&["3"], DAY);
    log.append(&["4"], DAY);
    assert_eq!(log.files(), [["reopened", "3", "4"]]);
    assert!(fs::read_to_string(log.path("a.log")).unwrap().contains("truncated"));
    assert_eq!((log.health().truncated, log.health().reopened), (1, 0));
    // Another line came between; it is told nevertheless.
    File::options().write(true).open(log.path("a.log")).unwrap().set_len(0).unwrap();
    let mut foreign = File::options().append(true).open(log.path("a.log")).unwrap();
    foreign.write_all(b"x\n").unwrap();
    log.append(&["5"], DAY);
    assert_eq!(log.files(), [["x", "reopened", "5"]]);
    assert_eq!(log.health().truncated, 2);
}

/// Scenario nine: the directory under another name, as after a remount.
#[test]
fn a_directory_that_was_moved_away_is_made_anew() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("logs");
    let settings = settings(&dir, file("a.log"));
    let rolling = Rolling::new(settings, parts_for(&dir, &file("a.log")));
    rolling.append(&lines(&["1"]), DAY).unwrap();
    fs::rename(&dir, root.path().join("old")).unwrap();
    rolling.append(&lines(&["2"]), DAY).unwrap();
    assert_eq!(fs::read_to_string(root.path().join("old/a.log")).unwrap(), "1\n");
    let text = fs::read_to_string(dir.join("a.log")).unwrap();
    assert!(text.contains("reopened") && text.ends_with("2\n"), "{text}");
    // The lock went along: whoever comes next has to take the same one.
    assert!(dir.join(".a.log.lock").exists());
}

/// Scenario fourteen: age is looked after while nothing is rotated.
#[test]
fn what_is_too_old_goes_by_a_timer_as_well() {
    let temp = tempfile::tempdir().unwrap();
    let old = temp.path().join("a.log.20251231T000000.000Z-000001");
    fs::write(&old, "").unwrap();
    let aged = FileSettings {
        keep: Keep { age: Some(Duration::from_hours(72)), ..Keep::default() },
        ..file("a.log")
    };
    let kept = vec![Kept::of(Category::Audit, &aged)];
    let upkeep = Upkeep::new(temp.path(), kept, DirKeep::default(), shared());
    let never = std::sync::atomic::AtomicBool::new(false);
    assert!(upkeep.run(after(86_400), &never).is_some(), "it comes again");
    assert!(old.exists());
    upkeep.run(after(86_401), &never);
    assert!(!old.exists());

    let parts = parts_for(temp.path(), &aged);
    let rolling = Rolling::new(settings(temp.path(), aged), parts.clone());
    rolling.append(&lines(&["1"]), DAY).unwrap();
    assert!(!parts.compressor.is_running(), "no thread for a short life");
    rolling.append(&lines(&["2"]), after(1)).unwrap();
    assert!(parts.compressor.is_running());
}

/// Free space presses on a directory as a whole, and spares the floor.
#[test]
fn a_set_keeps_the_limits_of_its_directory() {
    let root = tempfile::tempdir().unwrap();
    let mut settings = set_settings(root.path());
    settings.keep.min_free = Some(MinFree::Percent(100));
    for file in settings.files.iter_mut().flatten() {
        file.keep.floor = 2;
    }
    let dir = root.path().join("logs");
    fs::create_dir(&dir).unwrap();
    for name in ["audit.log", "debug.log"] {
        for seq in 1..=4 {
            fs::write(dir.join(format!("{name}.20260102T000000.000Z-00000{seq}")), "x").unwrap();
        }
    }
    let out = || Stream::new(Box::new(tempfile::tempfile().unwrap()));
    let notices = std::sync::Arc::new(Plain);
    let set = SinkSet::with_streams(settings, notices, shared(), out(), out());
    assert_eq!(set.append(Category::System, &lines(&["1"]), DAY), Delivery::Written);
    for name in ["audit.log", "debug.log"] {
        let kept = archive_names(&dir, name);
        let numbers: Vec<_> = kept.iter().map(|name| name.rsplit('-').next().unwrap()).collect();
        assert_eq!(numbers, ["000003", "000004"], "{name}");
    }
}

/// Scenario nineteen.
#[test]
fn compression_holds_up_no_append() {
    let log = Log::new(|file| (file.rotate_size, file.compress) = (Some(1), Some(gzip())));
    // Nobody can compress that while the test runs.
    let huge = log.path("a.log.20260101T000000.000Z-000001");
    File::create(&huge).unwrap().set_len(1 << 36).unwrap();
    fs::write(log.path("a.log.20260101T000000.000Z-000002"), "").unwrap();
    for text in ["1", "2", "3"] {
        log.append(&[text], DAY);
    }
    assert!(log.parts.compressor.is_running());
    assert_eq!(fs::read_to_string(log.path("a.log.20260102T000000.000Z-000003")).unwrap(), "1\n");
    assert!(!log.parts.compressor.finish(Duration::ZERO));
    assert!(huge.exists());
}

/// Scenario twenty: the archives are elsewhere, the clock stands still.
#[test]
fn numbers_go_on_where_no_archive_is_left() {
    let log = Log::new(|file| (file.rotate_size, file.keep) = (Some(1), keep(0)));
    for text in ["1", "2", "3"] {
        log.append(&[text], DAY);
        assert_eq!(archive_names(log.temp.path(), "a.log"), [""; 0]);
    }
    let file = FileSettings { rotate_size: Some(1), ..file("a.log") };
    let parts = parts_for(log.temp.path(), &file);
    let next = Rolling::new(settings(log.temp.path(), file), parts);
    next.append(&lines(&["4"]), DAY).unwrap();
    assert_eq!(archive_names(log.temp.path(), "a.log"), ["a.log.20260102T000000.000Z-000003"]);
}

#[test]
fn size_and_time_rotate_together() {
    let log = Log::new(|file| {
        (file.rotate_size, file.rotate_every) = (Some(100), Some(Schedule::utc(Every::Day)));
    });
    let line = r#"{"timestamp":"2026-01-02T00:00:00Z"}"#;
    log.append(&[line, line], DAY);
    log.append(&[line], after(1));
    log.append(&[line], after(86_400));
    let counts: Vec<_> = log.files().iter().map(Vec::len).collect();
    // Each file but the first begins with a notice.
    assert_eq!(counts, [2, 2, 2]);
}

/// Scenario twenty-two.
#[test]
fn a_restart_goes_on_with_the_size_and_the_period_it_finds() {
    let both = |file: &mut FileSettings| {
        (file.rotate_size, file.rotate_every) = (Some(200), Some(Schedule::utc(Every::Hour)));
    };
    let log = Log::new(both);
    let line = |minute: u64| format!(r#"{{"timestamp":"2026-01-02T00:{minute:02}:00Z"}}"#);
    // Each append is a process of its own; five lines of 38 bytes fit.
    for minute in 0..6 {
        log.other(both).append(&lines(&[&line(minute)]), after(minute * 60)).unwrap();
    }
    let counts = |log: &Log| log.files().iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(counts(&log), [5, 2], "a notice and a line in the second");
    log.other(both).append(&lines(&["{}"]), after(3_599)).unwrap();
    let within = log.files().len();
    log.other(both).append(&lines(&["{}"]), after(3_600)).unwrap();
    assert_eq!(log.files().len(), within + 1, "an hour passed");
    log.other(both).append(&lines(&["{}"]), after(3_601)).unwrap();
    assert_eq!(log.files().len(), within + 1, "once");
    assert_eq!(within, 2);
}

/// Makes and drops sinks that write, rotate and compress.
pub(super) fn many(place: &Path) {
    let count = |what: &str| fs::read_dir(format!("/proc/self/{what}")).unwrap().count();
    let once = || {
        let settings = settings(
            place,
            FileSettings {
                rotate_size: Some(1),
                compress: Some(gzip()),
                keep: keep(2),
                ..file("a.log")
            },
        );
        let parts = parts_for(place, &settings.file);
        Rolling::new(settings, parts.clone()).append(&lines(&["1", "2"]), DAY).unwrap();
        parts.compressor.finish(Duration::from_mins(1));
    };
    once();
    let (files, threads) = (count("fd"), count("task"));
    for _ in 0..300 {
        once();
    }
    assert_eq!(count("fd"), files);
    // A thread that has ended may still be listed for a moment.
    assert!(count("task") <= threads + 2);
}

/// Scenario forty.
#[test]
fn files_and_threads_end_with_their_sink() {
    let temp = tempfile::tempdir().unwrap();
    check(&command(&[], "leak", temp.path()).output().unwrap());
}
