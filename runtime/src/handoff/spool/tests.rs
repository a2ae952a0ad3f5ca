//! Whole spools: made, filled by many threads, drained, left by a process and taken up.

mod times;

use std::{
    os::{
        fd::{AsRawFd, BorrowedFd},
        unix::fs::{FileExt, PermissionsExt},
    },
    path::Path,
    sync::{Barrier, Mutex},
};

use super::{live::Spool, plan::Header, start::Promotion, *};
use crate::{
    clock::Timestamp,
    config::SpoolMode,
    drain::{Drain, Files, Route},
    frame::Frame,
    health::Counters,
    record::{Callsite, Category, Level},
    render::{Line, Origin, Renderer},
    sink::{Shared, Spot},
};
use std::{sync::Arc, time::Duration};

static SITE: Callsite = Callsite {
    category: Category::Audit,
    operation: "MOVE",
    event: "operation",
    component: "tests",
    ..Callsite::BLANK
};

const AUDIT: Route = Route(1 << Category::Audit as u8);
const MINUTE: Duration = Duration::from_mins(1);

/// Takes lines, and keeps those of the audit category.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<serde_json::Value>>);

impl Files for Kept {
    fn append(
        &self,
        category: Category,
        lines: &[Line],
        _now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> bool {
        assert_eq!(category, Category::Audit);
        begins(Spot::default());
        let lines = lines.iter().map(|line| serde_json::from_str(line.as_str()).expect("JSON"));
        self.0.lock().expect("not poisoned").extend(lines);
        true
    }
}

impl Kept {
    /// Stream and number of each line.
    fn tickets(&self) -> Vec<(u64, u64)> {
        let kept = self.0.lock().expect("not poisoned");
        let of = |line: &serde_json::Value, key: &str| line[key].as_u64().expect("a number");
        kept.iter().map(|line| (of(line, "stream"), of(line, "n"))).collect()
    }
}

fn about() -> About {
    About {
        app: "tests".into(),
        max_lines: [8_000; 5],
        names: Category::ALL.map(|category| format!("{category}.log")),
        ..About::default()
    }
}

fn drain() -> (Arc<Kept>, Arc<Drain>) {
    let kept = Arc::new(Kept::default());
    let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
    let thresholds = [Some(Level::Trace); 5];
    let counters = Arc::<Counters>::default();
    (kept.clone(), Arc::new(Drain::new(kept, renderer, counters, thresholds)))
}

fn create(logs: &Path, id: u64) -> &'static Spool {
    let header = Header { id, key: 7, boot: [0; 16], created: 0, pid: 1 };
    Spool::create((logs, 0o750), header, &about()).expect("a spool")
}

fn wish(logs: &Path, id: u64) -> Wish {
    let (logs, shared) = (logs.to_owned(), Arc::default());
    Wish { mode: SpoolMode::On, logs, dir_mode: 0o750, id, key: 2, about: about(), shared }
}

fn push(spool: &'static Spool) -> Pushed {
    spool.push(&SITE, Frame::new(&SITE, Timestamp(0)).bytes(), AUDIT)
}

/// Runs it on so many threads, and waits until they are gone: a scope alone does not wait for what a
/// thread does at its very end.
fn at_once(threads: usize, run: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(&run)).collect();
        for handle in handles {
            handle.join().expect("joined");
        }
    });
}

/// A spool with so many records that a process left, in a directory of its own.
fn left(records: usize) -> (tempfile::TempDir, std::path::PathBuf) {
    left_with(|spool| {
        for _ in 0..records {
            assert_eq!(push(spool), Pushed::Taken);
        }
    })
}

/// The same with what is pushed.
fn left_with(push: impl Fn(&'static Spool)) -> (tempfile::TempDir, std::path::PathBuf) {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let spool = create(theirs.path(), 0xab);
    push(spool);
    // A copy has no lock.
    let dir = ours.path().join(plan::DIR);
    std::fs::create_dir(&dir).unwrap();
    let name = &plan::names(0xab)[0];
    std::fs::copy(theirs.path().join(plan::DIR).join(name), dir.join(name)).unwrap();
    (ours, dir.join(name))
}

fn recovered(logs: &Path) -> Recovery {
    recover(logs, None, &Arc::new(Shared::default())).expect("listed")
}

fn lines(logs: &Path) -> usize {
    std::fs::read_to_string(logs.join("audit.log")).map_or(0, |text| text.lines().count())
}

#[test]
fn a_recovery_that_ends_after_its_first_batch_is_taken_up_without_doubling_it() {
    let both = Route(AUDIT.0 | 1 << Category::Error as u8);
    let (logs, _) = left_with(|spool| {
        for _ in 0..recover::BATCH {
            assert_eq!(push(spool), Pushed::Taken);
        }
        let frame = Frame::new(&SITE, Timestamp(0));
        assert_eq!(spool.push(&SITE, frame.bytes(), both), Pushed::Taken);
    });
    let in_the_way = logs.path().join("error.log");
    std::fs::create_dir(&in_the_way).unwrap();
    assert_eq!(recovered(logs.path()).left.len(), 1);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(recovered(logs.path()).spools, 1);
    assert_eq!(lines(logs.path()), recover::BATCH + 1);
}

#[test]
fn its_files_are_this_users_alone_and_go_with_it() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 0xab);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let dir = logs.path().join(".spool");
    let path = dir.join("00000000000000ab.spool");
    assert_eq!((mode(&dir), mode(&path)), (0o700, 0o600));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), (plan::BASE + plan::SEGMENT) as u64);
    assert_eq!(push(spool), Pushed::Taken);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), (plan::BASE + 2 * plan::SEGMENT) as u64);
    let (kept, drain) = drain();
    assert!(spool.finish(&drain, MINUTE));
    assert_eq!(kept.tickets(), [(1, 1)]);
    assert!(!path.exists());
    assert_eq!(push(spool), Pushed::Gone);
}

