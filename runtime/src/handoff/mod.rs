//! The roads by which a frame gets from its caller to the drain.
//!
//! A process has one [`Road`], installed once. Before that nothing is recorded, and asking whether
//! a record is wanted costs one relaxed load.

mod direct;
mod spool;

use std::{
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

#[cfg(any(test, fuzzing))]
pub use spool::fuzz;
pub use spool::{About, Recovery, Wish, recover};
use spool::{Promotion, Pushed, Reach};

use crate::{
    context::Context,
    drain::{Drain, Gate, Route, Thresholds},
    frame::{Capture, Frame},
    record::{Category, Level},
    trap,
};

static ROAD: OnceLock<Road> = OnceLock::new();

/// What is wanted of this process; asked before anything is captured.
static GATE: Gate = Gate::closed();

/// The way of this process's records: what captures them, and the drain behind.
#[derive(Debug)]
pub struct Road {
    capture: Capture,
    drain: Arc<Drain>,
    defaults: Context,
    promotion: Promotion,
    /// The categories that are written directly: their callers want more than a spool can give.
    direct: AtomicU8,
}

/// What was handed off by a moment.
#[derive(Clone, Debug, Default)]
pub struct Handed(Reach);

/// How long a record waits for room in the spool, and for those before it when it is too long for
/// the spool; then it is written directly. While the drain does not get on, one record waits for
/// all.
const ROOM: Duration = Duration::from_millis(100);

impl Road {
    /// A road into `drain`; records take from `defaults` what neither their call site nor their
    /// context gives.
    #[must_use]
    pub fn new(capture: Capture, drain: Drain, defaults: Context) -> Self {
        let promotion = Promotion::new(None);
        Self { capture, drain: Arc::new(drain), defaults, promotion, direct: AtomicU8::new(0) }
    }

    /// The same with a spool when its time comes. One more file that takes every record cannot be
    /// had as well.
    #[must_use]
    pub fn with_spool(self, wish: Option<Wish>) -> Self {
        let wish = wish.filter(|_| !self.drain.has_extra());
        Self { promotion: Promotion::new(wish), ..self }
    }

    /// Has what goes to one of these categories written directly from now on.
    pub fn set_direct(&self, categories: Route) {
        self.direct.store(categories.0, Ordering::Relaxed);
    }

    /// What capturing a value needs.
    #[must_use]
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// Adds to a frame what it lacks of the current context.
    pub fn ambient(&self, frame: &mut Frame) {
        Context::fill_current(&self.capture, frame, &self.defaults);
    }

    /// Adds to a frame what it lacks of a context.
    pub fn ambient_of(&self, context: &Context, frame: &mut Frame) {
        context.fill(&self.capture, frame, &self.defaults);
    }

    /// Hands a frame off: it is in its files, or in the spool, or counted as lost when this returns.
    pub fn hand_off(&self, frame: &Frame) {
        let Some(spool) = self.promotion.get(&self.drain) else {
            direct::hand_off(&self.drain, frame);
            return;
        };
        let route = self.drain.route(frame);
        if route == Route::default() {
            return;
        }
        if route.meets(Route(self.direct.load(Ordering::Relaxed))) {
            direct::hand_off(&self.drain, frame);
            return;
        }
        let push = || spool.push(frame.site(), frame.bytes(), route);
        let mut pushed = push();
        if pushed == Pushed::Full {
            pushed = spool.help(&self.drain, ROOM, push);
        }
        match pushed {
            Pushed::Taken => return,
            Pushed::Full | Pushed::Gone => {}
            Pushed::Refused => {
                // What the thread handed off before comes first, if that does not take long.
                let _ = spool.catch_up(&self.drain, ROOM);
            }
        }
        direct::hand_off(&self.drain, frame);
    }

    /// Writes a frame into its files at once; whether it is in the file of its category, or in a
    /// fallback of it.
    pub fn write(&self, frame: &Frame) -> bool {
        direct::hand_off(&self.drain, frame)
    }

    /// The number of the spool, where there is one.
    #[must_use]
    pub fn spool_id(&self) -> Option<u64> {
        self.promotion.present().map(spool::Spool::id)
    }

    /// Writes what waits in the spool into its files; whether nothing is left within that time.
    pub fn flush(&self, within: Duration) -> bool {
        self.promotion.present().is_none_or(|spool| spool.flush(&self.drain, within))
    }

    /// What was handed off so far.
    pub fn handed(&self) -> Handed {
        Handed(self.promotion.present().map(spool::Spool::reach).unwrap_or_default())
    }

    /// Whether all of that is in its files, or was given up.
    #[must_use]
    pub fn is_drained(&self, handed: &Handed) -> bool {
        self.promotion.present().is_none_or(|spool| spool.has_reached(&handed.0))
    }

    /// Writes it into its files; whether that is done by the deadline.
    pub fn drain_to(&self, handed: &Handed, deadline: Instant) -> bool {
        let spool = self.promotion.present();
        spool.is_none_or(|spool| spool.drain_to(&self.drain, &handed.0, deadline))
    }

    /// Ends the spool: what waits is written into its files, within that time. What is left the
    /// next process brings there.
    pub fn finish(&self, within: Duration) {
        self.promotion.end();
        if let Some(spool) = self.promotion.present() {
            spool.finish(&self.drain, within);
        }
    }

    /// The drain, for lines of the runtime itself.
    pub fn drain(&self) -> &Drain {
        &self.drain
    }
}

/// Brings the records of processes that were killed into the files of a directory, as each process
/// does at its start. No process needs to be running there.
///
/// # Errors
///
/// Where the directory cannot be read.
pub fn recover_spools(logs: &Path) -> std::io::Result<Recovery> {
    recover(logs, current().and_then(Road::spool_id), &Arc::default())
}

/// Whether a directory of log files has spools that may be those of dead processes.
#[must_use]
pub fn has_spools(logs: &Path) -> bool {
    spool::has_any(logs, None)
}

/// The road of this process, once it is installed.
#[must_use]
pub fn current() -> Option<&'static Road> {
    ROAD.get()
}

/// How deep values that are written may make records in turn.
const MAX_DEPTH: u32 = 16;

/// The road for one more record; none, and it is counted, where a value that is written makes
/// records in turn without end.
#[must_use]
pub fn for_record() -> Option<&'static Road> {
    let road = current()?;
    if trap::depth() <= MAX_DEPTH {
        return Some(road);
    }
    road.capture().counters.calls_too_deep.add_one();
    None
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
