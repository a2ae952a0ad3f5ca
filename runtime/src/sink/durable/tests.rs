//! Who is told that lines are on the disk, and when. Faults 19 and 20 of the hand-off; no test waits for time to pass.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Owed, Syncer, disk::testing::Model, thread::Next};
use crate::{
    config::Durability,
    sink::{
        Failure, FileSettings, Rolling, RollingParts,
        tests::support::{DAY, Log, archive_names, file, files, lines, settings},
    },
};

const HALF: Duration = Duration::from_millis(500);
const SECOND: Durability = Durability::Within(Duration::from_secs(1));

struct Fixture {
    log: Log,
    disk: Arc<Model>,
    syncer: Arc<Syncer>,
    rolling: Rolling,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.syncer.let_go();
    }
}

/// A file on a disk of our own, whose thread takes a step when the test says so.
fn fixture(durability: Durability, change: impl FnOnce(&mut FileSettings)) -> Fixture {
    let log = Log::new(|_| ());
    let disk = Arc::new(Model::default());
    let counters = log.parts.shared.counters.clone();
    let syncer = Arc::new(Syncer::by_hand(disk.clone(), counters));
    let parts = RollingParts { syncer: syncer.clone(), ..log.parts.clone() };
    let mut file = FileSettings { durability, ..file("a.log") };
    change(&mut file);
    let rolling = Rolling::new(settings(log.temp.path(), file), parts);
    Fixture { log, disk, syncer, rolling }
}

impl Fixture {
    fn append(&self, text: &str) -> Result<(), Failure> {
        self.rolling.append(&lines(&[text]), DAY).map_err(|error| {
            assert_eq!(error.written, 0, "none counts");
            error.failure
        })
    }

    fn active(&self) -> PathBuf {
        self.log.path("a.log")
    }

    /// The oldest archive.
    fn archive(&self) -> PathBuf {
        self.log.path(&archive_names(self.log.temp.path(), "a.log")[0])
    }

    /// Whether the line is in the part of the active file that is on the disk.
    fn is_safe(&self, text: &str) -> bool {
        let active = self.active();
        let safe = usize::try_from(self.disk.safe(&active)).unwrap();
        fs::read_to_string(active).unwrap()[..safe].lines().any(|line| line == text)
    }

    /// One thread is held up in the sync of its line; `others` have appended theirs and wait as well.
    /// Then the disk goes on. Each asserts that its line is on the disk when it is told so.
    fn group(&self, others: usize) {
        let (told, mut early) = (AtomicU64::new(0), 0);
        self.disk.hold(true);
        thread::scope(|scope| {
            let append = |n: usize| {
                let text = format!("line {n}");
                self.append(&text).unwrap();
                told.fetch_add(1, Ordering::Relaxed);
                assert!(self.is_safe(&text), "{text} is acknowledged and not on the disk");
            };
            scope.spawn(move || append(0));
            self.disk.is_entered();
            for n in 1..=others {
                scope.spawn(move || append(n));
            }
            while self.rolling.durable().written() <= others as u64 {
                thread::yield_now();
            }
            early = told.load(Ordering::Relaxed);
            self.disk.hold(false);
        });
        assert_eq!(early, 0, "nobody is told before the disk has it");
    }

    /// The condition that health reports.
    fn degraded(&self) -> Vec<String> {
        let of = self.log.health().degraded;
        of.into_iter().map(|(what, wrong)| format!("{what}: {wrong}")).collect()
    }
}

#[test]
fn one_sync_serves_all_who_appended_before_it_began() {
    let fixture = fixture(Durability::Synced, |_| ());
    fixture.group(127);
    assert_eq!(fixture.disk.syncs(), 2, "one for the first, one for all others");
    assert_eq!(fixture.disk.names(), 1, "the new file has its name on the disk as well");
    assert_eq!(fixture.log.health().syncs, 2);
    assert_eq!(fs::read_to_string(fixture.active()).unwrap().lines().count(), 128);
}

