//! What becomes of lines while their file takes none, and the way back.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    os::unix::fs::{PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rustix::fs::{CWD, Mode, mkfifoat};

use super::{
    fallback::Fixture,
    support::{DAY, after, lines, set_settings, shared, skipped},
};
use crate::{
    config::OnFailure,
    ledger::{At, Gap, Notices, testing::Plain},
    record::Category,
    render::Line,
    sink::{Delivery, Location, SinkSet, Spot, Stream},
};

/// A set whose directory and state directory are taken by files, with a directory for the private
/// one.
pub(super) fn without_directories() -> Fixture {
    Fixture::new(|settings, root| {
        fs::write(root.join("logs"), "").unwrap();
        fs::write(root.join("state"), "").unwrap();
        fs::create_dir(root.join("temp")).unwrap();
        settings.temp = Some(root.join("temp"));
    })
}

/// What is in a directory, but for what says whose it is.
pub(super) fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.retain(|path| !path.ends_with(".belongs-to"));
    entries.sort();
    entries
}

/// What a set did to the standard error, where it did anything.
pub(super) fn full() -> Stream {
    Stream::new(Box::new(File::options().write(true).open("/dev/full").unwrap()))
}

#[test]
fn lines_in_the_private_directory_come_back_once_and_in_order() {
    let fixture = without_directories();
    for text in ["1", "2", "3"] {
        assert_eq!(fixture.audit(text, DAY), Delivery::Diverted);
    }
    assert_eq!(fixture.append(Category::Error, "e", DAY), Delivery::Diverted);
    let private = entries(&fixture.path("temp")).remove(0);
    assert_eq!(entries(&private), [private.join("audit.log"), private.join("error.log")]);
    fs::remove_file(fixture.path("logs")).unwrap();
    assert_eq!(fixture.audit("4", after(1)), Delivery::Written);
    assert_eq!(fixture.read("logs/audit.log"), "1\n2\n3\n4\n");
    assert_eq!(entries(&private), [private.join("error.log")], "the other one is still there");
    fixture.set.finish(Duration::ZERO, Duration::ZERO);
    assert_eq!(fixture.read("logs/error.log"), "e\n");
    assert!(entries(&fixture.path("temp")).is_empty());
    let health = fixture.shared.counters.snapshot();
    assert_eq!((health.lines_written, health.lines_diverted, health.lines_returned), (5, 4, 4));
    assert_eq!((health.lines_lost, health.degraded.len()), (0, 0));
    assert_eq!(fixture.audit("5", after(2)), Delivery::Written);
    assert_eq!(fixture.read("logs/audit.log"), "1\n2\n3\n4\n5\n");
}

#[test]
fn the_beginning_is_told_of_the_file_itself_and_of_no_other_place() {
    let fixture = without_directories();
    let append = |text, now| {
        let mut told = Vec::new();
        let mut begins = |spot: Spot| told.push(spot.offset);
        let delivery = fixture.set.append_from(Category::Audit, &lines(&[text]), now, &mut begins);
        (delivery, told)
    };
    assert_eq!(append("1", DAY), (Delivery::Diverted, vec![]));
    fs::remove_file(fixture.path("logs")).unwrap();
    assert_eq!(append("2", after(1)), (Delivery::Written, vec![2]), "behind what came back");
    assert_eq!(append("3", after(1)), (Delivery::Written, vec![4]));
    assert_eq!(fixture.read("logs/audit.log"), "1\n2\n3\n");
}

#[test]
fn what_cannot_be_brought_back_at_the_end_stays_and_is_told() {
    let fixture = without_directories();
    fixture.audit("1", DAY);
    let private = entries(&fixture.path("temp")).remove(0);
    fixture.set.finish(Duration::ZERO, Duration::ZERO);
    assert_eq!(fs::read_to_string(private.join("audit.log")).unwrap(), "1\n");
    let told = fixture.shared.trap.kept();
    assert_eq!(told[1..], [format!("1 lines of audit are left in {}", private.display())]);
}

/// A file that is moved away at its first rotation, with a link in its place.
struct Moved(PathBuf);

impl Notices for Moved {
    fn torn(&self, at: At, bytes: u64) -> Line {
        Plain.torn(at, bytes)
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        Plain.reopened(at, cause)
    }

