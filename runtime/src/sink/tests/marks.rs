//! Writing many lines and waiting once until they are on the disk.

use std::{
    fs, io,
    time::{Duration, Instant},
};

use super::{
    fallback::Fixture,
    support::{DAY, after},
};
use crate::{
    record::Category,
    sink::{Delivery, Mark, Mishaps},
};

const AUDIT: Category = Category::Audit;

fn now(fixture: &Fixture) -> (Mark, Mishaps) {
    (fixture.set.mark(AUDIT), fixture.set.told(AUDIT))
}

fn has(fixture: &Fixture, (mark, since): &(Mark, Mishaps)) -> bool {
    fixture.set.has(AUDIT, mark, *since)
}

fn sync(fixture: &Fixture, (_, since): &(Mark, Mishaps)) -> io::Result<()> {
    fixture.set.sync(AUDIT, *since, Instant::now() + Duration::from_mins(1))
}

fn told(fixture: &Fixture, position: &(Mark, Mishaps)) -> String {
    sync(fixture, position).unwrap_err().to_string()
}

#[test]
fn many_lines_are_on_the_disk_after_one_wait() {
    let fixture = Fixture::new(|_, _| ());
    for n in 0..100 {
        fixture.audit(&n.to_string(), DAY);
    }
    let first = now(&fixture);
    fixture.append(Category::System, "another", DAY);
    assert!(!has(&fixture, &first));
    assert_eq!(fixture.disk.syncs(), 0, "no append waits");
    sync(&fixture, &first).unwrap();
    assert_eq!(fixture.disk.syncs(), 1, "one for all of them, and none for another category");
    let audit = fixture.path("logs/audit.log");
    assert_eq!(fixture.disk.safe(&audit), fs::metadata(&audit).unwrap().len());
    fixture.audit("later", DAY);
    let second = now(&fixture);
    assert!(has(&fixture, &first) && !has(&fixture, &second));
    sync(&fixture, &second).unwrap();
    sync(&fixture, &second).unwrap();
    assert!(has(&fixture, &second));
    assert_eq!(fixture.disk.syncs(), 2, "what is on the disk is not brought there again");
}

#[test]
fn a_disk_that_fails_is_told_to_all_who_wait_and_to_nobody_twice() {
    let fixture = Fixture::new(|_, _| ());
    fixture.audit("1", DAY);
    let [first, other] = [now(&fixture), now(&fixture)];
    fixture.disk.fail(1);
    let wrong = "Input/output error (os error 5)";
    assert_eq!(told(&fixture, &first), wrong);
    let later = "audit: the disk failed; lines from before that may not be on it";
    assert_eq!(told(&fixture, &other), later, "it is from before");
    assert!(!has(&fixture, &first) && !has(&fixture, &other));
    fixture.audit("2", DAY);
    let next = now(&fixture);
    sync(&fixture, &next).unwrap();
    assert!(has(&fixture, &next) && !has(&fixture, &first));
}

#[test]
fn a_failure_that_nobody_was_told_is_told_to_the_next_who_waits() {
    let fixture = Fixture::new(|_, _| ());
    fixture.audit("1", DAY);
    fixture.disk.fail(1);
    // As the thread does it.
    fixture.set.flush().unwrap_err();
    fixture.audit("2", DAY);
    let next = now(&fixture);
    assert!(!has(&fixture, &next));
    assert!(told(&fixture, &next).contains("the disk failed"));
    sync(&fixture, &now(&fixture)).unwrap();
}

#[test]
fn lines_in_no_log_file_are_not_on_the_disk() {
    let fixture = Fixture::new(|settings, root| {
        settings.state_home = None;
        settings.temp = Some(root.join("tmp"));
    });
    fixture.audit("1", DAY);
    sync(&fixture, &now(&fixture)).unwrap();
    fs::rename(fixture.path("logs"), fixture.path("away")).unwrap();
    fs::write(fixture.path("logs"), "in the way").unwrap();
    let before = now(&fixture);
    assert_eq!(fixture.audit("2", DAY), Delivery::Diverted);
    assert_eq!(told(&fixture, &before), "lines of audit go to the standard error");
    fs::create_dir(fixture.path("tmp")).unwrap();
    assert_eq!(fixture.audit("3", after(100)), Delivery::Diverted);
    let private = told(&fixture, &now(&fixture));
    assert!(private.contains("/tmp/app-"), "{private}");
    fs::remove_file(fixture.path("logs")).unwrap();
    fs::rename(fixture.path("away"), fixture.path("logs")).unwrap();
    assert_eq!(fixture.audit("4", after(10_000)), Delivery::Written);
    assert_eq!(told(&fixture, &before), "lines of audit that are in no log file: 1");
    let after = now(&fixture);
    sync(&fixture, &after).unwrap();
    assert!(has(&fixture, &after));
    let lines = fixture.lines("logs/audit.log");
    assert_eq!(lines, ["1", "3", "diverted 1 standard error", "4"]);
}

#[test]
fn a_state_directory_is_brought_to_the_disk_as_well() {
    let fixture = Fixture::new(|_, _| ());
    fs::write(fixture.path("logs"), "in the way").unwrap();
    fixture.audit("1", DAY);
    let position = now(&fixture);
    sync(&fixture, &position).unwrap();
    assert_eq!(fixture.disk.safe(&fixture.path("state/app/logs/audit.log")), 2);
    assert!(has(&fixture, &position));
}

#[test]
fn a_stream_is_no_file() {
    let fixture = Fixture::new(|settings, _| settings.dir = None);
    fixture.audit("1", DAY);
    let error = sync(&fixture, &now(&fixture)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
}
