//! Threads that hang in the file, or wait in vain for its lock, and those beside them.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::{
    around::full,
    fallback::Fixture,
    support::{DAY, after, lines, set_settings, shared},
};
use crate::{
    clock::Timestamp,
    ledger::{At, Gap, LockFile, Notices, testing::Plain},
    record::Category,
    render::Line,
    sink::{Delivery, Shared, SinkSet},
};

/// Holds up whoever closes a torn line, until it may go on.
struct Held(Mutex<(mpsc::Sender<()>, mpsc::Receiver<()>)>);

impl Notices for Held {
    fn torn(&self, at: At, bytes: u64) -> Line {
        let held = self.0.lock().unwrap();
        held.0.send(()).unwrap();
        held.1.recv().unwrap();
        Plain.torn(at, bytes)
    }

    fn reopened(&self, at: At, cause: &str) -> Line {
        Plain.reopened(at, cause)
    }

    fn began(&self, at: At, previous: &str) -> Option<Line> {
        Plain.began(at, previous)
    }

    fn missing(&self, at: At, gap: &Gap, place: Option<&str>) -> Line {
        Plain.missing(at, gap, place)
    }
}

/// A set with a file that ends in a torn line, which holds up whoever writes to it.
struct Hanging {
    temp: tempfile::TempDir,
    shared: Arc<Shared>,
    set: SinkSet,
}

impl Hanging {
    /// Also what tells that a thread is held up, and what lets it go on.
    fn new(prepare: impl FnOnce(&Path)) -> (Self, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let temp = tempfile::tempdir().unwrap();
        prepare(temp.path());
        let mut settings = set_settings(temp.path());
        settings.state_home = Some(temp.path().join("state"));
        settings.lock_timeout = Duration::ZERO;
        let (enter, entered) = mpsc::channel();
        let (go, may_go) = mpsc::channel();
        let notices = Arc::new(Held(Mutex::new((enter, may_go))));
        let shared = shared();
        let set = SinkSet::with_streams(settings, notices, shared.clone(), full(), full());
        (Self { temp, shared, set }, entered, go)
    }

    fn append(&self, text: &str, now: Timestamp) -> Delivery {
        self.set.append(Category::Audit, &lines(&[text]), now)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.temp.path().join(name)).unwrap()
    }
}

/// The audit file, which ends in a torn line.
fn torn(root: &Path) {
    fs::create_dir(root.join("logs")).unwrap();
    fs::write(root.join("logs/audit.log"), "torn").unwrap();
}

/// Scenario 39: the disk holds up one thread; the others go on.
#[test]
fn a_thread_that_hangs_in_the_file_holds_up_no_other() {
    let (hanging, entered, go) = Hanging::new(torn);
    thread::scope(|scope| {
        let hangs = scope.spawn(|| hanging.append("1", DAY));
        entered.recv().unwrap();
        let beside = hanging.append("2", DAY);
        go.send(()).unwrap();
        let hung = hangs.join().unwrap();
        assert_eq!((beside, hung), (Delivery::Diverted, Delivery::Written));
    });
    assert_eq!(hanging.shared.counters.lock_timeouts.value(), 1);
    assert_eq!(hanging.append("3", after(1)), Delivery::Written);
    let text = hanging.read("logs/audit.log");
    assert!(text.contains("\n1\n") && text.ends_with("3\n") && !text.contains("\n2\n"), "{text}");
    assert_eq!(hanging.read("state/app/logs/audit.log"), "2\n");
}

