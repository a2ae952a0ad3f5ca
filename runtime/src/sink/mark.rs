//! How far the lines of a category have come, for those who write many and wait once.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{Location, Owed, SinkSet, durable::Durable, fallback::Output};
use crate::{record::Category, wait::lock_within};

/// How many appends there were to each file that the lines of a category may go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark(Vec<u64>);

/// What went wrong with the lines of a category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mishaps {
    /// How often a file could not be brought to the disk.
    failures: u64,
    /// Lines that stand in no file of ours.
    strays: u64,
}

/// What went wrong with the lines of a category, and how much of that somebody was told.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    strays: AtomicU64,
    told: [AtomicU64; 2],
}

impl Ledger {
    /// So many lines stand in no file of ours.
    pub(super) fn stray(&self, lines: u64) {
        self.strays.fetch_add(lines, Ordering::Release);
    }
}

impl SinkSet {
    /// How much was appended so far.
    #[must_use]
    pub fn mark(&self, category: Category) -> Mark {
        Mark(self.durables(category).map(|durable| durable.written()).collect())
    }

    /// What is to be on the disk within a time, and is not yet.
    #[must_use]
    pub fn owed(&self) -> Owed {
        let all = Category::ALL.into_iter().flat_map(|category| self.durables(category));
        all.map(|durable| durable.owed()).fold(Owed::default(), Owed::and)
    }

    /// What went wrong so far and was told; what was not told is found to be new.
    #[must_use]
    pub fn told(&self, category: Category) -> Mishaps {
        let [failures, strays] = self.ledger(category).map_or([0, 0], |ledger| {
            ledger.told.each_ref().map(|told| told.load(Ordering::Acquire))
        });
        Mishaps { failures, strays }
    }

    /// Whether all of that is on the disk, and nothing went wrong since.
    #[must_use]
    pub fn has(&self, category: Category, mark: &Mark, since: Mishaps) -> bool {
        let mut files = self.durables(category).zip(&mark.0);
        files.all(|(file, appends)| file.has(*appends)) && self.mishaps(category) == since
    }

    /// Brings the lines of a category to the disk, and tells what went wrong with them since.
    pub fn sync(&self, category: Category, since: Mishaps, deadline: Instant) -> io::Result<()> {
        if self.is_one_stream() {
            let reason = "the lines go to the standard output, which is no file";
            return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
        }
        let synced = self.durables(category).map(|durable| durable.sync(deadline));
        let synced = synced.fold(Ok(()), Result::and);
        let now = self.mishaps(category);
        if let Some(ledger) = self.ledger(category) {
            ledger.told[0].fetch_max(now.failures, Ordering::Release);
            ledger.told[1].fetch_max(now.strays, Ordering::Release);
        }
        synced?;
        if let Some(place) = self.astray(category) {
            return Err(io::Error::other(format!("lines of {category} go to {place}")));
        }
        if now.failures != since.failures {
            let reason = "the disk failed; lines from before that may not be on it";
            return Err(io::Error::other(format!("{category}: {reason}")));
        }
        match now.strays.saturating_sub(since.strays) {
            0 => Ok(()),
            strays => Err(io::Error::other(format!(
                "lines of {category} that are in no log file: {strays}"
            ))),
        }
    }

    /// Where the lines go if that is no log file.
    fn astray(&self, category: Category) -> Option<String> {
        self.on_failure(category)?;
        let Output::Files { places, .. } = &self.output else { return None };
        let locations =
            lock_within(&self.locations, Instant::now() + super::SinkSettings::LOCK_TIMEOUT);
        match locations?.get(category.index())? {
            Location::Dir(dir) if places.iter().any(|place| place.dir == *dir) => None,
            Location::Dir(dir) => Some(dir.display().to_string()),
            Location::StandardOutput => Some("the standard output".to_owned()),
            Location::StandardError => Some("the standard error".to_owned()),
            Location::Nowhere => Some("no file".to_owned()),
        }
    }

    fn mishaps(&self, category: Category) -> Mishaps {
        let strays = self.ledger(category).map_or(0, |it| it.strays.load(Ordering::Acquire));
        let failures = self.durables(category).map(|durable| durable.failures()).sum();
        Mishaps { failures, strays }
    }

    pub(super) fn ledger(&self, category: Category) -> Option<&Ledger> {
        self.ledgers.get(category.index())
    }

    /// The files that the lines of a category may go to.
    fn durables(&self, category: Category) -> impl Iterator<Item = &Arc<Durable>> {
        let places = match &self.output {
            Output::Stream(_) => &[][..],
            Output::Files { places, .. } => places,
        };
        let slots = places.iter().filter_map(move |place| place.slots.get(category.index()));
        slots.flatten().map(|slot| slot.rolling.durable())
    }
}