/// Fault 19.
#[test]
fn a_sync_that_fails_is_acknowledged_to_nobody_and_its_lines_go_to_a_new_file() {
    let fixture = fixture(Durability::Synced, |_| ());
    fixture.disk.fail(1);
    fixture.group(15);
    let archive = fixture.archive();
    assert_eq!(fixture.disk.syncs_of(&archive), 1, "never tried again");
    assert_eq!(fixture.disk.safe(&archive), 0);
    let files = files(fixture.log.temp.path(), "a.log");
    let mut all: Vec<String> = (0..16).map(|n| format!("line {n}")).collect();
    all.sort();
    for (file, notices) in files.iter().zip([&[][..], &["reopened"]]) {
        let (told, mut found) = file.split_at(notices.len());
        assert_eq!(told, notices);
        let mut sorted = found.to_vec();
        sorted.sort();
        found = &sorted;
        assert_eq!(found, all);
    }
    let health = fixture.log.health();
    assert_eq!((health.sync_errors, health.write_errors), (1, 0));
    assert_eq!(fixture.degraded(), [""; 0], "the new file is on the disk");
    let told = fixture.log.parts.shared.trap.kept().join("\n");
    assert!(told.contains("(Input/output error); going on in a new file"), "{told}");
}

#[test]
fn a_disk_that_goes_on_failing_is_an_error_and_no_file_is_synced_twice() {
    let fixture = fixture(Durability::Synced, |_| ());
    fixture.disk.fail(2);
    let failure = fixture.append("1").unwrap_err();
    assert_eq!(failure.to_string(), "could not be brought to the disk: Input/output error");
    assert_eq!(fixture.disk.syncs_of(&fixture.archive()), 1);
    assert_eq!(fixture.disk.syncs_of(&fixture.active()), 1);
    assert_eq!(fixture.degraded().len(), 1, "{:?}", fixture.degraded());
    fixture.append("2").unwrap();
    assert!(fixture.is_safe("2"));
    assert_eq!(fixture.log.files().len(), 3);
}

#[test]
fn a_file_that_failed_and_cannot_be_left_takes_no_line_that_is_waited_for() {
    let fixture = fixture(Durability::Synced, |_| ());
    fixture.append("1").unwrap();
    // In the way of the file that a rotation makes.
    fs::create_dir(fixture.log.path(".a.log.next")).unwrap();
    fixture.disk.fail(1);
    let failure = fixture.append("2").unwrap_err();
    assert!(matches!(failure, Failure::NotSynced(_)), "{failure}");
    assert!(fixture.append("3").is_err());
    assert_eq!(fixture.log.files(), [["1", "2"]]);
    assert_eq!(fixture.disk.syncs(), 2);
}

#[test]
fn nobody_waits_for_a_disk_that_hangs_beyond_the_deadline() {
    let fixture = fixture(Durability::Synced, |_| ());
    let mut impatient = settings(fixture.log.temp.path(), file("a.log"));
    impatient.file.durability = Durability::Synced;
    impatient.lock_timeout = Duration::ZERO;
    let parts = RollingParts { syncer: fixture.syncer.clone(), ..fixture.log.parts.clone() };
    let rolling = Rolling::new(impatient, parts);
    fixture.disk.hold(true);
    thread::scope(|scope| {
        let led = scope.spawn(|| rolling.append(&lines(&["1"]), DAY));
        fixture.disk.is_entered();
        let second = rolling.append(&lines(&["2"]), DAY);
        fixture.disk.hold(false);
        led.join().unwrap().unwrap();
        let error = second.unwrap_err();
        assert!(matches!(error.failure, Failure::Stuck) && error.written == 0);
    });
    assert_eq!(fixture.log.files(), [["1", "2"]]);
}

#[test]
fn a_rotation_brings_what_is_waited_for_to_the_disk_before_the_name_changes() {
    let fixture = fixture(Durability::Written, |file| file.rotate_size = Some(3));
    fixture.append("1").unwrap();
    let synced =
        FileSettings { durability: Durability::Synced, rotate_size: Some(3), ..file("a.log") };
    fixture.rolling.change(&synced);
    fixture.append("2").unwrap();
    assert_eq!(fixture.disk.called(), ["a.log", "a.log"], "one after the other under that name");
    assert_eq!(fixture.disk.safe(&fixture.archive()), 2);
    assert!(fixture.is_safe("2"));
}