#[test]
fn threads_that_end_hand_their_stream_on() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let (kept, drain) = drain();
    let threads = 10_000;
    for _ in 0..threads / 8 {
        at_once(8, || {
            while push(spool) == Pushed::Full {
                spool.flush(&drain, MINUTE);
            }
        });
    }
    assert!(spool.finish(&drain, MINUTE), "nothing holds a stream any more");
    let mut tickets = kept.tickets();
    assert_eq!(tickets.len(), threads);
    tickets.sort_unstable();
    tickets.dedup();
    assert_eq!(tickets.len(), threads);
    assert!(tickets.iter().all(|(stream, _)| *stream <= 9), "no more than ran at once");
}

#[test]
fn more_threads_than_streams_share_one() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let threads = plan::STREAMS + 10;
    let together = Barrier::new(threads);
    at_once(threads, || {
        together.wait();
        while push(spool) != Pushed::Taken {
            std::thread::yield_now();
        }
        together.wait();
    });
    let (kept, drain) = drain();
    assert!(spool.finish(&drain, MINUTE));
    let tickets = kept.tickets();
    assert_eq!(tickets.len(), threads);
    assert!(tickets.contains(&(0, 11)), "{tickets:?}");
}

#[test]
fn a_full_stream_is_drained_by_the_caller() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 1);
    let (kept, drain) = drain();
    let mut taken = 0;
    while push(spool) == Pushed::Taken {
        taken += 1;
    }
    assert_eq!(push(spool), Pushed::Full);
    assert_eq!(spool.help(&drain, MINUTE, || push(spool)), Pushed::Taken);
    assert!(spool.flush(&drain, MINUTE));
    assert_eq!(kept.tickets().len(), taken + 1);
    assert_eq!(spool.push(&SITE, &vec![0; plan::SEGMENT / 4], AUDIT), Pushed::Refused, "too long");
}

#[test]
fn a_directory_that_is_not_private_or_none_is_refused() {
    let logs = tempfile::tempdir().unwrap();
    let shared = logs.path().join(".spool");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o770)).unwrap();
    let (_, drain) = drain();
    let wish = wish(logs.path(), 1);
    assert!(Promotion::new(Some(wish.clone())).get(&drain).is_none());
    std::fs::remove_dir(&shared).unwrap();
    std::fs::write(&shared, "").unwrap();
    assert!(Promotion::new(Some(wish.clone())).get(&drain).is_none());
    std::fs::remove_file(&shared).unwrap();
    let promotion = Promotion::new(Some(wish.clone()));
    assert!(promotion.get(&drain).is_some_and(|spool| spool.finish(&drain, MINUTE)));
    let auto = Promotion::new(Some(Wish { mode: SpoolMode::Auto, id: 2, ..wish }));
    assert!(auto.present().is_none());
    let made = (0..=32).filter(|_| auto.get(&drain).is_some()).count();
    assert!(made >= 1, "at the latest the 33rd record goes through a spool");
    assert!(auto.present().is_some_and(|spool| spool.finish(&drain, MINUTE)));
}

