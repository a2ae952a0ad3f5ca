//! The thread that looks at the configuration file; it runs only where that is set.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::live::Live;
use crate::trap;

/// Ends the watch when dropped.
#[derive(Debug)]
pub(super) struct Watch {
    /// Never sent to: that it is gone ends the thread.
    _end: mpsc::Sender<()>,
}

/// Looks every so often; `None` where there is no thread to be had.
pub(super) fn start(live: Arc<Live>, every: Duration, since: Instant) -> Option<Watch> {
    let (end, ended) = mpsc::channel();
    let look = move || {
        while ended.recv_timeout(every) == Err(mpsc::RecvTimeoutError::Timeout) {
            let looked = trap::contained(|| {
                // What is wrong with the file was told there.
                let _ = live.reload();
                live.tell_unmatched(since.elapsed(), false);
            });
            if looked.is_none() {
                return;
            }
        }
    };
    thread::Builder::new().name("audit-settings".into()).spawn(look).ok()?;
    Some(Watch { _end: end })
}
