//! The set of five when its directory cannot be used.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::support::{DAY, after, file, lines, set_settings, shared};
use crate::{
    clock::Timestamp,
    ledger::{LockFile, testing::Plain},
    record::Category,
    sink::{
        Delivery, Location, Shared, SinkSet, SinkSettings, Stream, Syncer, durable::testing::Model,
    },
};

pub(super) struct Fixture {
    pub(super) temp: tempfile::TempDir,
    pub(super) shared: Arc<Shared>,
    pub(super) set: SinkSet,
    pub(super) disk: Arc<Model>,
    stdout: io::PipeReader,
    stderr: io::PipeReader,
}

impl Fixture {
    /// A set with `logs` and `state` in one directory, and readers of its streams.
    pub(super) fn new(change: impl FnOnce(&mut SinkSettings, &Path)) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let mut settings = set_settings(temp.path());
        settings.state_home = Some(temp.path().join("state"));
        change(&mut settings, temp.path());
        let shared = shared();
        let (stdout, out) = io::pipe().unwrap();
        let (stderr, err) = io::pipe().unwrap();
        let disk = Arc::new(Model::default());
        let syncer = Syncer::with_disk(disk.clone(), Arc::clone(&shared.counters));
        let streams = (Stream::new(Box::new(out)), Stream::new(Box::new(err)));
        let set =
            SinkSet::with_disk(settings, (Arc::new(Plain), Arc::clone(&shared)), streams, syncer);
        Self { temp, shared, set, disk, stdout, stderr }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The lines of a file; a notice as its event and value.
    pub(super) fn lines(&self, name: &str) -> Vec<String> {
        let short = |line: &str| match serde_json::from_str::<serde_json::Value>(line) {
            Ok(notice) if notice.is_object() => {
                let [event, value] = ["event", "value"].map(|key| notice[key].as_str().unwrap());
                format!("{event} {value}")
            }
            _ => line.to_owned(),
        };
        self.read(name).lines().map(short).collect()
    }

    pub(super) fn append(&self, category: Category, text: &str, now: Timestamp) -> Delivery {
        self.set.append(category, &lines(&[text]), now)
    }

    pub(super) fn audit(&self, text: &str, now: Timestamp) -> Delivery {
        self.append(Category::Audit, text, now)
    }

    /// What came out of standard output and standard error until the set ended.
    pub(super) fn streams(self) -> (String, String) {
        let Self { set, mut stdout, mut stderr, .. } = self;
        drop(set);
        let mut texts = (String::new(), String::new());
        stdout.read_to_string(&mut texts.0).unwrap();
        stderr.read_to_string(&mut texts.1).unwrap();
        texts
    }
}

#[test]
fn a_missing_directory_is_made_and_every_category_has_its_file() {
    let fixture = Fixture::new(|settings, root| settings.dir = Some(root.join("a/b/logs")));
    for category in Category::ALL {
        assert_eq!(fixture.append(category, category.name(), DAY), Delivery::Written);
        assert_eq!(fixture.read(&format!("a/b/logs/{category}.log")), format!("{category}\n"));
    }
    let health = fixture.shared.counters.snapshot();
    assert_eq!((health.lines_written, health.bytes_written, health.lines_diverted), (5, 37, 0));
    assert_eq!(fixture.set.dirs(), [(); 5].map(|()| Location::Dir(fixture.path("a/b/logs"))));
    assert!(fixture.shared.trap.kept().is_empty());
    fixture.set.flush().unwrap();
    fixture.set.rotate_now(DAY).unwrap();
    assert_eq!(fixture.shared.counters.rotations.value(), 5);
}

#[test]
fn nothing_is_made_before_the_first_line() {
    let fixture = Fixture::new(|_, _| ());
    fixture.set.flush().unwrap();
    assert_eq!(fs::read_dir(fixture.temp.path()).unwrap().count(), 0);
}

