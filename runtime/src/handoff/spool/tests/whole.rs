//! Whole spools: made, filled by many threads, drained, and what becomes of them in a child.

use std::{
    os::{
        fd::{AsRawFd, BorrowedFd},
        unix::fs::PermissionsExt,
    },
    path::Path,
    sync::Barrier,
};

use super::{
    super::{start::Promotion, *},
    support::*,
};
use crate::config::SpoolMode;

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
