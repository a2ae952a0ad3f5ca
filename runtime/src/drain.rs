//! The one place where frames become lines and lines go to their files.
//!
//! Render and append are separate steps with nothing between them yet: sealing of audit lines
//! belongs there.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{
    clock::Timestamp,
    frame::{Decoded, Frame, Ticket},
    health::Counters,
    record::{Callsite, Category, Level, Outcome},
    render::{Line, Notice, Renderer},
    sink::{Extra, Spot},
};

/// Where lines go.
pub trait Files: fmt::Debug + Send + Sync {
    /// Appends whole lines to the file of a category; a failure is counted there. Whether they are
    /// where a reader of files finds them. `begins` is told where in the category's own file, before
    /// anything is written.
    fn append(
        &self,
        category: Category,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> bool;
}

/// The categories a record goes to: a bit for each, in the order of [`Category::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Route(pub u8);

impl Route {
    /// The categories that are wanted.
    #[must_use]
    pub fn to(wanted: impl Fn(Category) -> bool) -> Self {
        Category::ALL.into_iter().fold(Self::default(), |Self(route), category| {
            Self(route | u8::from(wanted(category)) << category.index())
        })
    }

    /// Whether it goes to one of those.
    #[must_use]
    pub const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether it goes to that one.
    #[must_use]
    pub const fn has(self, category: Category) -> bool {
        self.0 >> category.index() & 1 == 1
    }
}

/// A record out of a spool.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// Its call site.
    pub site: &'a Callsite,
    /// The bytes of its frame.
    pub bytes: &'a [u8],
    /// Where it goes.
    pub route: Route,
    /// What tells it from others.
    pub ticket: Ticket,
}

/// What a drain of parcels asks and tells.
pub trait Batch {
    /// Whether the record is still to be written into the file of the category.
    fn wants(&self, category: Category, ticket: Ticket) -> bool;

    /// Where the lines of the category are about to be written.
    fn begins(&self, category: Category, spot: Spot);
}

/// The least level each category takes; `None` where it is off.
pub type Thresholds = [Option<Level>; 5];

/// The thresholds as they are at the moment; they change while the program runs.
///
/// One bit for each level of each category, so that asking is one test of one word. The bits of
/// audit are set or clear together: for it the level does not count.
#[derive(Debug)]
pub struct Gate(AtomicU32);

impl Gate {
    /// A gate that takes nothing.
    #[must_use]
    pub const fn closed() -> Self {
        Self(AtomicU32::new(0))
    }

    /// A gate with those thresholds.
    #[must_use]
    pub fn new(thresholds: &Thresholds) -> Self {
        let gate = Self::closed();
        gate.set(thresholds);
        gate
    }

    /// Changes the thresholds, all at once.
    pub fn set(&self, thresholds: &Thresholds) {
        let mut bits = 0;
        for (category, least) in Category::ALL.into_iter().zip(thresholds) {
            for level in Level::ALL {
                let takes =
                    least.is_some_and(|least| category == Category::Audit || level >= least);
                bits |= u32::from(takes) << place(category, level);
            }
        }
        self.0.store(bits, Ordering::Relaxed);
    }

    /// Whether records of this category and level are wanted; for audit the level does not count.
    #[inline]
    #[must_use]
    pub fn takes(&self, category: Category, level: Level) -> bool {
        self.0.load(Ordering::Relaxed) & 1 << place(category, level) != 0
    }
}

/// The bit of a category and level.
#[inline]
const fn place(category: Category, level: Level) -> usize {
    category.index() * Level::ALL.len() + level as usize
}

/// Renders frames and appends their lines.
#[derive(Debug)]
pub struct Drain {
    files: Arc<dyn Files>,
    renderer: Arc<Renderer>,
    counters: Arc<Counters>,
    gate: Gate,
    extra: Option<Extra>,
}

impl Drain {
    /// A drain into `files`.
    #[must_use]
    pub fn new(
        files: Arc<dyn Files>,
        renderer: Arc<Renderer>,
        counters: Arc<Counters>,
        thresholds: Thresholds,
    ) -> Self {
        Self { files, renderer, counters, gate: Gate::new(&thresholds), extra: None }
    }

