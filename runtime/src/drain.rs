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
    frame::{Decoded, Frame},
    health::Counters,
    record::{Category, Level},
    render::{Line, Notice, Renderer},
    sink::Extra,
    wait,
};

/// Where lines go.
pub trait Files: fmt::Debug + Send + Sync {
    /// Appends whole lines to the file of a category; a failure is counted there. Whether they are
    /// where a reader of files finds them.
    fn append(&self, category: Category, lines: &[Line], now: Timestamp) -> bool;

    /// Whether all categories are one stream; then a record is one line in it.
    fn is_one_stream(&self) -> bool {
        false
    }
}

/// In this order: the category that a record has in one stream is the first that takes it.
const IN_ONE_STREAM: [Category; 5] =
    [Category::Audit, Category::Performance, Category::Error, Category::System, Category::Debug];

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
        wait::look_at_process();
        // The lines of a file are in the order of their appending; a rotation decides by the
        // time of the append, not by the start of what the record tells of.
        let now = Timestamp::now();
        let mut everything = self.extra.as_ref();
        let mut written = false;
        if self.files.is_one_stream() {
            let of_record = |category: &Category| self.routes(&record, *category);
            let Some(category) = IN_ONE_STREAM.into_iter().find(of_record) else { return false };
            let (appended, also) = self.write(&record, category, &mut everything, now);
            return appended || also;
        }
        // Backwards, so that the extra file gets the line of the most particular category.
        for category in Category::ALL.into_iter().rev() {
            if self.routes(&record, category) {
                let (appended, also) = self.write(&record, category, &mut everything, now);
                written |= also || appended && category == record.site.category;
            }
        }
        written
    }

    /// Writes the line of a record in one category, and into the extra file where that has none
    /// yet; whether it is in the one and in the other.
    fn write(
        &self,
        record: &Decoded<'_>,
        category: Category,
        everything: &mut Option<&Extra>,
        now: Timestamp,
    ) -> (bool, bool) {
        let (line, shortened) = self.renderer.of_process(wait::process()).line(record, category);
        self.counters.lines_shortened.add(u64::from(shortened));
        let also = everything.take().is_some_and(|extra| extra.append(&line));
        (self.files.append(category, &[line], now), also)
    }

    /// Writes a line of the runtime itself, if its category takes it; tells whether it does.
    pub fn notice(&self, notice: &Notice<'_>) -> bool {
        let taken = self.gate.takes(notice.category, notice.level);
        if taken {
            let now = Timestamp::now();
            let line = self.renderer.of_process(wait::look_at_process()).notice(notice, now);
            self.files.append(notice.category, &[line], now);
        }
        taken
    }

    /// What the files take.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Counts a record that could not be drained.
    pub fn lost(&self) {
        self.counters.lines_lost.add_one();
    }

    /// Whether the record goes into the file of `category`.
    fn routes(&self, record: &Decoded<'_>, category: Category) -> bool {
        let failed = record.outcome.is_some_and(crate::record::Outcome::is_error);
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
    use crate::{
        record::{Callsite, Outcome},
        render::Origin,
    };

    #[derive(Debug, Default)]
    struct Memory(Mutex<Vec<(Category, Line)>>);

    impl Files for Memory {
        fn append(&self, category: Category, lines: &[Line], _now: Timestamp) -> bool {
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