#[test]
fn a_file_in_place_of_the_directory_diverts_and_is_told_once() {
    let fixture = Fixture::new(|_, root| fs::write(root.join("logs"), "in the way").unwrap());
    for category in Category::ALL {
        assert_eq!(fixture.append(category, "1", DAY), Delivery::Diverted);
        assert_eq!(fixture.read(&format!("state/app/logs/{category}.log")), "1\n");
    }
    let (logs, state) = (fixture.path("logs"), fixture.path("state/app/logs"));
    let told = format!(
        "cannot write logs in {} (Not a directory); using {} instead",
        logs.display(),
        state.display()
    );
    assert_eq!(fixture.shared.trap.kept(), [told]);
    let health = fixture.shared.counters.snapshot();
    assert_eq!((health.lines_written, health.lines_diverted, health.write_errors), (5, 5, 5));
    assert_eq!(fixture.set.dirs()[0], Location::Dir(state.clone()));
    let (what, wrong) = &health.degraded[0];
    assert_eq!(*what, "audit");
    assert_eq!(*wrong, format!("goes to {} (Not a directory)", state.display()));
    assert_eq!(health.degraded.len(), 5);

    fs::remove_file(&logs).unwrap();
    assert_eq!(fixture.audit("2", after(0)), Delivery::Diverted, "not yet tried again");
    assert_eq!(fixture.audit("3", after(1)), Delivery::Written);
    let told = format!("diverted 2 {}", state.display());
    assert_eq!(fixture.lines("logs/audit.log"), [&*told, "3"]);
    assert_eq!(fixture.read("state/app/logs/audit.log"), "1\n2\n");
    assert_eq!(fixture.set.dirs()[Category::Audit.index()], Location::Dir(logs));
}

#[test]
fn the_pause_before_the_next_try_doubles() {
    let fixture = Fixture::new(|_, root| fs::write(root.join("logs"), "").unwrap());
    let errors = |seconds| {
        fixture.audit("x", after(seconds));
        fixture.shared.counters.write_errors.value()
    };
    let tries: Vec<_> = [0, 1, 2, 3, 6, 7, 14, 15].map(errors).into();
    assert_eq!(tries, [1, 2, 2, 3, 3, 4, 4, 5]);
    let logs = fixture.path("logs");
    fs::remove_file(&logs).unwrap();
    assert_eq!(fixture.audit("x", after(31)), Delivery::Written);
    fs::remove_dir_all(&logs).unwrap();
    fs::write(&logs, "").unwrap();
    assert_eq!([errors(32), errors(33)], [6, 7], "a success begins with the shortest pause again");
}

#[test]
fn a_link_or_directory_in_place_of_a_file_diverts_that_file_only() {
    let fixture = Fixture::new(|_, root| {
        fs::create_dir_all(root.join("logs/error.log")).unwrap();
        fs::write(root.join("target"), "").unwrap();
        symlink(root.join("target"), root.join("logs/audit.log")).unwrap();
    });
    assert_eq!(fixture.audit("1", DAY), Delivery::Diverted);
    assert_eq!(fixture.append(Category::Error, "2", DAY), Delivery::Diverted);
    assert_eq!(fixture.append(Category::System, "3", DAY), Delivery::Written);
    assert_eq!(fixture.read("target"), "");
    assert_eq!(fixture.read("state/app/logs/audit.log"), "1\n");
    assert_eq!(fixture.read("state/app/logs/error.log"), "2\n");
    let told = fixture.shared.trap.kept();
    assert!(told[0].contains("(the file is a symbolic link)") && told.len() == 1, "{told:?}");
}

#[test]
fn a_held_lock_diverts() {
    let fixture = Fixture::new(|settings, _| settings.lock_timeout = Duration::ZERO);
    fixture.audit("1", DAY);
    let mut lock = LockFile::new(fixture.path("logs/.audit.log.lock"), false);
    let guard = lock.acquire(Instant::now()).unwrap();
    assert_eq!(fixture.audit("2", DAY), Delivery::Diverted);
    drop(guard);
    assert_eq!(fixture.audit("3", after(1)), Delivery::Written);
    let told = format!("diverted 1 {}", fixture.path("state/app/logs").display());
    assert_eq!(fixture.lines("logs/audit.log"), ["1", &told, "3"]);
    assert_eq!(fixture.read("state/app/logs/audit.log"), "2\n");
    assert_eq!(fixture.shared.counters.snapshot().degraded, []);
    let health = fixture.shared.counters.snapshot();
    assert_eq!((health.lock_timeouts, health.write_errors), (1, 0));
}

