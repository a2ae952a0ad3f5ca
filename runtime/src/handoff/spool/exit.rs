//! A process that calls `exit`, or returns from `main` with the guard still there: its threads go on
//! until the kernel stops them, the one that drains perhaps within a line. So what was handed off is
//! written first, and the drain is held.

use std::{
    ffi::c_int,
    process,
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use super::{fork, live::Spool};
use crate::trap;

/// How long an `exit` waits for the drain; what is left the next process brings into the files.
const WAIT: Duration = Duration::from_millis(200);
const STEP: Duration = Duration::from_micros(50);

/// The spool, and the process that has it.
static WATCHED: OnceLock<(&'static Spool, u32)> = OnceLock::new();

unsafe extern "C" {
    /// C: runs this when the process exits.
    fn atexit(handler: extern "C" fn()) -> c_int;
}

/// From here on an `exit` of this process ends the spool.
pub(super) fn watch(spool: &'static Spool) {
    if WATCHED.set((spool, process::id())).is_ok() {
        // SAFETY: the handler is a function of this program, and lets no panic out. Where there is no
        // room for one more, the process ends as one that is killed.
        let _ = unsafe { atexit(at_exit) };
    }
}

extern "C" fn at_exit() {
    // Nothing there panics by design.
    let _ = trap::contained(|| {
        // A child has the handlers of its parent, and not its spool.
        if let Some((spool, owner)) = WATCHED.get()
            && *owner == process::id()
            && !fork::is_child()
        {
            spool.end_with_process(Instant::now() + WAIT);
        }
    });
}

impl Spool {
    /// Has its thread write what was handed off before, and then hold still. This thread writes
    /// nothing: it could be held up for ever, or be in the middle of a batch itself.
    fn end_with_process(&self, until: Instant) {
        // Whoever ended it before waited as well.
        if !self.sleeper.is_stopped() {
            let reach = self.reach();
            self.sleeper.hurry();
            while !self.has_reached(&reach) && Instant::now() < until {
                thread::sleep(STEP);
            }
        }
        fork::halt(until);
        self.end_unused(until);
    }
}
