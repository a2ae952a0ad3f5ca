//! The one place where frames become lines and lines go to their files.
//!
//! Render and append are separate steps with nothing between them yet: sealing of audit lines
//! belongs there.

mod rendered;

pub use rendered::Rendered;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Instant,
};

use crate::{
    clock::{Anchor, Timestamp},
    frame::{Decoded, Frame, Ticket},
    health::{Counters, Health},
    record::{Callsite, Category, Lasts, Level},
    render::{Line, Notice, Renderer},
    sink::{Extra, Owed, Spot},
    wait,
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

    /// The same for a line whose call asks for another durability than the category has.
    fn append_lasting(
        &self,
        category: Category,
        line: Line,
        now: Timestamp,
        _lasts: Lasts,
    ) -> bool {
        self.append(category, &[line], now, &mut |_| {})
    }

    /// What is to be on the disk within a time, and is not yet.
    fn owed(&self) -> Owed {
        Owed::default()
    }

    /// Whether all categories are one stream; then a record is one line in it.
    fn is_one_stream(&self) -> bool {
        false
    }
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
    pub site: &'static Callsite,
    /// The bytes of its frame.
    pub bytes: &'a [u8],
    /// Where it goes.
    pub route: Route,
    /// What tells it from others.
    pub ticket: Ticket,
    /// What the readings in its frame mean.
    pub anchor: &'a Anchor,
}

impl<'a> Parcel<'a> {
    /// None where its bytes are no frame.
    #[inline]
    fn record(&self) -> Option<Decoded<'a>> {
        let mut record = Decoded::at(self.site, self.bytes, self.anchor)?;
        record.ticket = Some(self.ticket);
        Some(record)
    }
}

/// What a drain of parcels asks and tells.
pub trait Batch {
    /// Whether the record is still to be written into the file of the category.
    fn wants(&self, category: Category, ticket: Ticket) -> bool;

    /// Where the lines of the category are about to be written.
    fn begins(&self, category: Category, spot: Spot);
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
    losses: AtomicU64,
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
        Self {
            files,
            renderer,
            counters,
            gate: Gate::new(&thresholds),
            extra: None,
            losses: AtomicU64::new(0),
        }
    }

    /// Writes each record into one more file as well.
    #[must_use]
    pub fn with_extra(self, extra: Option<Extra>) -> Self {
        Self { extra, ..self }
    }

    /// Writes the record of a frame into each file it belongs to; whether it is in that of its own
    /// category.
    pub fn take(&self, frame: &Frame) -> bool {
        let anchor = Anchor::now();
        let record = Decoded::at(frame.site(), frame.bytes(), &anchor);
        let Some(record) = record else { return false };
        wait::look_at_process();
        // The lines of a file are in the order of their appending; a rotation decides by the
        // time of the append, not by the start of what the record tells of.
        let now = anchor.time;
        let route = self.route(frame);
        let mut everything = self.extra.as_ref();
        let mut written = false;
        if self.files.is_one_stream() {
            let of_record = |category: &Category| route.has(*category);
            let Some(category) = IN_ONE_STREAM.into_iter().find(of_record) else { return false };
            let (appended, also) = self.write(&record, category, &mut everything, now);
            return appended || also;
        }
        // Backwards, so that the extra file gets the line of the most particular category.
        for category in Category::ALL.into_iter().rev() {
            if route.has(category) {
                let (appended, also) = self.write(&record, category, &mut everything, now);
                written |= also || appended && category == record.site.category;
            }
        }
        written
    }

    /// Writes records out of a spool, a batch for each category; whether all of them are where they
    /// belong.
    pub fn take_all(&self, parcels: &[Parcel<'_>], batch: &dyn Batch) -> bool {
        self.append_all(&self.render_all(parcels, batch, Rendered::default()), batch)
    }

    /// Makes lines of records out of a spool, in the place of lines that were written. Sealing of
    /// audit lines has its place behind it.
    pub fn render_all(
        &self,
        parcels: &[Parcel<'_>],
        batch: &dyn Batch,
        spent: Rendered,
    ) -> Rendered {
        wait::look_at_process();
        let mut rendered = spent.emptied();
        for parcel in parcels {
            let Some(record) = parcel.record() else { continue };
            for (category, lines) in Category::ALL.into_iter().zip(&mut rendered.0) {
                let is_wanted = parcel.route.has(category) && batch.wants(category, parcel.ticket);
                if is_wanted && lines.add(&self.renderer, &record, category) {
                    self.counters.lines_shortened.add_one();
                }
            }
        }
        rendered
    }

    /// Writes those lines; whether all of them are where they belong.
    pub fn append_all(&self, Rendered(lines): &Rendered, batch: &dyn Batch) -> bool {
        let now = Timestamp::now();
        let mut written = true;
        for (category, lines) in Category::ALL.into_iter().zip(lines).rev() {
            let lines = lines.as_slice();
            if !lines.is_empty() {
                let mut begins = |spot| batch.begins(category, spot);
                written &= self.files.append(category, lines, now, &mut begins);
            }
        }
        written
    }

    /// Where a record goes at present.
    #[inline]
    #[must_use]
    pub fn route(&self, frame: &Frame) -> Route {
        let takes = |category: Category, level| {
            u8::from(self.gate.takes(category, level)) << category.index()
        };
        Route(match frame.site().category {
            // What was audited does not depend on a level.
            Category::Audit => {
                let also =
                    if frame.has_failed() { takes(Category::Error, Level::Error) } else { 0 };
                takes(Category::Audit, Level::Error) | also
            }
            Category::Performance => takes(Category::Performance, frame.level()),
            _ => {
                let level = frame.level();
                takes(Category::System, level)
                    | takes(Category::Debug, level)
                    | takes(Category::Error, level)
            }
        })
    }

    /// Whether each record also goes into one more file.
    #[must_use]
    pub fn has_extra(&self) -> bool {
        self.extra.is_some()
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
        let appended = match record.site.lasts.filter(|_| category == record.site.category) {
            Some(lasts) => self.files.append_lasting(category, line, now, lasts),
            None => self.files.append(category, &[line], now, &mut |_| {}),
        };
        (appended, also)
    }

    /// Writes a line of the runtime itself, if its category takes it; tells whether it does.
    pub fn notice(&self, notice: &Notice<'_>) -> bool {
        let taken = self.gate.takes(notice.category, notice.level);
        if taken {
            let now = Timestamp::now();
            let line = self.renderer.of_process(wait::look_at_process()).notice(notice, now);
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

    /// Says whether what is in the spool is written at all.
    pub fn spool_stuck(&self, stuck: bool) {
        let wrong = stuck.then(|| "its records are not being written".to_owned());
        self.counters.conditions.set("spool", wrong);
    }

    /// What was counted, and how things are at the moment.
    pub fn health(&self) -> Health {
        let owed = self.files.owed();
        self.counters.unsynced_lines.set(owed.lines);
        let millis = owed.age(Instant::now()).as_millis();
        self.counters.unsynced_ms.set(u64::try_from(millis).unwrap_or(u64::MAX));
        self.counters.snapshot()
    }

    /// Counts that the spool was taken away or cut.
    pub fn spool_gone(&self) {
        self.counters.spools_gone.add_one();
    }

    /// Counts records that could not be drained.
    pub fn lost(&self, records: u64) {
        self.counters.lines_lost.add(records);
        self.losses.fetch_add(records, Ordering::Relaxed);
    }

    /// How many there were.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.losses.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
