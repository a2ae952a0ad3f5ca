//! The five categories, and what stands in for their directory when it cannot be used.

use std::{
    array, fmt, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    AppendError, Compressor, Failure, FileSettings, Kept, Rolling, RollingParts, RollingSettings,
    Shared, SinkSettings, Spot, Stream, StreamError, Upkeep, backoff::Backoff, steer::Changed,
};
use crate::{clock::Timestamp, fs, ledger::Notices, record::Category, render::Line};

/// How long a directory that failed is left alone, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
const CATEGORIES: usize = Category::ALL.len();

/// What became of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// They stand where they belong.
    Written,
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
    settings: SinkSettings,
    pub(super) parts: Common,
    pub(super) output: Output,
    pub(super) changed: Mutex<Option<Changed>>,
    locations: Mutex<[Location; CATEGORIES]>,
}

#[derive(Debug)]
pub(super) enum Output {
    Stream(Stream),
    Files { places: Vec<Place>, private: Mutex<Private>, last: Stream },
}

/// What all directories share.
pub(super) struct Common {
    shared: Arc<Shared>,
    notices: Arc<dyn Notices>,
    pub(super) compressor: Arc<Compressor>,
}

/// A directory with a file for each category.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
    pub(super) slots: [Option<Slot>; CATEGORIES],
}

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) rolling: Arc<Rolling>,
    failed: AtomicBool,
    backoff: Mutex<Backoff>,
}

/// The private temporary directory, made when it is needed.
#[derive(Debug)]
pub(super) struct Private {
    pub(super) place: Option<Arc<Place>>,
    backoff: Backoff,
}

