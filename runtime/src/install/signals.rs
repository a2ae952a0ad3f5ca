//! The thread that rotates the files at a signal; it runs only where that is set.

use std::{sync::Arc, thread};

use signal_hook::{
    consts::{SIGHUP, SIGUSR1},
    iterator::{Handle, Signals},
};

use crate::{
    clock::Timestamp,
    config::RotateSignal,
    sink::{Shared, SinkSet},
    trap,
};

/// Ends the thread when dropped. The signal then does nothing.
#[derive(Debug)]
pub(super) struct Rotation(Handle);

impl Drop for Rotation {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Rotates all files at each of those signals; `None` where there is no thread to be had.
///
/// A handler that the program installed before is called as well. A program without files takes the
/// signal all the same, which would end it otherwise.
pub(super) fn start(
    signal: RotateSignal,
    sinks: Option<Arc<SinkSet>>,
    shared: Arc<Shared>,
) -> Option<Rotation> {
    let signal = match signal {
        RotateSignal::Hup => SIGHUP,
        RotateSignal::Usr1 => SIGUSR1,
    };
    let mut signals = Signals::new([signal]).ok()?;
    let handle = signals.handle();
    let rotate = move || {
        // Several that came meanwhile are one.
        for _ in &mut signals {
            let Some(sinks) = &sinks else { continue };
            let rotated = trap::contained(|| sinks.rotate_now(Timestamp::now()));
            if let Some(Err(failure)) = rotated {
                shared.trap.warn_once(&format!("cannot rotate logs at a signal ({failure})"));
            }
        }
    };
    thread::Builder::new().name("audit-signals".into()).spawn(rotate).ok()?;
    Some(Rotation(handle))
}
