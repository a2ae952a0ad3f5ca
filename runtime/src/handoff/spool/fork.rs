//! A child of a fork is another process: it has none of the mappings, and must not keep the lock
//! of its parent's spool. No fork happens in the middle of a batch, so that the child finds the log
//! files in nobody's hands.

use std::{
    ffi::c_int,
    os::fd::{AsRawFd, RawFd},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{apart::Apart, live::Spool};

static IS_CHILD: AtomicBool = AtomicBool::new(false);
static LOCK: AtomicI32 = AtomicI32::new(-1);
/// Somebody is about to fork: no batch begins.
static FORKING: AtomicBool = AtomicBool::new(false);
/// The process is about to end: none begins any more.
static ENDING: AtomicBool = AtomicBool::new(false);
/// Not beside what every record asks for.
static BATCHES: Apart<AtomicU32> = Apart::new(AtomicU32::new(0));

/// How long a fork waits for a batch to end.
const WAIT: Duration = Duration::from_millis(100);
const STEP: Duration = Duration::from_micros(50);

type Handler = Option<unsafe extern "C" fn()>;

unsafe extern "C" {
    /// POSIX: runs these before a fork, and after it in the parent and in the child.
    fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
}

/// Whether this process is a child of one that had a spool.
#[inline]
pub(super) fn is_child() -> bool {
    IS_CHILD.load(Ordering::Relaxed)
}

/// Lets children of this process leave its spool alone; whether that could be arranged. It comes
/// before the spool is made, and no child may be forked until [`watch`] knows of it.
pub(super) fn prepare() -> bool {
    static PREPARED: OnceLock<bool> = OnceLock::new();
    // SAFETY: the handlers are functions of this program, which is never unloaded.
    *PREPARED
        .get_or_init(|| unsafe { pthread_atfork(Some(before), Some(after), Some(in_child)) == 0 })
}

/// From here on a child closes the file of this spool.
pub(super) fn watch(spool: &Spool) {
    LOCK.store(spool.file().as_raw_fd(), Ordering::Relaxed);
}

/// A batch that is being written, or a spool that is being made.
#[derive(Debug)]
pub(super) struct Batching(());

impl Batching {
    /// Begins one, unless somebody is about to fork, or to end the process.
    pub(super) fn begin() -> Option<Self> {
        let batching = Self(());
        // Both this and `before` write their own word and then read that of the other one; so does
        // `halt`.
        BATCHES.fetch_add(1, Ordering::SeqCst);
        let held = FORKING.load(Ordering::SeqCst) || ENDING.load(Ordering::SeqCst);
        (!held).then_some(batching)
    }

    /// Begins one, behind a fork that is about to be; none where that takes long.
    pub(super) fn begin_soon() -> Option<Self> {
        let until = Instant::now() + 2 * WAIT;
        loop {
            let begun = Self::begin();
            if begun.is_some() || Instant::now() >= until {
                return begun;
            }
            thread::sleep(STEP);
        }
    }
}

impl Drop for Batching {
    fn drop(&mut self) {
        BATCHES.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Lets no batch begin any more, and waits for the one that is being written.
pub(super) fn halt(until: Instant) {
    ENDING.store(true, Ordering::SeqCst);
    wait_for_batches(until);
}

fn wait_for_batches(until: Instant) {
    while BATCHES.load(Ordering::SeqCst) > 0 && Instant::now() < until {
        thread::sleep(STEP);
    }
}

extern "C" fn before() {
    FORKING.store(true, Ordering::SeqCst);
    wait_for_batches(Instant::now() + WAIT);
}

extern "C" fn after() {
    FORKING.store(false, Ordering::SeqCst);
}

/// Only what may be done between fork and exec: stores and a close.
extern "C" fn in_child() {
    after();
    // Those who were in the middle of one are not here.
    BATCHES.store(0, Ordering::SeqCst);
    IS_CHILD.store(true, Ordering::Relaxed);
    let lock: RawFd = LOCK.swap(-1, Ordering::Relaxed);
    if lock >= 0 {
        // SAFETY: the spool keeps the file open for ever and is not used here any more.
        unsafe { rustix::io::close(lock) };
    }
}