/// What is left of a batch on its way through the places.
struct Batch<'a> {
    category: Category,
    lines: &'a [Line],
    now: Timestamp,
    diverted: bool,
    failure: Option<(PathBuf, String)>,
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
        let compressor = Arc::new(Compressor::new(Arc::clone(&shared.counters)));
        let parts = Common { shared, notices, compressor };
        let start = match &settings.dir {
            Some(dir) => Location::Dir(dir.clone()),
            None => Location::StandardOutput,
        };
        let locations = array::from_fn(|index| match settings.files.get(index) {
            Some(Some(_)) => start.clone(),
            _ => Location::Nowhere,
        });
        let output = match &settings.dir {
            None => Output::Stream(stdout),
            Some(dir) => {
                let mut dirs = vec![dir.clone()];
                dirs.extend(settings.state_dir().filter(|state| state != dir));
                let places =
                    dirs.into_iter().map(|dir| Place::new(dir, true, &settings, &parts)).collect();
                let (first, longest) = PAUSE;
                let backoff = Backoff::new(first, longest);
                let private = Mutex::new(Private { place: None, backoff });
                Output::Files { places, private, last: stderr }
            }
        };
        let (changed, locations) = (Mutex::default(), Mutex::new(locations));
        Self { settings, parts, output, changed, locations }
    }

    /// Appends the lines to the file of the category, or to the first of its fallbacks that takes
    /// them. Never fails and never waits without a deadline.
    pub fn append(&self, category: Category, lines: &[Line], now: Timestamp) -> Delivery {
        self.append_from(category, lines, now, &mut |_| {})
    }

    /// The same; `begins` is told where in the directory itself the lines begin, before they are
    /// written. Of fallbacks it is told nothing.
    pub fn append_from(
        &self,
        category: Category,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> Delivery {
        if !matches!(self.settings.files.get(category.index()), Some(Some(_))) {
            return Delivery::Off;
        }
        let mut batch = Batch { category, lines, now, diverted: false, failure: None };
        match &self.output {
            Output::Stream(stream) => {
                self.write_stream(stream, &mut batch, Location::StandardOutput);
            }
            Output::Files { places, private, last } => {
                for (number, place) in places.iter().enumerate() {
                    let mut begins = |spot| {
                        if number == 0 {
                            begins(spot);
                        }
                    };
                    if self.write_place(place, &mut batch, &mut begins) {
                        return batch.delivery();
                    }
                    batch.diverted = true;
                }
                let private = self.private(private, now);
                let taken =
                    private.is_some_and(|place| self.write_place(&place, &mut batch, &mut |_| {}));
                if !taken {
                    self.write_stream(last, &mut batch, Location::StandardError);
                }
            }
        }
        if !batch.lines.is_empty() {
            self.parts.shared.counters.lines_lost.add(batch.lines.len() as u64);
            self.set_location(category, Location::Nowhere);
        }
        batch.delivery()
    }

    /// Brings all that was appended to the disk; the first error is given back.
    pub fn flush(&self) -> io::Result<()> {
        self.slots().map(|slot| slot.rolling.flush()).fold(Ok(()), io::Result::and)
    }

    /// Where the categories go at present, in the order of [`Category::ALL`].
    #[must_use]
    pub fn dirs(&self) -> [Location; CATEGORIES] {
        self.locations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the background work, when it is done or `within` is over; tells whether it was done.
    /// Lines are taken afterwards as before; archives are left to the next process.
    pub fn finish(&self, within: Duration) -> bool {
        self.parts.compressor.finish(within)
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        let first = match &self.output {
            Output::Stream(_) => None,
            Output::Files { places, .. } => places.first(),
        };
        first.into_iter().flat_map(|place| place.slots.iter().flatten())
    }

    /// Writes what is left of the batch to a directory; tells whether nothing is left.
    fn write_place(
        &self,
        place: &Place,
        batch: &mut Batch<'_>,
        begins: &mut dyn FnMut(Spot),
    ) -> bool {
        let Some(Some(slot)) = place.slots.get(batch.category.index()) else { return false };
        if !slot.is_ready(batch.now) {
            return false;
        }
        let counters = &self.parts.shared.counters;
        let (written, failure) = match slot.rolling.append_from(batch.lines, batch.now, begins) {
            Ok(()) => (batch.lines.len(), None),
            Err(AppendError { written, failure }) => (written, Some(failure)),
        };
        self.take(batch, written);
        let Some(failure) = failure else {
            slot.succeeded();
            self.tell(batch, &place.dir.display());
            self.set_location(batch.category, Location::Dir(place.dir.clone()));
            return true;
        };
        match failure {
            Failure::LockTimeout => counters.lock_timeouts.add_one(),
            Failure::Io(_) => counters.write_errors.add_one(),
        }
        slot.failed(batch.now);
        batch.failure.get_or_insert_with(|| (place.dir.clone(), failure.to_string()));
        false
    }

    fn write_stream(&self, stream: &Stream, batch: &mut Batch<'_>, location: Location) {
        if location == Location::StandardError {
            self.tell(batch, &"standard error");
        }
        match stream.write(batch.lines) {
            Ok(()) => self.take(batch, batch.lines.len()),
            Err(StreamError { written, cause: _ }) => {
                self.parts.shared.counters.write_errors.add_one();
                self.take(batch, written);
            }
        }
        self.set_location(batch.category, location);
    }

    /// Counts the first `written` lines of what is left as written.
    fn take(&self, batch: &mut Batch<'_>, written: usize) {
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

    fn tell(&self, batch: &Batch<'_>, instead: &dyn fmt::Display) {
        if let Some((dir, reason)) = &batch.failure {
            let dir = dir.display();
            self.parts.shared.trap.warn_once(&format!(
                "cannot write logs in {dir} ({reason}); using {instead} instead"
            ));
        }
    }

    fn set_location(&self, category: Category, location: Location) {
        let mut locations = self.locations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = locations.get_mut(category.index()).filter(|place| **place != location)
        {
            *place = location;
        }
    }

    /// The private directory, made anew when it is gone or no longer private.
    fn private(&self, private: &Mutex<Private>, now: Timestamp) -> Option<Arc<Place>> {
        let parent = self.settings.temp.as_ref()?;
        let mut private = private.lock().unwrap_or_else(PoisonError::into_inner);
        if private.place.as_ref().is_some_and(|place| !fs::is_private_dir(&place.dir)) {
            private.place = None;
        }
        if private.place.is_none() && private.backoff.is_ready(now) {
            if let Ok(dir) = fs::create_private_dir(parent, &self.settings.component()) {
                private.backoff.succeeded();
                let place = Place::new(dir, false, &self.settings, &self.parts);
                self.follow(&place, now);
                private.place = Some(Arc::new(place));
            } else {
                private.backoff.failed(now);
                self.parts.shared.counters.write_errors.add_one();
            }
        }
        private.place.clone()
    }
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl Place {
    fn new(dir: PathBuf, create_dir: bool, settings: &SinkSettings, common: &Common) -> Self {
        let Common { shared, notices, compressor } = common;
        let files = Category::ALL.into_iter().zip(&settings.files);
        let kept = files.filter_map(|(category, file)| Some(Kept::of(category, file.as_ref()?)));
        let upkeep = Upkeep::new(&dir, kept.collect(), settings.keep.clone(), Arc::clone(shared));
        let parts = RollingParts {
            shared: Arc::clone(shared),
            notices: Arc::clone(notices),
            compressor: Arc::clone(compressor),
            upkeep: Arc::new(upkeep),
        };
        let slot = |category: Category, file: &FileSettings| {
            let settings = RollingSettings {
                category,
                dir: dir.clone(),
                create_dir,
                dir_mode: settings.dir_mode,
                file: file.clone(),
                lock_timeout: settings.lock_timeout,
            };
            let (first, longest) = PAUSE;
            Slot {
                rolling: Rolling::attended(settings, parts.clone()),
                failed: AtomicBool::new(false),
                backoff: Mutex::new(Backoff::new(first, longest)),
            }
        };
        let mut slots = [const { None }; CATEGORIES];
        for ((place, category), file) in slots.iter_mut().zip(Category::ALL).zip(&settings.files) {
            *place = file.as_ref().map(|file| slot(category, file));
        }
        Self { dir, slots }
    }
}

impl Slot {
    fn is_ready(&self, now: Timestamp) -> bool {
        !self.failed.load(Ordering::Relaxed) || self.backoff().is_ready(now)
    }

    fn failed(&self, now: Timestamp) {
        self.backoff().failed(now);
        self.failed.store(true, Ordering::Relaxed);
    }

    fn succeeded(&self) {
        if self.failed.swap(false, Ordering::Relaxed) {
            self.backoff().succeeded();
        }
    }

    fn backoff(&self) -> std::sync::MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch<'_> {
    fn delivery(&self) -> Delivery {
        match (self.lines.is_empty(), self.diverted) {
            (false, _) => Delivery::Lost,
            (true, true) => Delivery::Diverted,
            (true, false) => Delivery::Written,
        }
    }
}
