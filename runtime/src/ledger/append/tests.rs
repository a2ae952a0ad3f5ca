//! What a file is found to be, and what an append leaves.

use super::*;
use std::{fs as std_fs, os::fd::AsRawFd};

fn active(dir: &Path) -> Active {
    Active::new(dir, "x.log")
}

fn lines(texts: &[&str]) -> Vec<Line> {
    texts.iter().map(|text| Line::new((*text).to_owned())).collect()
}

fn append(active: &mut Active, texts: &[&str]) {
    let tail = active.tail().unwrap();
    active.append(tail, Batch { lines: &lines(texts), ..Batch::default() }).unwrap();
}

#[test]
fn what_happened_to_the_file_is_told_apart() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    let path = active.path().to_owned();
    assert_eq!(active.resolve().unwrap(), Change::First);
    append(&mut active, &["1"]);
    assert_eq!(active.resolve().unwrap(), Change::None);
    std_fs::remove_file(&path).unwrap();
    assert_eq!(active.resolve().unwrap(), Change::Deleted);
    append(&mut active, &["2"]);
    std_fs::rename(&path, temp.path().join("x.1")).unwrap();
    assert_eq!(active.resolve().unwrap(), Change::Renamed);
    append(&mut active, &["3"]);
    std_fs::rename(&path, temp.path().join("x.2")).unwrap();
    std_fs::write(&path, "").unwrap();
    assert_eq!(active.resolve().unwrap(), Change::Replaced);
    append(&mut active, &["4"]);
    let read = |name: &str| std_fs::read_to_string(temp.path().join(name)).unwrap();
    assert_eq!(
        (read("x.1"), read("x.2"), read("x.log")),
        ("2\n".into(), "3\n".into(), "4\n".into())
    );
}

#[test]
fn the_next_file_of_an_interrupted_rotation_is_adopted() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    std_fs::write(temp.path().join(".x.log.next"), "kept\n").unwrap();
    active.resolve().unwrap();
    append(&mut active, &["new"]);
    assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "kept\nnew\n");
    assert!(!temp.path().join(".x.log.next").exists());
}

#[test]
fn a_directory_of_the_next_name_is_left_alone() {
    let temp = tempfile::tempdir().unwrap();
    std_fs::create_dir(temp.path().join(".x.log.next")).unwrap();
    let mut active = active(temp.path());
    active.resolve().unwrap();
    assert!(active.path().is_file());
}

#[test]
fn a_torn_tail_is_measured() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    let long = "y".repeat(10_000);
    for (text, torn) in [
        ("", 0),
        ("a\n", 0),
        ("a\nb", 1),
        ("no line feed", 12),
        (&*format!("a\n{long}"), 10_000),
        (&*long, 10_000),
    ] {
        std_fs::write(active.path(), text).unwrap();
        active.resolve().unwrap();
        let length = text.len() as u64;
        assert_eq!(active.tail().unwrap(), Tail { length, torn }, "{text:.9}");
    }
}

#[test]
fn a_seal_closes_a_torn_line() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    std_fs::write(active.path(), "whole\nto").unwrap();
    active.resolve().unwrap();
    let seal = Line::new("seal".to_owned());
    let lines = lines(&["1", "2"]);
    let batch = Batch { seal: Some(&seal), lines: &lines, ..Batch::default() };
    active.append(active.tail().unwrap(), batch).unwrap();
    assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "whole\nto\nseal\n1\n2\n");
}

#[test]
fn a_file_began_with_its_first_line() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    active.resolve().unwrap();
    assert_eq!(active.begun(active.tail().unwrap()).unwrap(), None);
    append(&mut active, &[r#"{"timestamp":"1970-01-01T00:00:05Z"}"#]);
    append(&mut active, &[r#"{"timestamp":"1970-01-01T00:00:09Z"}"#]);
    let begun = active.begun(active.tail().unwrap()).unwrap();
    assert_eq!(begun, Some(Timestamp(5_000_000_000)));
}

#[test]
fn a_tail_that_nobody_touched_is_not_read_again() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    active.resolve().unwrap();
    append(&mut active, &["1"]);
    let mut other = File::options().write(true).open(active.path()).unwrap();
    other.write_all(b"xx").unwrap();
    assert_eq!(active.resolve().unwrap(), Change::None);
    assert_eq!(active.tail().unwrap(), Tail { length: 2, torn: 0 });
    other.write_all(b"x").unwrap();
    assert_eq!(active.resolve().unwrap(), Change::None);
    assert_eq!(active.tail().unwrap(), Tail { length: 3, torn: 3 });
}

#[test]
fn a_file_that_became_shorter_is_noticed_once() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    active.resolve().unwrap();
    append(&mut active, &["1"]);
    File::options().write(true).open(active.path()).unwrap().set_len(0).unwrap();
    assert_eq!(active.resolve().unwrap(), Change::Truncated);
    assert_eq!(active.resolve().unwrap(), Change::None);
    append(&mut active, &["2"]);
    assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "2\n");
}

#[test]
fn a_file_whose_first_line_does_not_tell_began_when_it_changed() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    std_fs::write(active.path(), "text\n").unwrap();
    let third = std::time::UNIX_EPOCH + std::time::Duration::from_hours(48);
    File::options().write(true).open(active.path()).unwrap().set_modified(third).unwrap();
    active.resolve().unwrap();
    let begun = active.begun(active.tail().unwrap()).unwrap();
    assert_eq!(begun, Some(Timestamp::from(third)));
}

/// Locks that exclude nobody: a line that another process appended meanwhile is not taken back with
/// the part of our own that the disk had room for.
#[test]
fn what_is_taken_back_is_our_own_alone() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("x.log");
    let file = fs::open_append(&path, fs::FILE_MODE).unwrap();
    for (before, ours, behind, left) in [
        ("a\n", "12", "", "a\n"),
        ("a\nb\n", "12", "", "a\nb\n12"),
        ("a\n", "12", "b\n", "a\n12b\n"),
        ("a\nb\n", "", "", "a\nb\n"),
    ] {
        std_fs::write(&path, [before, ours, behind].concat()).unwrap();
        // The end was looked at when `a` stood there alone.
        take_back(&file, 2, ours.len() as u64);
        assert_eq!(std_fs::read_to_string(&path).unwrap(), left, "{before} {ours} {behind}");
    }
}

/// Scenario 24: threads go on while their process is forked, so that a number that the child finds
/// may be that of another file in it.
#[test]
fn a_descriptor_of_before_a_fork_is_neither_written_nor_closed() {
    let temp = tempfile::tempdir().unwrap();
    let mut active = active(temp.path());
    active.resolve().unwrap();
    append(&mut active, &["1"]);
    let other = temp.path().join("other");
    let mut held = active.held.take().unwrap();
    held.file = File::create(&other).unwrap().into();
    let number = held.file.as_raw_fd();
    active.held = Some(held);
    active.owner = 0;
    assert_eq!(active.resolve().unwrap(), Change::First);
    append(&mut active, &["2"]);
    assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "1\n2\n");
    assert_eq!(std_fs::read_to_string(&other).unwrap(), "");
    let still = std_fs::read_link(format!("/proc/self/fd/{number}")).unwrap();
    assert_eq!(still, other);
    active.owner = 0;
    active.resolve().unwrap();
    append(&mut active, &["3"]);
    assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "1\n2\n3\n");
}
