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
        let mut steady = Steady(None);
        while ended.recv_timeout(every) == Err(mpsc::RecvTimeoutError::Timeout) {
            let looked = trap::contained(|| {
                let file = live.read();
                if steady.settles(&file) {
                    // What is wrong with it is told there.
                    let _ = live.take(file);
                }
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

/// What the last look saw. Only what two looks saw alike is taken: who writes a file in place may
/// not be done.
struct Steady<T>(Option<T>);

impl<T: Clone + PartialEq> Steady<T> {
    fn settles(&mut self, seen: &T) -> bool {
        self.0.replace(seen.clone()).is_some_and(|last| last == *seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_looks_saw_alike_is_taken() {
        let mut steady = Steady(None);
        let seen = ["a", "", "", "b", "b", "b"].map(|text| steady.settles(&text));
        assert_eq!(seen, [false, false, true, false, true, true]);
    }
}
