//! Private directories that killed processes left.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    around::{entries, without_directories},
    fallback::Fixture,
    support::{DAY, shared, skipped},
};
use crate::{
    ledger::{Notices, testing::Plain},
    record::Category,
    sink::{PrivateDir, bring_home},
};

const AUDIT: &str = r#"{"category":"audit","n":1}"#;

/// A process that wrote into its private directory.
fn diverted() -> (Fixture, PathBuf) {
    let fixture = without_directories();
    fixture.audit(AUDIT, DAY);
    fixture.audit("2", DAY);
    fixture.append(Category::Error, "e", DAY);
    let private = entries(&fixture.path("temp")).remove(0);
    (fixture, private)
}

/// It is killed: its locks are free. What it had stays.
fn killed((fixture, private): (Fixture, PathBuf)) -> (tempfile::TempDir, PathBuf) {
    let Fixture { temp, set, .. } = fixture;
    drop(set);
    (temp, private)
}

fn recover(temp: &Path) -> Vec<(PathBuf, u64, Option<String>)> {
    let notices: Arc<dyn Notices> = Arc::new(Plain);
    let all = bring_home(&temp.join("logs"), &temp.join("temp"), &notices, &shared()).unwrap();
    all.into_iter().map(|PrivateDir { dir, lines, failure }| (dir, lines, failure)).collect()
}

fn make_way(temp: &Path) {
    fs::remove_file(temp.join("logs")).unwrap();
    fs::create_dir(temp.join("logs")).unwrap();
}

fn read(temp: &Path, name: &str) -> String {
    fs::read_to_string(temp.join("logs").join(name)).unwrap()
}

#[test]
fn what_a_killed_process_left_is_brought_home_once() {
    let (temp, private) = killed(diverted());
    let temp = temp.path();
    make_way(temp);
    assert_eq!(recover(temp), [(private, 3, None)]);
    assert_eq!(read(temp, "audit.log"), format!("{AUDIT}\n2\n"));
    assert_eq!(read(temp, "error.log"), "e\n");
    assert_eq!(fs::read_dir(temp.join("temp")).unwrap().count(), 0);
    assert_eq!(recover(temp), []);
}

#[test]
fn a_process_that_lives_keeps_what_it_has() {
    let (fixture, private) = diverted();
    make_way(fixture.temp.path());
    assert_eq!(recover(fixture.temp.path()), []);
    assert_eq!(entries(&private).len(), 2);
    assert_eq!(
        fixture.audit("3", DAY.after(std::time::Duration::from_mins(1))),
        crate::sink::Delivery::Written
    );
    assert_eq!(fixture.read("logs/audit.log"), format!("{AUDIT}\n2\n3\n"));
}

#[test]
fn what_cannot_be_brought_home_yet_stays() {
    let (temp, private) = killed(diverted());
    let temp = temp.path();
    let told = recover(temp);
    assert_eq!((told.len(), told[0].1), (1, 0));
    assert!(told[0].2.is_some());
    assert_eq!(entries(&private).len(), 2);
    make_way(temp);
    assert_eq!(recover(temp), [(private, 3, None)]);
}

#[test]
fn nothing_else_in_a_private_directory_is_deleted() {
    let (temp, private) = killed(diverted());
    let temp = temp.path();
    make_way(temp);
    fs::write(private.join("notes.txt"), "mine").unwrap();
    symlink(temp.join("elsewhere"), private.join("link.log")).unwrap();
    let told = recover(temp);
    assert_eq!((told[0].1, told[0].2.as_deref()), (3, Some("something else is in it")));
    assert_eq!(entries(&private), [private.join("link.log"), private.join("notes.txt")]);
    assert!(!temp.join("elsewhere").exists() && !temp.join("logs/link.log").exists());
    assert_eq!(recover(temp)[0].1, 0, "no line comes twice");
}

/// What becomes of a private directory.
type Change<'a> = &'a dyn Fn(&Path);

#[test]
fn what_is_not_private_or_belongs_elsewhere_is_left_alone() {
    let owner = |private: &Path| private.join(".belongs-to");
    let changes: [(&str, Change<'_>); 6] = [
        ("open to others", &|private| {
            fs::set_permissions(private, fs::Permissions::from_mode(0o750)).unwrap();
        }),
        ("behind a link", &|private| {
            let away = private.with_file_name("away");
            fs::rename(private, &away).unwrap();
            symlink(away, private).unwrap();
        }),
        ("of other logs", &|private| fs::write(owner(private), "/var/log/other").unwrap()),
        ("of nobody", &|private| fs::remove_file(owner(private)).unwrap()),
        ("whose owner is a link", &|private| {
            let away = private.with_file_name("away");
            fs::rename(owner(private), &away).unwrap();
            symlink(away, owner(private)).unwrap();
        }),
        ("of another name", &|private| {
            fs::rename(private, private.with_file_name("app-0123")).unwrap();
        }),
    ];
    for (what, change) in changes {
        let (temp, private) = killed(diverted());
        make_way(temp.path());
        change(&private);
        assert_eq!(recover(temp.path()), [], "{what}");
        assert_eq!(fs::read_dir(temp.path().join("logs")).unwrap().count(), 0, "{what}");
    }
    let (temp, private) = killed(diverted());
    make_way(temp.path());
    if chown(&private, Some(65_534), None).is_err() {
        return skipped("only root can give a directory to another user");
    }
    assert_eq!(recover(temp.path()), [], "of another user");
}