    fn began(&self, _at: At, _previous: &str) -> Option<Line> {
        let away = self.0.with_file_name("away");
        if !away.exists() {
            fs::rename(&self.0, &away).unwrap();
            symlink(&away, &self.0).unwrap();
        }
        None
    }

    fn missing(&self, at: At, gap: &Gap, place: Option<&str>) -> Line {
        Plain.missing(at, gap, place)
    }
}

#[test]
fn a_way_back_that_ends_in_the_middle_goes_on_from_there() {
    let temp = tempfile::tempdir().unwrap();
    let (logs, active) = (temp.path().join("logs"), temp.path().join("logs/audit.log"));
    fs::write(&logs, "").unwrap();
    fs::create_dir(temp.path().join("temp")).unwrap();
    let mut settings = set_settings(temp.path());
    settings.temp = Some(temp.path().join("temp"));
    settings.files[Category::Audit.index()].as_mut().unwrap().rotate_size = Some(1);
    let shared = shared();
    let notices = Arc::new(Moved(active.clone()));
    let set = SinkSet::with_streams(settings, notices, shared.clone(), full(), full());
    let append = |text, now| set.append(Category::Audit, &lines(&[text]), now);
    for text in ["1", "2", "3", "4"] {
        assert_eq!(append(text, DAY), Delivery::Diverted);
    }
    fs::remove_file(&logs).unwrap();
    assert_eq!(append("5", after(1)), Delivery::Diverted, "the third line finds a link");
    assert_eq!(shared.counters.lines_returned.value(), 2);
    fs::remove_file(&active).unwrap();
    set.finish(Duration::ZERO, Duration::ZERO);
    assert_eq!(shared.counters.lines_returned.value(), 5);
    let files = entries(&logs).into_iter().filter(|path| !path.ends_with(".audit.log.lock"));
    let text: String = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut found: Vec<_> = text.lines().filter(|line| line.len() == 1).collect();
    found.sort_unstable();
    assert_eq!(found, ["1", "2", "3", "4", "5"], "each once");
}

type Spoil = dyn Fn(&Path, &Path);

/// Scenario 11.
#[test]
fn a_directory_that_is_not_ours_alone_is_never_written_to() {
    let root = rustix::process::geteuid().is_root();
    if !root {
        skipped("a directory cannot be given to another user");
    }
    let spoil: [&Spoil; 3] = [
        &|private, target| {
            fs::remove_dir_all(private).unwrap();
            symlink(target, private).unwrap();
        },
        &|private, _| fs::set_permissions(private, fs::Permissions::from_mode(0o770)).unwrap(),
        &|private, _| chown(private, Some(65_534), None).unwrap(),
    ];
    for (number, spoil) in spoil.into_iter().enumerate().take(if root { 3 } else { 2 }) {
        let fixture = without_directories();
        let target = fixture.path("target");
        fs::create_dir(&target).unwrap();
        fixture.audit("1", DAY);
        let first = entries(&fixture.path("temp")).remove(0);
        spoil(&first, &target);
        assert_eq!(fixture.audit("2", DAY), Delivery::Diverted);
        let Location::Dir(second) = &fixture.set.dirs()[Category::Audit.index()] else { panic!() };
        assert_ne!(*second, first, "{number}");
        assert_eq!(fs::read_to_string(second.join("audit.log")).unwrap(), "2\n");
        assert!(entries(&target).is_empty(), "{number}");
        // What stood there may be anything by now: it is not read either.
        fs::remove_file(fixture.path("logs")).unwrap();
        assert_eq!(fixture.audit("3", after(1)), Delivery::Written);
        let gone = "dropped 1 Not a directory";
        assert_eq!(fixture.lines("logs/audit.log"), ["2", gone, "3"], "{number}");
        assert_eq!(fixture.shared.counters.lines_lost.value(), 1);
    }
}

