//! What all lines of a call site have in common, written once in each thread.
//!
//! Two runs of members depend on nothing but the call site, the process and how the call ended: those
//! behind the time, and those behind the context. They are nearly half of a line.

use std::{cell::RefCell, ptr};

use super::{Origin, json::written_key};
use crate::{
    frame::{Decoded, Phase},
    record::{Callsite, Category, Field, Level, Outcome},
};

/// How many call sites a thread remembers.
const REMEMBERED: usize = 64;
/// Longer runs are not kept.
const KEPT: usize = 2048;

/// All that the two runs are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    site: Callsite,
    /// Of the renderer; with the number of the process it tells its origin.
    renderer: u64,
    pid: u32,
    category: Category,
    level: Level,
    outcome: Option<Outcome>,
    phase: Phase,
}

/// The runs, and the keys of the call site's fields as they are written.
#[derive(Debug)]
pub(super) struct Runs {
    pub(super) head: String,
    pub(super) tail: String,
    pub(super) keys: Vec<String>,
    /// No two fields of one part have one key.
    pub(super) are_distinct: bool,
}

impl Runs {
    pub(super) fn new(site: &Callsite, head: String, tail: String) -> Self {
        let fields = site.fields;
        let repeats = |(at, field): (usize, &Field)| {
            fields.iter().skip(at + 1).any(|it| it.part == field.part && it.key == field.key)
        };
        let keys = fields.iter().map(|field| written_key(field.key)).collect();
        Self { head, tail, keys, are_distinct: !fields.iter().enumerate().any(repeats) }
    }

    fn size(&self) -> usize {
        self.head.len() + self.tail.len() + self.keys.iter().map(String::len).sum::<usize>()
    }
}

type Table = [Option<(Key, Runs)>; REMEMBERED];

thread_local! {
    static KNOWN: RefCell<Option<Box<Table>>> = const { RefCell::new(None) };
}

impl Key {
    pub(super) fn new(
        record: &Decoded<'_>,
        (renderer, origin): (u64, &Origin),
        category: Category,
    ) -> Self {
        Self {
            site: *record.site,
            renderer,
            pid: origin.pid,
            category,
            level: record.level,
            outcome: record.outcome,
            phase: record.phase,
        }
    }

    /// Where it stands: texts of a call site are there for ever, so that their place tells them.
    fn place(&self) -> usize {
        let text = if self.site.function.is_empty() { self.site.event } else { self.site.function };
        let outcome = self.outcome.map_or(0, |outcome| outcome as usize + 1);
        let line = self.site.line as usize;
        (text.as_ptr().addr() ^ line ^ outcome << 3 ^ self.category.index() << 4) % REMEMBERED
    }

    fn is(&self, other: &Self) -> bool {
        let Callsite { event, operation, component, message, function, file, line, .. } = self.site;
        let site = &other.site;
        let message = match (message, site.message) {
            (Some(a), Some(b)) => ptr::eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        line == site.line
            && ptr::eq(event, site.event)
            && ptr::eq(operation, site.operation)
            && ptr::eq(component, site.component)
            && ptr::eq(function, site.function)
            && ptr::eq(file, site.file)
            && message
            && (self.renderer, self.pid, self.category)
                == (other.renderer, other.pid, other.category)
            && (self.level, self.outcome, self.phase) == (other.level, other.outcome, other.phase)
    }
}

/// What `with` makes of the runs of that key; none where they are not known.
pub(super) fn with<T>(key: &Key, with: impl FnOnce(&Runs) -> T) -> Option<T> {
    let shown = KNOWN.try_with(|known| {
        let known = known.try_borrow().ok()?;
        let (kept, runs) = known.as_ref()?.get(key.place())?.as_ref()?;
        kept.is(key).then(|| with(runs))
    });
    // A thread that is ending knows none.
    shown.ok().flatten()
}

/// Keeps the runs of that key.
pub(super) fn keep(key: Key, runs: Runs) {
    if runs.size() > KEPT {
        return;
    }
    // As above.
    let _ = KNOWN.try_with(|known| {
        let Ok(mut known) = known.try_borrow_mut() else { return };
        let known = known.get_or_insert_with(|| Box::new([const { None }; REMEMBERED]));
        if let Some(place) = known.get_mut(key.place()) {
            *place = Some((key, runs));
        }
    });
}