#[test]
fn what_a_process_left_is_taken_up_once() {
    let (logs, path) = left(3);
    assert!(has_any(logs.path(), None));
    let recovery = recovered(logs.path());
    assert_eq!((recovery.spools, recovery.lines), (1, 3));
    assert_eq!(lines(logs.path()), 3);
    assert!(!path.exists() && !has_any(logs.path(), None));
    assert_eq!(recovered(logs.path()), Recovery::default());
    let line = std::fs::read_to_string(logs.path().join("audit.log")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!((&line["run_id"], &line["pid"]), (&"00000000000000ab".into(), &0.into()));
    assert_eq!((&line["stream"], &line["n"]), (&1.into(), &1.into()));
}

#[test]
fn a_spool_in_use_is_left_alone() {
    let logs = tempfile::tempdir().unwrap();
    let spool = create(logs.path(), 5);
    assert_eq!(push(spool), Pushed::Taken);
    assert_eq!(recovered(logs.path()), Recovery { alive: 1, ..Recovery::default() });
    let own = recover(logs.path(), Some(5), &Arc::default()).expect("listed");
    assert_eq!(own, Recovery::default());
    assert_eq!(lines(logs.path()), 0);
}

#[test]
fn what_is_no_finished_spool_is_put_aside_or_left() {
    let (logs, path) = left(1);
    let whole = std::fs::read(&path).unwrap();
    let dir = path.parent().unwrap().to_owned();
    let name = |id| dir.join(&plan::names(id)[0]);
    // Empty, short, of another number, of a later version, unfinished, and something else.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(name(1), "").unwrap();
    std::fs::write(name(2), &whole[..plan::BASE - 1]).unwrap();
    std::fs::write(name(3), &whole).unwrap();
    let mut later = whole.clone();
    later[8] += 1;
    std::fs::write(name(4), &later).unwrap();
    std::fs::write(dir.join(&plan::names(5)[1]), &whole).unwrap();
    std::fs::write(dir.join("notes.txt"), "").unwrap();
    let recovery = recovered(logs.path());
    assert_eq!((recovery.spools, recovery.lines), (0, 0));
    assert_eq!(recovery.damaged.len(), 3, "{recovery:?}");
    assert!(recovery.damaged.iter().all(|path| path.to_string_lossy().ends_with(".header.bad")));
    assert_eq!(recovery.left, [(name(4), "version 3 is not known".to_owned())]);
    let mut names: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let bad = |id| format!("{}.header.bad", plan::names(id)[0]);
    let expected = [bad(1), bad(2), bad(3), plan::names(4)[0].clone(), "notes.txt".to_owned()];
    assert_eq!(names, expected);
}

#[test]
fn a_damaged_record_costs_those_behind_it_only() {
    let (logs, path) = left(5);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let record = record::size(Frame::new(&SITE, Timestamp(0)).bytes().len());
    file.write_all_at(&[0xff], (plan::segment(1) + 2 * record + 30) as u64).unwrap();
    let recovery = recovered(logs.path());
    assert_eq!((recovery.spools, recovery.lines), (0, 2));
    assert!(recovery.damaged[0].to_string_lossy().ends_with(".record.bad"));
    assert_eq!(lines(logs.path()), 2);
}

#[test]
fn no_changed_byte_of_the_words_is_followed_anywhere() {
    let (_logs, path) = left(2);
    let whole = std::fs::read(&path).unwrap();
    for at in (0..plan::ABOUT.end + 256).chain(plan::segment(1)..plan::segment(1) + 100) {
        let mut changed = whole.clone();
        changed[at] ^= 0xa5;
        if let Ok(image) = image::parse(&changed, 0xab) {
            assert!(image.parcels().len() <= 2, "{at}");
        }
    }
}

unsafe extern "C" {
    fn fork() -> i32;
    fn _exit(code: i32) -> !;
}

#[test]
fn a_child_has_neither_the_spool_nor_its_lock() {
    let logs = tempfile::tempdir().unwrap();
    let (_, drain) = drain();
    let promotion = Promotion::new(Some(wish(logs.path(), 9)));
    let spool = promotion.get(&drain).expect("a spool");
    assert_eq!(push(spool), Pushed::Taken);
    let lock = spool.file().as_raw_fd();
    // SAFETY: the child calls nothing that another thread may be in the middle of, and ends.
    let child = unsafe { fork() };
    if child == 0 {
        let gone = spool.push(&SITE, &[0; 24], AUDIT) == Pushed::Gone;
        // SAFETY: a number that is looked up, no more.
        let lock = rustix::io::fcntl_getfd(unsafe { BorrowedFd::borrow_raw(lock) });
        let closed = lock == Err(rustix::io::Errno::BADF);
        let none = promotion.present().is_none();
        // SAFETY: it ends the child.
        unsafe { _exit(i32::from(!gone) + 2 * i32::from(!closed) + 4 * i32::from(!none)) };
    }
    let child = rustix::process::Pid::from_raw(child).expect("a child");
    let options = rustix::process::WaitOptions::empty();
    let (_, status) = rustix::process::waitpid(Some(child), options).unwrap().expect("ended");
    assert_eq!(status.exit_status(), Some(0));
    assert_eq!(push(spool), Pushed::Taken, "the parent goes on");
    assert!(promotion.present().is_some_and(|spool| spool.flush(&drain, MINUTE)));
}