/// Scenario one: what the categories lose, and how their files say it.
#[test]
fn a_category_that_drops_says_how_many_lines_are_missing() {
    let fixture = Fixture::new(|settings, root| {
        fs::write(root.join("logs"), "").unwrap();
        settings.files[Category::Debug.index()].as_mut().unwrap().on_failure = OnFailure::Drop;
    });
    for second in 0..3 {
        let dropped = fixture.append(Category::Debug, "d", DAY);
        assert_eq!(dropped, Delivery::Lost, "{second}");
    }
    assert_eq!(fixture.audit("a", DAY), Delivery::Diverted);
    assert!(!fixture.path("state/app/logs/debug.log").exists());
    let health = fixture.shared.counters.snapshot();
    assert_eq!((health.lines_dropped, health.lines_lost, health.write_errors), (3, 0, 2));
    assert_eq!(health.degraded[1], ("debug", "is not written (Not a directory)".to_owned()));
    fs::remove_file(fixture.path("logs")).unwrap();
    assert_eq!(fixture.append(Category::Debug, "e", after(1)), Delivery::Written);
    assert_eq!(fixture.lines("logs/debug.log"), ["dropped 3 Not a directory", "e"]);
    assert_eq!(fixture.shared.counters.gaps_told.value(), 1);
}

#[test]
fn what_nothing_took_is_told_where_it_is_missing() {
    let temp = tempfile::tempdir().unwrap();
    let logs = temp.path().join("logs");
    fs::write(&logs, "").unwrap();
    let shared = shared();
    let settings = set_settings(temp.path());
    let set = SinkSet::with_streams(settings, Arc::new(Times), shared.clone(), full(), full());
    for second in [0, 5, 9] {
        let lost = set.append(Category::Audit, &lines(&["1", "2"]), after(second));
        assert_eq!(lost, Delivery::Lost);
    }
    fs::remove_file(&logs).unwrap();
    set.append(Category::Audit, &lines(&["3"]), after(60));
    let text = fs::read_to_string(temp.path().join("logs/audit.log")).unwrap();
    assert_eq!(text, format!("6 lines from {} to {}\n3\n", DAY, after(9)));
    assert_eq!(shared.counters.lines_lost.value(), 6);
}

/// Notices that say when lines were lost.
struct Times;

impl Notices for Times {
    fn torn(&self, at: At, bytes: u64) -> Line {
        Plain.torn(at, bytes)
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        Plain.reopened(at, cause)
    }

    fn began(&self, at: At, previous: &str) -> Option<Line> {
        Plain.began(at, previous)
    }

    fn missing(&self, _at: At, gap: &Gap, _place: Option<&str>) -> Line {
        Line::new(format!("{} lines from {} to {}", gap.lines, gap.first, gap.last))
    }
}

/// Scenario 39.
#[test]
fn a_pipe_in_the_place_of_the_file_holds_up_nobody() {
    let fixture = Fixture::new(|_, root| {
        fs::create_dir(root.join("logs")).unwrap();
        mkfifoat(CWD, root.join("logs/audit.log"), Mode::from_raw_mode(0o600)).unwrap();
    });
    assert_eq!(fixture.audit("1", DAY), Delivery::Diverted);
    assert_eq!(fixture.read("state/app/logs/audit.log"), "1\n");
}

/// Scenario 39.
#[test]
fn a_lock_that_a_stopped_process_holds_diverts_at_the_deadline() {
    let fixture = Fixture::new(|settings, _| settings.lock_timeout = Duration::ZERO);
    fixture.audit("1", DAY);
    let lock = fixture.path("logs/.audit.log.lock");
    let holder = Command::new("flock")
        .arg(&lock)
        .args(["sh", "-c", "echo $$; kill -STOP $$"])
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut holder) = holder else {
        return skipped("flock is not installed");
    };
    let mut told = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut told).unwrap();
    assert_eq!(fixture.audit("2", DAY), Delivery::Diverted);
    assert_eq!(fixture.shared.counters.lock_timeouts.value(), 1);
    let stopped = told.trim().to_owned();
    assert!(Command::new("kill").args(["-KILL", &stopped]).status().unwrap().success());
    holder.wait().unwrap();
    assert_eq!(fixture.audit("3", after(1)), Delivery::Written);
    assert!(fixture.read("logs/audit.log").ends_with("3\n"));
}

#[test]
fn a_fork_leaves_what_stands_elsewhere_to_its_parent() {
    let fixture = without_directories();
    fixture.audit("parent", DAY);
    let private = entries(&fixture.path("temp")).remove(0);
    fixture.set.forked(Category::Audit);
    fs::remove_file(fixture.path("logs")).unwrap();
    assert_eq!(fixture.audit("child", after(1)), Delivery::Written);
    assert_eq!(fixture.read("logs/audit.log"), "child\n");
    assert_eq!(fs::read_to_string(private.join("audit.log")).unwrap(), "parent\n");
}