#[test]
fn the_last_directory_is_a_private_one_made_anew_when_it_is_not() {
    let fixture = Fixture::new(|settings, root| {
        fs::write(root.join("logs"), "").unwrap();
        fs::write(root.join("state"), "").unwrap();
        fs::create_dir(root.join("temp")).unwrap();
        settings.temp = Some(root.join("temp"));
        settings.app = "../my app".to_owned();
    });
    let private = || -> Vec<PathBuf> {
        let entries = fs::read_dir(fixture.path("temp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    assert_eq!(fixture.audit("1", DAY), Delivery::Diverted);
    assert_eq!(fixture.audit("2", DAY), Delivery::Diverted);
    let first = private().remove(0);
    assert_eq!(fs::read_to_string(first.join("audit.log")).unwrap(), "1\n2\n");
    assert!(crate::fs::is_private_dir(&first));
    let name = first.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(".._my_app-"), "{name}");

    fs::remove_dir_all(&first).unwrap();
    symlink(fixture.temp.path(), &first).unwrap();
    assert_eq!(fixture.audit("3", DAY), Delivery::Diverted);
    assert!(!fixture.path("audit.log").exists(), "nothing is written through a link");
    let Location::Dir(second) = &fixture.set.dirs()[Category::Audit.index()] else { panic!() };
    assert_eq!(fs::read_to_string(second.join("audit.log")).unwrap(), "3\n");
}

#[test]
fn without_any_directory_lines_go_to_the_standard_error() {
    let fixture = Fixture::new(|settings, root| {
        fs::write(root.join("logs"), "").unwrap();
        settings.state_home = Some("relative/is/ignored".into());
    });
    assert_eq!(fixture.audit("1", DAY), Delivery::Diverted);
    assert_eq!(fixture.audit("2", DAY), Delivery::Diverted);
    let told = fixture.shared.trap.kept();
    assert!(told[0].ends_with("(Not a directory); using standard error instead"), "{told:?}");
    assert_eq!(fixture.set.dirs()[Category::Audit.index()], Location::StandardError);
    assert_eq!(fixture.streams(), (String::new(), "1\n2\n".to_owned()));
}

#[test]
fn a_directory_that_is_its_own_fallback_is_tried_once() {
    let fixture = Fixture::new(|settings, root| {
        settings.dir = Some(root.join("state/app/logs"));
        fs::write(root.join("state"), "").unwrap();
    });
    assert_eq!(fixture.audit("1", DAY), Delivery::Diverted);
    assert_eq!(fixture.shared.counters.write_errors.value(), 1);
    assert_eq!(fixture.streams().1, "1\n");
}

#[test]
fn what_nothing_takes_is_counted() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("logs"), "").unwrap();
    let full = || Stream::new(Box::new(File::options().write(true).open("/dev/full").unwrap()));
    for dir in [Some(temp.path().join("logs")), None] {
        let shared = shared();
        let settings = SinkSettings { dir, ..set_settings(temp.path()) };
        let set =
            SinkSet::with_streams(settings, Arc::new(Plain), Arc::clone(&shared), full(), full());
        assert_eq!(set.append(Category::Audit, &lines(&["1"]), DAY), Delivery::Lost);
        assert_eq!(set.append(Category::Audit, &lines(&["2"]), DAY), Delivery::Lost);
        let health = shared.counters.snapshot();
        assert_eq!((health.lines_lost, health.lines_written, health.lines_diverted), (2, 0, 0));
        assert!(health.is_lossy() && health.write_errors > 0);
        let location =
            if set.is_one_stream() { Location::StandardOutput } else { Location::Nowhere };
        assert_eq!(set.dirs()[Category::Audit.index()], location);
        assert_eq!(health.degraded.len(), 1, "{health:?}");
    }
}

#[test]
fn the_container_profile_writes_to_the_standard_output() {
    let fixture = Fixture::new(|settings, _| settings.dir = None);
    assert_eq!(fixture.audit("1", DAY), Delivery::Written);
    assert_eq!(fixture.append(Category::Debug, "2", DAY), Delivery::Queued);
    assert_eq!(fixture.set.dirs()[0], Location::StandardOutput);
    fixture.set.finish(Duration::from_mins(1), Duration::ZERO);
    assert_eq!(fixture.shared.counters.bytes_written.value(), 4);
    assert_eq!(fixture.streams(), ("1\n2\n".to_owned(), String::new()));
}

#[test]
fn a_category_that_is_off_takes_nothing() {
    let fixture = Fixture::new(|settings, _| {
        settings.files[Category::Debug.index()] = None;
        settings.files[Category::Error.index()] = Some(file("errors.log"));
    });
    assert_eq!(fixture.append(Category::Debug, "1", DAY), Delivery::Off);
    assert_eq!(fixture.append(Category::Error, "2", DAY), Delivery::Written);
    assert_eq!(fixture.read("logs/errors.log"), "2\n");
    assert!(!fixture.path("logs/debug.log").exists());
    assert_eq!(fixture.shared.counters.lines_written.value(), 1);
    assert_eq!(fixture.set.dirs()[Category::Debug.index()], Location::Nowhere);
}
