//! The way of lines that their file does not take, and the way back.

use std::{
    array, io,
    time::{Duration, Instant},
};

use super::{
    detour::{Detour, Taken, Whereabouts},
    place::{Place, Slot, component},
    private::Home,
    set::{Batch, CATEGORIES, Location, SinkSet},
};
use crate::{
    clock::Timestamp,
    config::OnFailure,
    ledger::At,
    record::Category,
    sink::{AppendError, Stream, StreamError},
};

/// What lines do that their file does not take.
#[derive(Debug)]
pub(in crate::sink) struct Around {
    detours: [Detour; CATEGORIES],
    home: Home,
    last: Stream,
}

impl Around {
    pub(super) fn new(last: Stream) -> Self {
        Self { detours: array::from_fn(|_| Detour::new()), home: Home::default(), last }
    }
}

#[cfg(test)]
impl Around {
    pub(super) fn forked(&self, category: Category) {
        let detour = &self.detours[category.index()];
        detour.with(Instant::now(), Taken::inherit);
    }
}

impl SinkSet {
    /// Writes the batch to the file of its category, or around it.
    pub(super) fn write(&self, places: &[Place], around: &Around, batch: &mut Batch<'_>) {
        let index = batch.category.index();
        let (Some((first, others)), Some(detour)) =
            (places.split_first(), around.detours.get(index))
        else {
            return;
        };
        if !detour.is_active() && self.write_place(first, batch) {
            return;
        }
        // One after the other from here on: lines stay in order and come back once.
        let deadline = Instant::now() + self.settings.lock_timeout;
        let taken = detour.with(deadline, |taken| {
            if let Some(slot) = first.slots.get(index).and_then(Option::as_ref)
                && self.try_again(first, slot, around, taken, batch)
            {
                return detour.set_active(false);
            }
            detour.set_active(true);
            self.divert(others, around, taken, batch);
        });
        if taken.is_none() {
            // Who has the turn tries the file, and may hang in it.
            let mut taken = Taken::beside(batch.now);
            self.divert(others, around, &mut taken, batch);
            detour.beside(taken.whereabouts);
        }
    }

    /// Takes the file again where it is to be tried; waits for its lock where that is to be.
    fn try_again(
        &self,
        place: &Place,
        slot: &Slot,
        around: &Around,
        taken: &mut Taken,
        batch: &mut Batch<'_>,
    ) -> bool {
        let usual = self.settings.lock_timeout;
        let Some(patience) = slot.patience(batch.now, usual) else { return false };
        slot.rolling.wait_for(patience);
        batch.waits = patience == usual;
        let is_back = self.come_back(place, slot, around, taken, batch);
        batch.waits = true;
        slot.rolling.wait_for(usual);
        is_back
    }

    /// Takes the file again: what stands in the private directory first, then what is to be said,
    /// then the batch.
    fn come_back(
        &self,
        place: &Place,
        slot: &Slot,
        around: &Around,
        taken: &mut Taken,
        batch: &mut Batch<'_>,
    ) -> bool {
        let counters = &self.parts.shared.counters;
        if let Some(private) = &mut taken.private {
            let (brought, result) = private.bring_back(&slot.rolling, batch.now);
            counters.lines_returned.add(brought);
            if let Err(failure) = result {
                self.fail(place, slot, batch, &failure);
                return false;
            }
            // Should it stay, it is empty or what stands in it is in the other file as well.
            let _ = private.remove();
        }
        self.forget_private(around, taken, batch);
        let at = At { category: batch.category, now: batch.now };
        let Whereabouts { missing, elsewhere } = &taken.whereabouts;
        let mut lines: Vec<_> = elsewhere
            .iter()
            .map(|(place, gap)| self.parts.notices.missing(at, gap, Some(place)))
            .chain(missing.iter().map(|gap| self.parts.notices.missing(at, gap, None)))
            .collect();
        let told = lines.len();
        lines.extend_from_slice(batch.lines);
        let result = batch.append(&slot.rolling, &lines);
        let written = result.as_ref().map_or_else(|error| error.written, |()| lines.len());
        if written >= told {
            counters.gaps_told.add(told as u64);
            taken.whereabouts = Whereabouts::default();
            self.take(batch, written - told);
        }
        if let Err(AppendError { failure, .. }) = result {
            self.fail(place, slot, batch, &failure);
            return false;
        }
        slot.succeeded();
        self.arrive(batch, Location::Dir(place.dir.clone()));
        true
    }

    /// So many lines stand in no file of ours, on the standard error at best.
    fn stray(&self, category: Category, lines: u64) {
        if let Some(ledger) = self.ledger(category) {
            ledger.stray(lines);
        }
    }