/// Scenario 39: the disk holds up the thread that tries whether the file takes lines again. The
/// others go on with the next place, and the file says so.
#[test]
fn a_thread_that_hangs_on_the_way_back_holds_up_no_other_and_costs_no_line() {
    let (hanging, entered, go) = Hanging::new(|root| fs::write(root.join("logs"), "").unwrap());
    assert_eq!(hanging.append("1", DAY), Delivery::Diverted);
    fs::remove_file(hanging.temp.path().join("logs")).unwrap();
    torn(hanging.temp.path());
    thread::scope(|scope| {
        let hangs = scope.spawn(|| hanging.append("2", after(1)));
        entered.recv().unwrap();
        let beside = ["3", "4"].map(|text| hanging.append(text, after(1)));
        go.send(()).unwrap();
        let hung = hangs.join().unwrap();
        assert_eq!((beside, hung), ([Delivery::Diverted; 2], Delivery::Written));
    });
    assert_eq!(hanging.append("5", after(2)), Delivery::Written);
    assert_eq!(hanging.append("6", after(3)), Delivery::Written);
    assert_eq!(hanging.read("state/app/logs/audit.log"), "1\n3\n4\n");
    let text = hanging.read("logs/audit.log");
    let told: Vec<_> = text.lines().filter(|line| line.contains("diverted")).collect();
    let [first, second] = told[..] else { panic!("{text}") };
    assert!(first.contains(r#""value":"1 "#) && second.contains(r#""value":"2 "#), "{text}");
    let own: Vec<_> = text.lines().filter(|line| line.len() == 1).collect();
    assert_eq!(own, ["2", "5", "6"], "{text}");
    assert_eq!(hanging.shared.counters.lines_lost.value(), 0);
}

/// The end of a program waits for all locks together no longer than it is told to.
#[test]
fn the_end_waits_once_for_all_locks() {
    let fixture = Fixture::new(|settings, root| {
        settings.lock_timeout = Duration::from_hours(1);
        fs::write(root.join("logs"), "").unwrap();
    });
    for category in [Category::Audit, Category::Error, Category::System] {
        assert_eq!(fixture.append(category, "1", DAY), Delivery::Diverted);
    }
    fs::remove_file(fixture.path("logs")).unwrap();
    fs::create_dir(fixture.path("logs")).unwrap();
    let mut other = LockFile::new(fixture.path("logs/.audit.log.lock"), false);
    let held = other.acquire(Instant::now()).unwrap();
    let (ended, ends) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            fixture.set.finish(Duration::ZERO, Duration::ZERO);
            ended.send(()).unwrap();
        });
        let in_time = ends.recv_timeout(Duration::from_mins(1));
        drop(held);
        in_time.expect("the end waits for a lock");
    });
    // The other files are free, and the next end finds this one free as well.
    assert_eq!(fixture.lines("logs/system.log").len(), 1);
    assert!(!fixture.path("logs/audit.log").exists());
    fixture.set.finish(Duration::from_mins(1), Duration::ZERO);
    assert_eq!(fixture.lines("logs/audit.log").len(), 1);
}

/// A lock that was waited for in vain is not waited for again for a while, from then on and not from
/// when the wait began; it is only tried, and had when it is free.
#[test]
fn a_lock_that_was_waited_for_in_vain_is_only_tried_for_a_while() {
    let wait = Duration::from_millis(20);
    let fixture = Fixture::new(|settings, _| settings.lock_timeout = wait);
    fixture.audit("1", DAY);
    let mut other = LockFile::new(fixture.path("logs/.audit.log.lock"), false);
    let held = other.acquire(Instant::now()).unwrap();
    assert_eq!(fixture.audit("2", after(1)), Delivery::Diverted);
    // Another thread, which began to write before that one; and those that came later.
    let timeouts = || fixture.shared.counters.lock_timeouts.value();
    for now in [DAY, after(1), after(2)] {
        assert_eq!(fixture.audit("3", now), Delivery::Diverted);
        assert_eq!(timeouts(), 1, "{now}");
    }
    assert_eq!(fixture.audit("3", after(2).after(wait)), Delivery::Diverted);
    assert_eq!(timeouts(), 2, "waited for once more");
    drop(held);
    assert_eq!(fixture.audit("4", after(2).after(wait)), Delivery::Written);
}