#[test]
fn lines_are_soon_on_the_disk_without_anybody_waiting() {
    let fixture = fixture(SECOND, |_| ());
    assert_eq!(fixture.syncer.step(Instant::now()), Next::Idle);
    let before = Instant::now();
    fixture.append("1").unwrap();
    fixture.append("2").unwrap();
    let after = Instant::now();
    assert_eq!((fixture.syncer.waiting(), fixture.disk.syncs()), (1, 0), "no caller syncs");
    let Next::At(due) = fixture.syncer.step(after) else { panic!("nothing is to be done") };
    assert!((before + HALF..=after + HALF).contains(&due), "half of the second is for the disk");
    assert_eq!(fixture.disk.syncs(), 0);
    assert_eq!(fixture.syncer.step(due), Next::Go);
    assert!(fixture.is_safe("1") && fixture.is_safe("2"));
    assert_eq!(fixture.disk.syncs(), 1, "one for both");
    assert_eq!(fixture.syncer.step(due + HALF), Next::Idle, "it sleeps while nothing is written");
    fixture.append("3").unwrap();
    assert_eq!(fixture.syncer.waiting(), 1);
}

#[test]
fn a_file_that_was_rotated_away_is_soon_on_the_disk_as_well() {
    let fixture = fixture(SECOND, |file| file.rotate_size = Some(3));
    for text in ["1", "2", "3"] {
        fixture.append(text).unwrap();
    }
    assert_eq!(fixture.disk.syncs(), 0);
    assert_eq!(fixture.syncer.step(Instant::now() + HALF), Next::Go);
    for name in archive_names(fixture.log.temp.path(), "a.log") {
        assert!(fixture.disk.safe(&fixture.log.path(&name)) >= 2, "{name}");
    }
    assert!(fixture.is_safe("3"));
}

#[test]
fn a_failure_in_the_background_is_told_and_begins_a_new_file() {
    let fixture = fixture(SECOND, |_| ());
    fixture.disk.fail(1);
    fixture.append("1").unwrap();
    assert_eq!(fixture.syncer.step(Instant::now() + HALF), Next::Go);
    let wrong = "durability of audit: lines may not be on the disk (Input/output error)";
    assert_eq!(fixture.degraded(), [wrong]);
    assert_eq!(fixture.log.health().sync_errors, 1);
    assert_eq!(fixture.syncer.step(Instant::now() + HALF), Next::Idle, "it is not tried again");
    fixture.append("2").unwrap();
    assert_eq!(fixture.log.files(), [vec!["1"], vec!["reopened", "2"]]);
    assert_eq!(fixture.syncer.step(Instant::now() + HALF), Next::Go);
    assert_eq!(fixture.disk.syncs_of(&fixture.archive()), 1);
    assert!(fixture.is_safe("2"));
    assert_eq!(fixture.degraded(), [""; 0]);
}

#[test]
fn a_file_that_failed_and_cannot_be_left_goes_on_where_nobody_waits() {
    let fixture = fixture(SECOND, |_| ());
    fixture.append("1").unwrap();
    fs::create_dir(fixture.log.path(".a.log.next")).unwrap();
    fixture.disk.fail(1);
    assert_eq!(fixture.syncer.step(Instant::now() + HALF), Next::Go);
    fixture.append("2").unwrap();
    let _ = fixture.syncer.step(Instant::now() + HALF);
    assert_eq!(fixture.disk.syncs(), 1, "the file that failed is not synced again");
    assert_eq!(fixture.log.files(), [["1", "2"]]);
    assert_eq!(fixture.degraded().len(), 1, "it is still not as it should be");
}

