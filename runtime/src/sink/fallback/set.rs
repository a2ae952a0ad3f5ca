//! The files of the five categories, and the way of lines through what stands in for them.

use std::{
    array, fmt, io,
    path::PathBuf,
    process,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use super::{
    around::Around,
    place::{Place, Slot, state_dir},
    stdout::{Stdout, put},
};
use crate::{
    clock::Timestamp,
    config::OnFailure,
    ledger::Notices,
    record::{Category, Lasts},
    render::Line,
    sink::{
        AppendError, Compressor, Failure, Outlet, Rolling, Shared, SinkSettings, Spot, Stream,
        Syncer, mark::Ledger, steer::Changed,
    },
    wait::lock_within,
};

pub(super) const CATEGORIES: usize = Category::ALL.len();

/// What became of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// They stand where they belong.
    Written,
    /// Some or all of them wait for the standard output.
    Queued,
    /// Some or all of them stand in a fallback directory or on the standard error.
    Diverted,
    /// Some or all of them stand nowhere.
    Lost,
    /// The category is switched off.
    Off,
}

/// Where the lines of a category go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Into the file of the category in this directory.
    Dir(PathBuf),
    /// To the standard output.
    StandardOutput,
    /// To the standard error.
    StandardError,
    /// Nowhere: the category is switched off, or nothing takes its lines.
    Nowhere,
}

/// The files of the five categories and what stands in for them.
#[derive(Debug)]
pub struct SinkSet {
    pub(super) settings: SinkSettings,
    pub(in crate::sink) parts: Common,
    pub(in crate::sink) output: Output,
    pub(in crate::sink) changed: Mutex<Option<Changed>>,
    pub(in crate::sink) locations: Mutex<[Location; CATEGORIES]>,
    pub(in crate::sink) ledgers: [Ledger; CATEGORIES],
}

#[derive(Debug)]
pub(in crate::sink) enum Output {
    Stream(Outlet),
    Files { places: Vec<Place>, around: Box<Around> },
}

/// What all directories share.
pub(in crate::sink) struct Common {
    pub(super) shared: Arc<Shared>,
    pub(super) notices: Arc<dyn Notices>,
    pub(in crate::sink) compressor: Arc<Compressor>,
    pub(super) syncer: Arc<Syncer>,
}

/// What is left of a batch on its way through the places.
pub(super) struct Batch<'a> {
    pub(super) category: Category,
    pub(super) lines: &'a [Line],
    pub(super) now: Timestamp,
    pub(super) diverted: bool,
    /// Whether locks are waited for.
    pub(super) waits: bool,
    pub(super) failure: Option<(PathBuf, String)>,
    /// Is told where in the category's own file the lines begin, until some of them stand there.
    begins: Option<&'a mut dyn FnMut(Spot)>,
    lasts: Option<Lasts>,
}

impl SinkSet {
    /// The files of those settings. Nothing is opened or made before the first line.
    #[must_use]
    pub fn open(settings: SinkSettings, notices: Arc<dyn Notices>, shared: Arc<Shared>) -> Self {
        Self::with_streams(settings, notices, shared, Stream::stdout(), Stream::stderr())
    }

    /// The same with other streams in place of the standard ones.
    #[must_use]
    pub fn with_streams(
        settings: SinkSettings,
        notices: Arc<dyn Notices>,
        shared: Arc<Shared>,
        stdout: Stream,
        stderr: Stream,
    ) -> Self {
        let syncer = Syncer::new(Arc::clone(&shared.counters));
        Self::with_disk(settings, (notices, shared), (stdout, stderr), syncer)
    }

    /// The same with another disk.
    pub(in crate::sink) fn with_disk(
        settings: SinkSettings,
        (notices, shared): (Arc<dyn Notices>, Arc<Shared>),
        (stdout, stderr): (Stream, Stream),
        syncer: Syncer,
    ) -> Self {
        let compressor = Arc::new(Compressor::new(Arc::clone(&shared.counters)));
        let parts = Common { shared, notices, compressor, syncer: Arc::new(syncer) };
        let start = match &settings.dir {
            Some(dir) => Location::Dir(dir.clone()),
            None => Location::StandardOutput,
        };
        let locations = array::from_fn(|index| match settings.files.get(index) {
            Some(Some(_)) => start.clone(),
            _ => Location::Nowhere,
        });
        let output = match &settings.dir {
            None => {
                let (shared, notices) = (Arc::clone(&parts.shared), Arc::clone(&parts.notices));
                let events = Box::new(Stdout { shared, notices });
                Output::Stream(Outlet::new(
                    "audit-stdout",
                    settings.queue,
                    Box::new(stdout),
                    events,
                ))
            }
            Some(dir) => {
                let mut dirs = vec![dir.clone()];
                dirs.extend(state_dir(&settings).filter(|state| state != dir));
                let places = dirs.into_iter().map(|dir| Place::new(dir, &settings, &parts));
                Output::Files { places: places.collect(), around: Box::new(Around::new(stderr)) }
            }
        };
        let (changed, locations) = (Mutex::default(), Mutex::new(locations));
        Self { settings, parts, output, changed, locations, ledgers: Default::default() }
    }

