//! Where a call is counted.

use std::{
    cell::RefCell,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use super::{collector, entry::Entry, lock};
use crate::{clock::Timestamp, histogram::Cells, record::Callsite};

/// All sites that have counted a call, by number from 1; they live as long as the process.
static ENTRIES: Mutex<Vec<&'static Entry>> = Mutex::new(Vec::new());

thread_local! {
    /// The cells of this thread, by the number of their site.
    static MINE: RefCell<Vec<Option<Mine>>> = const { RefCell::new(Vec::new()) };
}

/// The cells of this thread for one site; given back when it ends.
struct Mine {
    entry: &'static Entry,
    cells: Arc<Cells>,
}

impl Drop for Mine {
    fn drop(&mut self) {
        self.entry.leave(&self.cells);
    }
}

/// The place of a site among those that count.
#[derive(Debug, Default)]
pub struct Slot {
    /// 0 until its first call.
    number: AtomicUsize,
}

impl Slot {
    /// A place that has no number yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { number: AtomicUsize::new(0) }
    }

    /// Counts a call of `site`, of whose calls one in `sample` is counted.
    #[inline]
    pub fn record(&self, site: &'static Callsite, sample: u32, nanos: u64, failed: bool) {
        let number = self.number.load(Relaxed);
        let known = MINE.try_with(|mine| {
            let mine = mine.try_borrow().ok()?;
            mine.get(number)?.as_ref()?.cells.record(nanos, failed);
            Some(())
        });
        if !matches!(known, Ok(Some(()))) {
            self.first(site, sample, nanos, failed);
        }
    }

    /// The first call of a thread, or one of a thread that is ending and has no table any more.
    #[cold]
    #[inline(never)]
    fn first(&self, site: &'static Callsite, sample: u32, nanos: u64, failed: bool) {
        let Some(entry) = self.entry(site, sample) else { return };
        let number = self.number.load(Relaxed);
        let counted = MINE.try_with(|mine| {
            let mut mine = mine.try_borrow_mut().ok()?;
            if mine.len() <= number {
                mine.resize_with(number + 1, || None);
            }
            let place = mine.get_mut(number)?;
            place.insert(Mine { entry, cells: entry.join()? }).cells.record(nanos, failed);
            Some(())
        });
        if !matches!(counted, Ok(Some(()))) {
            entry.record(nanos, failed);
        }
    }

    /// The site's entry, made where this is its first call in the process.
    fn entry(&self, site: &'static Callsite, sample: u32) -> Option<&'static Entry> {
        let mut entries = lock(&ENTRIES)?;
        let number = self.number.load(Relaxed);
        if let Some(entry) = number.checked_sub(1).and_then(|index| entries.get(index)) {
            return Some(entry);
        }
        let entry = &*Box::leak(Box::new(Entry::new(site, sample, Timestamp::now())));
        entries.push(entry);
        self.number.store(entries.len(), Relaxed);
        drop(entries);
        collector::need();
        Some(entry)
    }
}

/// All sites that have counted a call.
pub(super) fn entries() -> Vec<&'static Entry> {
    lock(&ENTRIES).map(|entries| entries.clone()).unwrap_or_default()
}
