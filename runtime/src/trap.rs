//! Where the runtime's own failures are told: the standard error, each kind once.
//!
//! Never through the log files (a logger that logs about itself can loop) and never through
//! `eprintln!`, which panics when the standard error is closed.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::wait;

/// How long a standard error that takes nothing is waited for.
const PATIENCE: Duration = Duration::from_millis(100);

thread_local! {
    static CONTAINING: Cell<u32> = const { Cell::new(0) };
}

/// Runs a user's code on behalf of the runtime; `None` when it panicked.
///
/// While it runs, [`is_containing`] tells the panic hook to stay silent: the record says it.
pub fn contained<R>(run: impl FnOnce() -> R) -> Option<R> {
    let change = |by: fn(u32) -> u32| {
        // A thread that is ending has no flag any more, and nobody who asks for it.
        let _ = CONTAINING.try_with(|depth| depth.set(by(depth.get())));
    };
    change(|depth| depth.wrapping_add(1));
    // What `run` leaves half done is the user's own value, which the panic left so anyway.
    let result = catch_unwind(AssertUnwindSafe(run));
    change(|depth| depth.wrapping_sub(1));
    match result {
        Ok(value) => Some(value),
        Err(payload) => {
            // Dropping a payload can panic as well.
            std::mem::forget(payload);
            None
        }
    }
}

/// Whether this thread runs a user's code on behalf of the runtime.
#[must_use]
pub fn is_containing() -> bool {
    depth() > 0
}

/// How often it does, one within the other.
#[must_use]
pub fn depth() -> u32 {
    CONTAINING.try_with(Cell::get).unwrap_or(0)
}

/// Tells failures to the standard error, or keeps them for a test.
#[derive(Debug, Default)]
pub struct Trap {
    told: AtomicBool,
    quiet: bool,
    kept: Mutex<Vec<String>>,
}

impl Trap {
    /// A trap that writes to the standard error.
    #[must_use]
    pub const fn new() -> Self {
        Self { told: AtomicBool::new(false), quiet: false, kept: Mutex::new(Vec::new()) }
    }

    /// A trap that writes nothing; [`Trap::kept`] shows what it was told.
    #[must_use]
    pub const fn quiet() -> Self {
        Self { told: AtomicBool::new(false), quiet: true, kept: Mutex::new(Vec::new()) }
    }

    /// Says `warning: {message}` unless a warning was given before: one failure often follows
    /// from another, and a user wants to hear of a full disk once, not five times.
    pub fn warn_once(&self, message: &str) {
        if !self.told.swap(true, Ordering::Relaxed) {
            self.say(message);
        }
    }

    /// Says `warning: {message}`.
    pub fn say(&self, message: &str) {
        if self.quiet {
            if let Ok(mut kept) = self.kept.lock() {
                kept.push(message.to_owned());
            }
            return;
        }
        let line = format!("warning: {message}\n");
        // Past the lock of `Stderr`, which a thread may hold that writes to a full pipe. A closed
        // or full standard error is no reason to do anything else.
        let _ = wait::write_within(std::io::stderr(), line.as_bytes(), PATIENCE);
    }

    /// What a quiet trap was told.
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        self.kept.lock().map(|kept| kept.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_contained() {
        assert_eq!(contained(|| 1), Some(1));
        assert_eq!(contained(|| std::panic::resume_unwind(Box::new(is_containing()))), None::<()>);
        assert!(contained(is_containing).unwrap_or_default());
        assert!(!is_containing());
    }

    #[test]
    fn a_second_warning_is_not_given() {
        let trap = Trap::quiet();
        trap.warn_once("first");
        trap.warn_once("second");
        assert_eq!(trap.kept(), ["first"]);
    }
}
