//! A child of a fork is another process: it has none of the mappings, and must not keep the lock
//! of its parent's spool.

use std::{
    ffi::c_int,
    os::fd::{AsRawFd, RawFd},
    sync::atomic::{AtomicBool, AtomicI32, Ordering},
};

use super::live::Spool;

static IS_CHILD: AtomicBool = AtomicBool::new(false);
static LOCK: AtomicI32 = AtomicI32::new(-1);

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

/// Lets children of this process leave the spool alone; whether that could be arranged.
pub(super) fn watch(spool: &Spool) -> bool {
    LOCK.store(spool.file().as_raw_fd(), Ordering::Relaxed);
    // SAFETY: the handler is a function of this program, which is never unloaded.
    unsafe { pthread_atfork(None, None, Some(in_child)) == 0 }
}

/// Only what may be done between fork and exec: two stores and a close.
extern "C" fn in_child() {
    IS_CHILD.store(true, Ordering::Relaxed);
    let lock: RawFd = LOCK.swap(-1, Ordering::Relaxed);
    if lock >= 0 {
        // SAFETY: the spool keeps the file open for ever and is not used here any more.
        unsafe { rustix::io::close(lock) };
    }
}