#[test]
fn files_that_nobody_syncs_are_not_kept_open_for_ever() {
    let fixture = fixture(Durability::Written, |file| file.rotate_size = Some(3));
    let open = || {
        let of_ours = |path: &PathBuf| path.starts_with(fixture.log.temp.path());
        let entries = fs::read_dir("/proc/self/fd").unwrap().flatten();
        entries.filter_map(|entry| fs::read_link(entry.path()).ok()).filter(of_ours).count()
    };
    for n in 0..4 {
        fixture.append(&format!("{n}")).unwrap();
    }
    assert_eq!(fixture.syncer.waiting(), 0, "the system sees to it by itself");
    let few = open();
    fixture.append("4").unwrap();
    fixture.append("5").unwrap();
    assert_eq!(fixture.syncer.waiting(), 1);
    assert_eq!(fixture.syncer.step(Instant::now()), Next::Go);
    assert!(open() < few, "the active file, its lock, and nothing else");
    assert_eq!(fixture.log.health().syncs, 6);
}

#[test]
fn the_end_of_a_program_does_not_wait_for_the_time_to_be_over() {
    let fixture = fixture(Durability::Written, |_| ());
    let counters = fixture.log.parts.shared.counters.clone();
    let syncer = Arc::new(Syncer::with_disk(fixture.disk.clone(), counters));
    let parts = RollingParts { syncer: syncer.clone(), ..fixture.log.parts.clone() };
    let hour = Durability::Within(Duration::from_hours(1));
    let file = FileSettings { durability: hour, ..file("a.log") };
    let rolling = Rolling::new(settings(fixture.log.temp.path(), file), parts);
    rolling.append(&lines(&["1"]), DAY).unwrap();
    assert_eq!(fixture.disk.syncs(), 0);
    assert!(syncer.finish(Duration::from_mins(1)));
    assert!(fixture.is_safe("1"));
    rolling.append(&lines(&["2"]), DAY).unwrap();
    assert_eq!(syncer.waiting(), 0, "the system sees to what comes later");
}

#[test]
fn the_end_of_a_program_does_not_wait_for_a_disk_that_hangs() {
    let fixture = fixture(Durability::Written, |_| ());
    let counters = fixture.log.parts.shared.counters.clone();
    let syncer = Arc::new(Syncer::with_disk(fixture.disk.clone(), counters));
    let parts = RollingParts { syncer: syncer.clone(), ..fixture.log.parts.clone() };
    let file = FileSettings { durability: SECOND, ..file("a.log") };
    let rolling = Rolling::new(settings(fixture.log.temp.path(), file), parts);
    fixture.disk.hold(true);
    rolling.append(&lines(&["1"]), DAY).unwrap();
    assert!(!syncer.finish(Duration::ZERO));
    fixture.disk.hold(false);
    assert!(syncer.finish(Duration::from_mins(1)));
}

#[test]
fn what_the_disk_does_not_have_yet_is_told() {
    let fixture = fixture(SECOND, |_| ());
    let owed = || fixture.rolling.durable().owed();
    assert_eq!(owed(), Owed::default());
    fixture.append("one").unwrap();
    let first = owed();
    assert!(first.lines == 1 && first.since.is_some());
    fixture.append("two").unwrap();
    assert_eq!(owed(), Owed { lines: 2, ..first }, "the oldest counts");
    // While the disk works nothing is there yet, and what comes meanwhile waits for the next time.
    fixture.disk.hold(true);
    thread::scope(|scope| {
        scope.spawn(|| fixture.rolling.flush());
        fixture.disk.is_entered();
        fixture.append("three").unwrap();
        let all = owed();
        fixture.disk.hold(false);
        assert_eq!(all, Owed { lines: 3, ..first });
    });
    let last = owed();
    assert!(last.lines == 1 && last.since > first.since, "{last:?}");
    fixture.rolling.flush().unwrap();
    assert_eq!(owed(), Owed::default());
}

/// Of a file whose lines are to be there at some time or at once nothing is owed to anybody.
#[test]
fn nothing_is_owed_where_no_time_is_set() {
    for durability in [Durability::Written, Durability::Synced] {
        let fixture = fixture(durability, |_| ());
        fixture.append("one").unwrap();
        assert_eq!(fixture.rolling.durable().owed(), Owed::default());
    }
}
