//! The roads by which a frame gets from its caller to the drain.
//!
//! A process has one [`Road`], installed once. Before that nothing is recorded, and asking whether
//! a record is wanted costs one relaxed load.

mod direct;
mod spool;

use std::sync::OnceLock;

use crate::{
    context::Context,
    drain::{Drain, Gate, Thresholds},
    frame::{Capture, Frame},
    record::{Category, Level},
};

static ROAD: OnceLock<Road> = OnceLock::new();

/// What is wanted of this process; asked before anything is captured.
static GATE: Gate = Gate::closed();

/// The way of this process's records: what captures them, and the drain behind.
#[derive(Debug)]
pub struct Road {
    capture: Capture,
    drain: Drain,
    defaults: Context,
}

impl Road {
    /// A road into `drain`; records take from `defaults` what neither their call site nor their
    /// context gives.
    #[must_use]
    pub fn new(capture: Capture, drain: Drain, defaults: Context) -> Self {
        Self { capture, drain, defaults }
    }

    /// What capturing a value needs.
    #[must_use]
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// Adds to a frame what it lacks of the current context.
    pub fn ambient(&self, frame: &mut Frame) {
        self.ambient_of(&Context::current(), frame);
    }

    /// Adds to a frame what it lacks of a context.
    pub fn ambient_of(&self, context: &Context, frame: &mut Frame) {
        context.fill(&self.capture, frame, &self.defaults);
    }

    /// Hands a frame to the drain; it is in its files, or counted as lost, when this returns.
    /// Whether it is in the file of its category, or in a fallback of it.
    pub fn hand_off(&self, frame: Frame) -> bool {
        direct::hand_off(&self.drain, frame)
    }

    /// The drain, for lines of the runtime itself.
    pub fn drain(&self) -> &Drain {
        &self.drain
    }
}

/// The road of this process, once it is installed.
#[must_use]
pub fn current() -> Option<&'static Road> {
    ROAD.get()
}

/// Installs the road of this process; `None` when it has one already.
pub fn install(road: Road, thresholds: &Thresholds) -> Option<&'static Road> {
    ROAD.set(road).ok()?;
    GATE.set(thresholds);
    ROAD.get()
}

/// Changes what is wanted of this process.
pub fn change(road: &Road, thresholds: &Thresholds) {
    road.drain.gate().set(thresholds);
    GATE.set(thresholds);
}

/// Whether records of this category and level are wanted; for audit the level does not count.
#[inline]
#[must_use]
pub fn takes(category: Category, level: Level) -> bool {
    // What is below the compiled level is decided by the compiler.
    (matches!(category, Category::Audit) || level.is_compiled()) && GATE.takes(category, level)
}
