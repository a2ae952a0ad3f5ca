//! Timing without an attribute.

use std::{cell::RefCell, collections::BTreeMap};

use super::{Callsite, Category, Ending, Level, Outcome, Site, Timed};
use crate::{
    handoff,
    timing::{Known, Names},
};

static TIMERS: Names<Site> = Names::new();

thread_local! {
    static KNOWN: Known<Site> = const { RefCell::new(BTreeMap::new()) };
}

/// Runs until it is dropped; then it is written, or counted, as a call of a `#[timed]` function.
#[must_use = "it ends when it is dropped; bind it to a name"]
#[derive(Debug)]
pub struct Timer(Option<Timed>);

/// Times from here until the timer is dropped, as the operation of that name.
///
/// A thread locks the first time it uses a name, and looks it up in a table of its own after that.
/// While timing is off a timer costs one load.
///
/// ```
/// let _logs = audit_runtime::builder("shop").profile(audit_runtime::Profile::Test).init();
/// let timer = audit_runtime::timer("parse");
/// match "12".parse::<u32>() {
///     Ok(_) => drop(timer),
///     Err(_) => timer.fail(),
/// }
/// ```
pub fn timer(name: &'static str) -> Timer {
    if !handoff::takes(Category::Performance, Level::Info) {
        return Timer(None);
    }
    let site = TIMERS.of(&KNOWN, name, || {
        Site::new(Callsite {
            category: Category::Performance,
            level: Level::Info,
            event: "timing",
            operation: name,
            component: "timer",
            ..Callsite::BLANK
        })
    });
    Timer(Some(Timed::enter(site, Level::Info)))
}

impl Timer {
    /// Ends it: what it timed has failed.
    pub fn fail(self) {
        if let Some(timed) = self.0 {
            timed.done(Ending::of(Outcome::Failure));
        }
    }
}
