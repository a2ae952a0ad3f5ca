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
    record::{Category, Lasts, Level},
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
    /// Those of them where that is so whatever a call site asks for.
    firm: AtomicU8,
    /// The categories of audited calls that ended well, of sites that ask for nothing; none where
    /// they are not left in the spool.
    audited: AtomicU8,
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
        let [direct, firm, audited] = [const { AtomicU8::new(0) }; 3];
        let drain = Arc::new(drain);
        let road = Self { capture, drain, defaults, promotion, direct, firm, audited };
        road.settle();
        road
    }

    /// The same with a spool when its time comes. One more file that takes every record cannot be
    /// had as well.
    #[must_use]
    pub fn with_spool(self, wish: Option<Wish>) -> Self {
        let wish = wish.filter(|_| !self.drain.has_extra());
        Self { promotion: Promotion::new(wish), ..self }
    }

    /// Has what goes to one of these categories written directly from now on; to one of the `firm`
    /// ones also where a call site asks for less.
    pub fn set_direct(&self, categories: Route, firm: Route) {
        self.direct.store(categories.0 | firm.0, Ordering::Relaxed);
        self.firm.store(firm.0, Ordering::Relaxed);
        self.settle();
    }

    /// Changes what is wanted of it.
    fn set(&self, thresholds: Thresholds) {
        self.drain.gate().set(&thresholds);
        self.settle();
    }

    /// Finds out where audited calls go from now on. Whoever changes that does so one after the
    /// other.
    fn settle(&self) {
        let takes = self.drain.gate().takes(Category::Audit, Level::Error);
        let route = Route::to(|category| category == Category::Audit && takes);
        let is_direct = route.meets(Route(self.direct.load(Ordering::Relaxed)));
        self.audited.store(if is_direct { 0 } else { route.0 }, Ordering::Relaxed);
    }

    /// What capturing a value needs.
    #[must_use]
    #[inline]
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// Adds to a frame what it lacks of the current context.
    #[inline]
    pub fn ambient(&self, frame: &mut Frame) {
        Context::fill_current(&self.capture, frame, &self.defaults);
    }

    /// Adds to a frame what it lacks of a context.
    pub fn ambient_of(&self, context: &Context, frame: &mut Frame) {
        context.fill(&self.capture, frame, &self.defaults);
    }

    /// Hands a frame off: it is in its files, or in the spool, or counted as lost when this returns.
    pub fn hand_off(&self, frame: &Frame) {
        let pushed = self.push(frame);
        if pushed != Some(Pushed::Taken) {
            self.hand_off_otherwise(frame, pushed);
        }
    }

    /// The same for an audited call that ended well, whose site asks for nothing.
    #[expect(
        clippy::inline_always,
        reason = "the end of a call is one piece, down to the store that publishes its record"
    )]
    #[inline(always)]
    pub fn hand_off_audited(&self, frame: &Frame) {
        let route = Route(self.audited.load(Ordering::Relaxed));
        if route != Route::default()
            && let Some(spool) = self.promotion.present()
        {
            let pushed = spool.push_audited(frame.site(), frame.bytes(), route);
            if pushed != Pushed::Taken {
                self.hand_off_otherwise(frame, Some(pushed));
            }
            return;
        }
        self.hand_off(frame);
    }

    /// Leaves a frame in the spool, if it is to go anywhere; `None` where it is to be written directly.
    #[inline(never)]
    fn push(&self, frame: &Frame) -> Option<Pushed> {
        let spool = self.promotion.get(&self.drain)?;
        let route = self.drain.route(frame);
        if route == Route::default() {
            return Some(Pushed::Taken);
        }
        let asked = frame.site().lasts;
        if asked.is_some_and(|lasts| lasts != Lasts::Spooled) {
            return Some(Pushed::Refused);
        }
        let direct = if asked.is_some() { &self.firm } else { &self.direct };
        if route.meets(Route(direct.load(Ordering::Relaxed))) {
            return None;
        }
        Some(spool.push(frame.site(), frame.bytes(), route))
    }

    /// Hands a frame off that the spool did not take at once.
    #[cold]
    #[inline(never)]
    fn hand_off_otherwise(&self, frame: &Frame, pushed: Option<Pushed>) {
        if let (Some(mut pushed), Some(spool)) = (pushed, self.promotion.present()) {
            if pushed == Pushed::Full {
                let again = || self.push(frame).unwrap_or(Pushed::Gone);
                pushed = spool.help(&self.drain, ROOM, again);
            }
            match pushed {
                Pushed::Taken => return,
                Pushed::Full | Pushed::Gone => {}
                Pushed::Refused => {
                    // What the thread handed off before comes first, if that does not take long.
                    let _ = spool.catch_up(&self.drain, ROOM);
                }
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
#[inline]
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
    road.set(*thresholds);
    GATE.set(thresholds);
}

/// Whether records of this category and level are wanted; for audit the level does not count.
#[inline]
#[must_use]
pub fn takes(category: Category, level: Level) -> bool {
    // What is below the compiled level is decided by the compiler.
    (matches!(category, Category::Audit) || level.is_compiled()) && GATE.takes(category, level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Timestamp,
        drain::Files,
        redact::{KeyRules, PseudonymKey, Rules},
        render::{Line, Origin, Renderer},
        sink::Spot,
    };

    #[derive(Debug)]
    struct Nowhere;

    impl Files for Nowhere {
        fn append(
            &self,
            _category: Category,
            _lines: &[Line],
            _now: Timestamp,
            _begins: &mut dyn FnMut(Spot),
        ) -> bool {
            true
        }
    }

    #[test]
    fn audited_calls_are_left_in_the_spool_as_long_as_they_are_wanted_and_not_direct() {
        let audit = Route::to(|category| category == Category::Audit);
        let others = Route::to(|category| category != Category::Audit);
        let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
        let wanted = [Some(Level::Info); 5];
        let drain = Drain::new(Arc::new(Nowhere), renderer, Arc::default(), wanted);
        let rules = Rules::new(KeyRules::default(), PseudonymKey::new("key"));
        let capture = Capture { rules, counters: Arc::default() };
        let road = Road::new(capture, drain, Context::default());
        let left = || Route(road.audited.load(Ordering::Relaxed));
        assert_eq!(left(), audit);
        road.set_direct(audit, Route::default());
        assert_eq!(left(), Route::default());
        road.set_direct(others, audit);
        assert_eq!(left(), Route::default());
        road.set_direct(others, others);
        assert_eq!(left(), audit);
        road.set([None; 5]);
        assert_eq!(left(), Route::default());
        road.set(wanted);
        assert_eq!(left(), audit);
    }
}
