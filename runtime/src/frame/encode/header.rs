//! The header of a frame: how the call went, and when.

use std::time::Duration;

use super::Frame;
use crate::{
    clock::{self, Start, Timestamp},
    frame::{COUNTER, NO_DURATION, NO_OUTCOME, Phase},
    record::{Level, Outcome},
};

impl Frame {
    /// Sets the level, instead of the one of the call site.
    pub fn set_level(&mut self, level: Level) {
        self.set(1, level as u8);
    }

    /// Sets how the call ended.
    pub fn set_outcome(&mut self, outcome: Outcome) {
        self.set(0, outcome as u8);
    }

    /// Sets the phase.
    pub fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
        self.set(2, phase as u8);
    }

    /// Sets how many units of the counter it took.
    pub fn set_units(&mut self, units: u64) {
        if let Some(word) = self.words.get_mut(2) {
            *word = units.min(NO_DURATION - 1).to_le_bytes();
        }
    }

    /// Writes the header of a record in that phase, as long as it is not known how the call ends.
    pub fn intended(&mut self, start: Start, phase: Phase) {
        self.phase = phase;
        let head = word(NO_OUTCOME, self.site.level, phase as u8, COUNTER);
        self.header(head, start.reading(), NO_DURATION);
    }

    /// The same for one of two records of a call, which began then: a reading would become another
    /// time in each of them.
    pub fn dated(&mut self, start: Timestamp, phase: Phase) {
        self.phase = phase;
        let head = word(NO_OUTCOME, self.site.level, phase as u8, 0);
        self.header(head, start.0.cast_unsigned(), NO_DURATION);
    }

    /// Sets how the call went whose times are readings of the counter. One that is dated keeps the
    /// start it has.
    #[inline]
    pub fn finish(&mut self, start: Start, units: u64, level: Level, outcome: Option<Outcome>) {
        let Some([head, start_of, units_of]) = self.words.first_chunk_mut::<3>() else { return };
        let outcome = outcome.map_or(NO_OUTCOME, |outcome| outcome as u8);
        let phase = self.phase as u8;
        if self.phase == Phase::Result {
            *head = word(outcome, level, phase, 0).to_le_bytes();
            *units_of = clock::nanos(units).min(NO_DURATION - 1).to_le_bytes();
            return;
        }
        *head = word(outcome, level, phase, COUNTER).to_le_bytes();
        *start_of = start.reading().to_le_bytes();
        *units_of = units.min(NO_DURATION - 1).to_le_bytes();
    }

    /// How the call ended, where there was a call.
    #[inline]
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let [outcome, ..] = self.words.first()?;
        Outcome::ALL.get(usize::from(*outcome)).copied()
    }

    /// Whether it ended in an error.
    #[inline]
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let outcome = self.words.first().map_or(NO_OUTCOME, |[outcome, ..]| *outcome);
        outcome == Outcome::Failure as u8 || outcome == Outcome::Panicked as u8
    }

    /// The level.
    #[inline]
    #[must_use]
    pub fn level(&self) -> Level {
        let level = self
            .words
            .first()
            .and_then(|[_, level, ..]| Level::ALL.get(usize::from(*level)).copied());
        level.unwrap_or(self.site.level)
    }

    /// Sets how long it took, where its times are none of the counter.
    pub fn set_duration(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(NO_DURATION - 1);
        if let Some(word) = self.words.get_mut(2) {
            *word = nanos.to_le_bytes();
        }
    }

    pub(super) fn header(&mut self, head: u64, start: u64, duration: u64) {
        if let Some(header) = self.words.first_chunk_mut::<3>() {
            *header = [head, start, duration].map(u64::to_le_bytes);
        }
    }

    /// Changes a byte of the header's first word.
    fn set(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.words.first_mut().and_then(|word| word.get_mut(at)) {
            *place = byte;
        }
    }
}

/// The first word of a frame.
#[inline]
pub(super) const fn word(outcome: u8, level: Level, phase: u8, clock: u8) -> u64 {
    // One number, so that it is stored at once: it is soon read so.
    outcome as u64 | (level as u64) << 8 | (phase as u64) << 16 | (clock as u64) << 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Anchor, frame::Decoded, record::Callsite};

    #[test]
    fn both_records_of_a_call_tell_one_time_whatever_is_known_of_the_counter() {
        static SITE: Callsite = Callsite::BLANK;
        let mut frame = Frame::new(&SITE, Timestamp::default());
        let units = 3 * (1 << 40);
        let anchor = Anchor { reading: 5, time: Timestamp(7), rate: 1 << 33 };
        frame.dated(Timestamp(1_000), Phase::Intent);
        let intent = Decoded::at(&SITE, frame.bytes(), &anchor).expect("a frame");
        assert_eq!((intent.start, intent.duration), (Timestamp(1_000), None));
        frame.dated(Timestamp(1_000), Phase::Result);
        frame.finish(Start::now(), units, Level::Info, Some(Outcome::Success));
        let result = Decoded::at(&SITE, frame.bytes(), &anchor).expect("a frame");
        let took = Duration::from_nanos(clock::nanos(units));
        assert_eq!((result.start, result.duration), (Timestamp(1_000), Some(took)));
        assert_eq!((result.phase, result.outcome), (Phase::Result, Some(Outcome::Success)));
    }
}