    /// What is left of the private file is lost.
    fn forget_private(&self, around: &Around, taken: &mut Taken, batch: &Batch<'_>) {
        let Some(private) = taken.private.take() else { return };
        self.parts.shared.counters.lines_lost.add(private.lines);
        self.stray(batch.category, private.lines);
        taken.lose(private.lines, batch.now);
        drop(private);
        around.home.leave();
    }

    /// Takes the batch anywhere but to its file.
    fn divert(&self, places: &[Place], around: &Around, taken: &mut Taken, batch: &mut Batch<'_>) {
        let counters = &self.parts.shared.counters;
        if let Some((_, reason)) = &batch.failure {
            taken.cause.clone_from(reason);
        }
        let lines = batch.lines.len() as u64;
        if self.on_failure(batch.category) == Some(OnFailure::Drop) {
            counters.lines_dropped.add(lines);
            self.stray(batch.category, lines);
            taken.lose(lines, batch.now);
            self.tell(batch, &"nothing");
            self.settle(batch, Location::Nowhere, &taken.cause);
            return;
        }
        batch.diverted = true;
        for place in places {
            if self.write_place(place, batch) {
                taken.put(lines, batch.now, &place.dir.display().to_string());
                return;
            }
        }
        if self.write_private(around, taken, batch) {
            return;
        }
        let before = batch.lines.len();
        self.stray(batch.category, before as u64);
        self.tell(batch, &"standard error");
        match around.last.write(batch.lines) {
            Ok(()) => self.take(batch, batch.lines.len()),
            Err(StreamError { written, cause: _ }) => {
                counters.write_errors.add_one();
                self.take(batch, written);
            }
        }
        let written = before - batch.lines.len();
        if written > 0 {
            taken.put(written as u64, batch.now, "standard error");
        }
        let lost = batch.lines.len() as u64;
        counters.lines_lost.add(lost);
        taken.lose(lost, batch.now);
        let location = if lost == 0 { Location::StandardError } else { Location::Nowhere };
        self.settle(batch, location, &taken.cause);
    }

    fn write_private(&self, around: &Around, taken: &mut Taken, batch: &mut Batch<'_>) -> bool {
        let (Some(parent), Some(logs)) = (&self.settings.temp, &self.settings.dir) else {
            return false;
        };
        let name = self.settings.files.get(batch.category.index());
        let Some(Some(file)) = name else { return false };
        for _ in 0..2 {
            if taken.private.is_none() && taken.backoff.is_ready(batch.now) {
                let app = component(&self.settings.app);
                if let Ok(private) = around.home.open((parent, &app), logs, &file.name) {
                    taken.backoff.succeeded();
                    taken.private = Some(private);
                } else {
                    taken.backoff.failed(batch.now);
                    self.parts.shared.counters.write_errors.add_one();
                }
            }
            let Some(private) = &mut taken.private else { return false };
            match private.append(batch.lines) {
                Ok(()) => {
                    let dir = private.dir.clone();
                    self.take(batch, batch.lines.len());
                    self.arrive(batch, Location::Dir(dir));
                    return true;
                }
                // Somebody took it away: another one is made.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.forget_private(around, taken, batch);
                }
                Err(_) => return false,
            }
        }
        false
    }

    /// The end of the program: whatever can be brought back is. For all locks together it waits as
    /// long as else for one, and no longer than `patience`.
    pub(super) fn come_home(&self, places: &[Place], around: &Around, patience: Duration) {
        let Some(first) = places.first() else { return };
        let now = Timestamp::now();
        let usual = self.settings.lock_timeout;
        let deadline = Instant::now() + patience.min(usual);
        for (category, detour) in Category::ALL.into_iter().zip(&around.detours) {
            let slot = first.slots.get(category.index()).and_then(Option::as_ref);
            let Some(slot) = slot.filter(|_| detour.is_active()) else { continue };
            slot.rolling.wait_for(deadline.saturating_duration_since(Instant::now()));
            let left = detour.with(deadline, |taken| {
                let mut batch = Batch::new(category, &[], now);
                detour.set_active(!self.come_back(first, slot, around, taken, &mut batch));
                let private = taken.private.as_ref();
                private.map(|private| (private.lines, private.dir.display().to_string()))
            });
            slot.rolling.wait_for(usual);
            if let Some(Some((lines, dir))) = left {
                let message = format!("{lines} lines of {category} are left in {dir}");
                self.parts.shared.trap.say(&message);
            }
        }
    }
}