    /// Appends the lines to the file of the category, or to the first of its fallbacks that takes
    /// them. Never fails and never waits without a deadline.
    pub fn append(&self, category: Category, lines: &[Line], now: Timestamp) -> Delivery {
        self.append_from(category, lines, now, &mut |_| {})
    }

    /// The same; `begins` is told where in the file of the category the lines begin, before any of
    /// them is written there. Of fallbacks it is told nothing.
    pub fn append_from(
        &self,
        category: Category,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> Delivery {
        self.deliver(Batch { begins: Some(begins), ..Batch::new(category, lines, now) })
    }

    /// The same for lines of a call that asks for another durability than the category has.
    pub fn append_lasting(
        &self,
        category: Category,
        lines: &[Line],
        now: Timestamp,
        lasts: Lasts,
    ) -> Delivery {
        self.deliver(Batch { lasts: Some(lasts), ..Batch::new(category, lines, now) })
    }

    fn deliver(&self, mut batch: Batch<'_>) -> Delivery {
        if self.on_failure(batch.category).is_none() {
            return Delivery::Off;
        }
        match &self.output {
            Output::Stream(outlet) => put(outlet, batch.category, batch.lines, batch.now),
            Output::Files { places, around } => {
                self.write(places, around, &mut batch);
                batch.delivery()
            }
        }
    }

    /// What happens to the lines of a category that its file does not take; `None` where it is off.
    #[must_use]
    pub fn on_failure(&self, category: Category) -> Option<OnFailure> {
        Some(self.settings.files.get(category.index())?.as_ref()?.on_failure)
    }

    /// Whether all lines go into one stream.
    #[must_use]
    pub fn is_one_stream(&self) -> bool {
        matches!(self.output, Output::Stream(_))
    }

    /// Ends the process, as it is set for records that are in no file.
    pub fn abort(&self, category: Category) -> ! {
        let message =
            format!("a line of {category} is in no file; ending the process, as it is set");
        self.parts.shared.trap.say(&message);
        process::abort();
    }

    /// Brings all that was appended to the disk; the first error is given back.
    pub fn flush(&self) -> io::Result<()> {
        let flushed = self.slots().map(|slot| slot.rolling.flush());
        Ok(flushed.fold(Ok(()), Result::and)?)
    }

    /// Where the categories go at present, in the order of [`Category::ALL`].
    #[must_use]
    pub fn dirs(&self) -> [Location; CATEGORIES] {
        let locations = lock_within(&self.locations, Instant::now());
        locations.map_or_else(|| [const { Location::Nowhere }; CATEGORIES], |all| all.clone())
    }

    /// Ends the work in the background: what waits for the standard output is written, what stands
    /// in the private directory is brought back, what is to be on the disk soon is brought there,
    /// archives are compressed. Each takes a bounded time. Lines are taken afterwards as before.
    pub fn finish(&self, writing: Duration, compressing: Duration) {
        match &self.output {
            Output::Stream(outlet) => {
                let left = outlet.finish(writing);
                if left > 0 {
                    let lines =
                        if left == 1 { "1 line".to_owned() } else { format!("{left} lines") };
                    let message =
                        format!("{lines} of the logs lost: nobody reads the standard output");
                    self.parts.shared.trap.say(&message);
                }
            }
            Output::Files { places, around } => self.come_home(places, around, writing),
        }
        if !self.parts.syncer.finish(writing.max(compressing)) {
            self.parts.shared.trap.say("the last lines of the logs may not be on the disk yet");
        }
        // What is not compressed by then is left to the next process.
        let _ = self.parts.compressor.finish(compressing);
    }

    pub(in crate::sink) fn slots(&self) -> impl Iterator<Item = &Slot> {
        let first = match &self.output {
            Output::Stream(_) => None,
            Output::Files { places, .. } => places.first(),
        };
        first.into_iter().flat_map(|place| place.slots.iter().flatten())
    }

    /// Writes what is left of the batch to a directory; tells whether nothing is left.
    pub(super) fn write_place(&self, place: &Place, batch: &mut Batch<'_>) -> bool {
        let Some(Some(slot)) = place.slots.get(batch.category.index()) else { return false };
        if !slot.is_ready(batch.now) {
            return false;
        }
        match batch.append(&slot.rolling, batch.lines) {
            Ok(()) => {
                slot.succeeded();
                self.take(batch, batch.lines.len());
                self.arrive(batch, Location::Dir(place.dir.clone()));
                true
            }
            Err(AppendError { written, failure }) => {
                self.take(batch, written);
                self.fail(place, slot, batch, &failure);
                false
            }
        }
    }

    pub(super) fn fail(
        &self,
        place: &Place,
        slot: &Slot,
        batch: &mut Batch<'_>,
        failure: &Failure,
    ) {
        let counters = &self.parts.shared.counters;
        let mut spent = Duration::ZERO;
        match failure {
            // It was only tried, and is as it was.
            Failure::LockTimeout | Failure::Stuck if !batch.waits => return,
            Failure::LockTimeout | Failure::Stuck => {
                counters.lock_timeouts.add_one();
                spent = self.settings.lock_timeout;
            }
            Failure::Io(_) => counters.write_errors.add_one(),
            // Counted where it happened.
            Failure::NotSynced(_) => {}
        }
        slot.failed(batch.now, spent);
        batch.failure.get_or_insert_with(|| (place.dir.clone(), failure.to_string()));
    }

    /// Counts the first `written` lines of what is left as written.
    pub(super) fn take(&self, batch: &mut Batch<'_>, written: usize) {
        let counters = &self.parts.shared.counters;
        let Some((taken, rest)) = batch.lines.split_at_checked(written) else { return };
        let bytes: usize = taken.iter().map(|line| line.as_bytes().len()).sum();
        counters.lines_written.add(written as u64);
        counters.bytes_written.add(bytes as u64);
        if batch.diverted {
            counters.lines_diverted.add(written as u64);
        }
        batch.lines = rest;
    }

    /// The batch stands in a directory.
    pub(super) fn arrive(&self, batch: &Batch<'_>, location: Location) {
        if let Location::Dir(dir) = &location {
            self.tell(batch, &dir.display());
        }
        let reason = batch.failure.as_ref().map_or("", |(_, reason)| reason);
        self.settle(batch, location, reason);
    }

    pub(super) fn tell(&self, batch: &Batch<'_>, instead: &dyn fmt::Display) {
        if let Some((dir, reason)) = &batch.failure {
            let dir = dir.display();
            self.parts.shared.trap.warn_once(&format!(
                "cannot write logs in {dir} ({reason}); using {instead} instead"
            ));
        }
    }

    /// From now on the lines of the category go there.
    pub(super) fn settle(&self, batch: &Batch<'_>, location: Location, reason: &str) {
        let Some(mut locations) = lock_within(&self.locations, Instant::now()) else { return };
        let place = locations.get_mut(batch.category.index());
        let Some(place) = place.filter(|place| **place != location) else { return };
        let wrong = match &location {
            Location::Dir(dir) if batch.diverted => {
                Some(format!("goes to {} ({reason})", dir.display()))
            }
            Location::Dir(_) | Location::StandardOutput => None,
            Location::StandardError => Some(format!("goes to standard error ({reason})")),
            Location::Nowhere => Some(format!("is not written ({reason})")),
        };
        *place = location;
        drop(locations);
        self.parts.shared.counters.conditions.set(batch.category.name(), wrong);
    }
}

#[cfg(test)]
impl SinkSet {
    /// Has the way around a file look as in a process that was forked.
    pub(in crate::sink) fn forked(&self, category: Category) {
        let Output::Files { around, .. } = &self.output else { return };
        around.forked(category);
    }
}

impl<'a> Batch<'a> {
    pub(super) fn new(category: Category, lines: &'a [Line], now: Timestamp) -> Self {
        let (diverted, failure, begins, lasts) = Default::default();
        Self { category, lines, now, diverted, waits: true, failure, begins, lasts }
    }

    /// Appends lines to a file; tells where they begin if it is the category's own.
    pub(super) fn append(&mut self, file: &Rolling, lines: &[Line]) -> Result<(), AppendError> {
        let Some(begins) = self.begins.as_mut().filter(|_| !self.diverted) else {
            return file.append_lasting(lines, self.now, &mut |_| {}, self.lasts);
        };
        let result = file.append_lasting(lines, self.now, *begins, self.lasts);
        if result.as_ref().is_err_and(|error| error.written > 0) {
            // What comes later must not hide these.
            self.begins = None;
        }
        result
    }

    fn delivery(&self) -> Delivery {
        match (self.lines.is_empty(), self.diverted) {
            (false, _) => Delivery::Lost,
            (true, true) => Delivery::Diverted,
            (true, false) => Delivery::Written,
        }
    }
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common").field("shared", &self.shared).finish_non_exhaustive()
    }
}