    /// Writes each record into one more file as well.
    #[must_use]
    pub fn with_extra(self, extra: Option<Extra>) -> Self {
        Self { extra, ..self }
    }

    /// Writes the record of a frame into each file it belongs to; whether it is in that of its own
    /// category.
    pub fn take(&self, frame: &Frame) -> bool {
        let Some(record) = Decoded::new(frame.site(), frame.bytes()) else { return false };
        // The lines of a file are in the order of their appending; a rotation decides by the
        // time of the append, not by the start of what the record tells of.
        let now = Timestamp::now();
        let mut everything = self.extra.as_ref();
        let mut written = false;
        // Backwards, so that the extra file gets the line of the most particular category.
        for category in Category::ALL.into_iter().rev() {
            if self.routes(&record, category) {
                let (line, shortened) = self.renderer.line(&record, category);
                self.counters.lines_shortened.add(u64::from(shortened));
                if let Some(extra) = everything.take() {
                    written |= extra.append(&line);
                }
                let appended = self.files.append(category, &[line], now, &mut |_| {});
                written |= appended && category == record.site.category;
            }
        }
        written
    }

    /// Writes records out of a spool, a batch for each category; whether all of them are where they
    /// belong. Sealing of audit lines has its place between the two steps.
    pub fn take_all(&self, parcels: &[Parcel<'_>], batch: &dyn Batch) -> bool {
        let now = Timestamp::now();
        let mut written = true;
        for category in Category::ALL.into_iter().rev() {
            let wanted = parcels
                .iter()
                .filter(|it| it.route.has(category) && batch.wants(category, it.ticket));
            let lines: Vec<Line> = wanted.filter_map(|it| self.render(it, category)).collect();
            if !lines.is_empty() {
                let mut begins = |spot| batch.begins(category, spot);
                written &= self.files.append(category, &lines, now, &mut begins);
            }
        }
        written
    }

    fn render(&self, parcel: &Parcel<'_>, category: Category) -> Option<Line> {
        let mut record = Decoded::new(parcel.site, parcel.bytes)?;
        record.ticket = Some(parcel.ticket);
        let (line, shortened) = self.renderer.line(&record, category);
        self.counters.lines_shortened.add(u64::from(shortened));
        Some(line)
    }

    /// Where a record goes at present.
    #[must_use]
    pub fn route(&self, frame: &Frame) -> Route {
        let Some(record) = Decoded::new(frame.site(), frame.bytes()) else {
            return Route::default();
        };
        Route::to(|category| self.routes(&record, category))
    }

    /// Whether each record also goes into one more file.
    #[must_use]
    pub fn has_extra(&self) -> bool {
        self.extra.is_some()
    }

    /// Writes a line of the runtime itself, if its category takes it; tells whether it does.
    pub fn notice(&self, notice: &Notice<'_>) -> bool {
        let taken = self.gate.takes(notice.category, notice.level);
        if taken {
            let now = Timestamp::now();
            let line = self.renderer.notice(notice, now);
            self.files.append(notice.category, &[line], now, &mut |_| {});
        }
        taken
    }

    /// What the files take.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Counts that there is no spool.
    pub fn spool_refused(&self) {
        self.counters.spool_refused.add_one();
    }

    /// Counts a record that could not be drained.
    pub fn lost(&self) {
        self.counters.lines_lost.add_one();
    }

    /// Whether the record goes into the file of `category`.
    fn routes(&self, record: &Decoded<'_>, category: Category) -> bool {
        let failed = record.outcome.is_some_and(Outcome::is_error);
        match (record.site.category, category) {
            // What was audited does not depend on a level.
            (Category::Audit, Category::Audit) => self.gate.takes(category, record.level),
            (Category::Audit, Category::Error) => failed && self.gate.takes(category, Level::Error),
            (Category::Performance, Category::Performance) => {
                self.gate.takes(category, record.level)
            }
            (Category::Audit | Category::Performance, _)
            | (_, Category::Audit | Category::Performance) => false,
            (_, Category::System | Category::Debug | Category::Error) => {
                self.gate.takes(category, record.level)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::render::Origin;

    #[derive(Debug, Default)]
    struct Memory(Mutex<Vec<(Category, Line)>>);

    impl Files for Memory {
        fn append(
            &self,
            category: Category,
            lines: &[Line],
            _now: Timestamp,
            _begins: &mut dyn FnMut(Spot),
        ) -> bool {
            let mut kept = self.0.lock().expect("not poisoned");
            kept.extend(lines.iter().map(|line| (category, line.clone())));
            true
        }
    }

    const fn site(category: Category) -> Callsite {
        Callsite {
            category,
            level: Level::Info,
            event: "operation",
            operation: "MOVE",
            component: "tests",
            ..Callsite::BLANK
        }
    }

    static AUDIT: Callsite = site(Category::Audit);
    static SYSTEM: Callsite = site(Category::System);
    static PERFORMANCE: Callsite = site(Category::Performance);

    fn routed(
        site: &'static Callsite,
        level: Level,
        outcome: Option<Outcome>,
        thresholds: Thresholds,
    ) -> Vec<Category> {
        let memory = Arc::new(Memory::default());
        let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
        let drain = Drain::new(memory.clone(), renderer, Arc::default(), thresholds);
        let mut frame = Frame::new(site, Timestamp(0));
        frame.set_level(level);
        if let Some(outcome) = outcome {
            frame.set_outcome(outcome);
        }
        let written = drain.take(&frame);
        let kept = memory.0.lock().expect("not poisoned");
        for (category, line) in kept.iter() {
            let json: serde_json::Value = serde_json::from_str(line.as_str()).expect("JSON");
            assert_eq!(json["category"], category.name());
        }
        assert_eq!(written, kept.iter().any(|(category, _)| *category == site.category));
        kept.iter().map(|(category, _)| *category).collect()
    }

    /// `debug`, `info`, `error`, on, on: the thresholds of the development profile.
    const DEV: Thresholds = [
        Some(Level::Info),
        Some(Level::Debug),
        Some(Level::Error),
        Some(Level::Trace),
        Some(Level::Info),
    ];

    #[test]
    fn ordinary_events_go_by_their_level() {
        use Category::{Debug, Error, System};
        let of = |level| routed(&SYSTEM, level, None, DEV);
        assert_eq!(of(Level::Trace), []);
        assert_eq!(of(Level::Debug), [Debug]);
        assert_eq!(of(Level::Warn), [Debug, System]);
        assert_eq!(of(Level::Error), [Error, Debug, System]);
    }

    #[test]
    fn a_failed_operation_is_in_the_error_file_too() {
        let of = |outcome| routed(&AUDIT, Level::Info, Some(outcome), DEV);
        assert_eq!(of(Outcome::Success), [Category::Audit]);
        assert_eq!(of(Outcome::Denied), [Category::Audit]);
        assert_eq!(of(Outcome::Failure), [Category::Audit, Category::Error]);
        assert_eq!(of(Outcome::Panicked), [Category::Audit, Category::Error]);
    }

    #[test]
    fn a_category_that_is_off_gets_nothing() {
        let mut thresholds = DEV;
        thresholds[Category::Audit.index()] = None;
        thresholds[Category::Performance.index()] = Some(Level::Warn);
        assert_eq!(routed(&AUDIT, Level::Info, Some(Outcome::Success), thresholds), []);
        assert_eq!(routed(&PERFORMANCE, Level::Info, None, thresholds), []);
        assert_eq!(routed(&PERFORMANCE, Level::Warn, None, thresholds), [Category::Performance]);
    }

    #[test]
    fn a_gate_takes_what_its_thresholds_say() {
        let gate = Gate::closed();
        let open = || {
            Category::ALL
                .map(|category| Level::ALL.into_iter().find(|level| gate.takes(category, *level)))
        };
        assert_eq!(open(), [None; 5]);
        for thresholds in [DEV, [None, Some(Level::Error), None, None, Some(Level::Trace)]] {
            gate.set(&thresholds);
            assert_eq!(open(), thresholds);
        }
    }
}
