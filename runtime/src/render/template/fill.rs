//! Between the pieces of a template, the values of a record.

use std::time::Duration;

use super::{KEPT, Places, Slot, Step, Template};
use crate::{
    frame::{Datum, Decoded, Place},
    render::{
        escape::{escape_each, is_plain, special},
        json,
        numbers::{self, Buffer as _},
        scratch::{BLOCK, Scratch, Writer},
    },
};

/// Texts that are not longer are looked at and copied word by word.
const SHORT: u32 = 32;

impl Template {
    /// Writes the line of a record that has the shape, and tells its length; none where a value is not
    /// what it should be, or there is too much of it.
    pub(super) fn fill(
        &self,
        record: &Decoded<'_>,
        places: &Places,
        scratch: &mut Scratch,
    ) -> Option<usize> {
        if self.filled.iter().any(|number| places.of(*number).length == 0) {
            return None;
        }
        let mut writer = scratch.begin(record.start, &self.front);
        for Step { slot, from, length } in &self.steps {
            let word = |number| record.word(places.of(number).at);
            match *slot {
                Slot::Duration => writer = duration(writer, record.duration?),
                Slot::Text(number) => writer = content(writer, record, places.of(number))?,
                Slot::Unsigned(number) => numbers::unsigned(&mut writer, word(number)?),
                Slot::Signed(number) => numbers::signed(&mut writer, word(number)?.cast_signed()),
                Slot::Float(number) => numbers::float(&mut writer, f64::from_bits(word(number)?)),
                Slot::Bool(number) if places.of(number).is_true() => writer.block(b"true", 4),
                Slot::Bool(_) => writer.block(b"false", 5),
                Slot::Value(number) => writer = rare(writer, &self.datum(record, places, number)?),
                Slot::Changed => writer = self.changed(writer, record, places)?,
            }
            let piece = self.text.get(from % KEPT..).unwrap_or_default();
            writer.block(piece.first_chunk::<BLOCK>()?, *length);
            if *length > BLOCK {
                writer = more(writer, piece.get(..*length)?);
            }
        }
        if let Some(ticket) = record.ticket {
            writer.block(b",\"stream\":", 10);
            numbers::digits(&mut writer, ticket.stream.into());
            writer.block(b",\"n\":", 5);
            numbers::unsigned(&mut writer, ticket.n);
        }
        writer.block(b"}\n", 2);
        writer.end()
    }

    /// The value of the field of that number.
    fn datum<'a>(&self, record: &Decoded<'a>, places: &Places, number: u8) -> Option<Datum<'a>> {
        record.datum(*self.tags.get(usize::from(number))?, places.of(number))
    }

    /// Writes the keys whose values changed.
    #[inline(never)]
    fn changed<'p>(
        &self,
        mut writer: Writer<'p>,
        record: &Decoded<'_>,
        places: &Places,
    ) -> Option<Writer<'p>> {
        let mut is_first = true;
        for (before, after, key) in &self.pairs {
            if self.datum(record, places, *before)? != self.datum(record, places, *after)? {
                if !is_first {
                    writer.block(b",", 1);
                }
                is_first = false;
                writer.text(key);
            }
        }
        Some(writer)
    }
}

// What follows takes the writer and gives it back: one that is never lent is kept in registers.

/// Writes the rest of a piece of which a block is written.
#[inline(never)]
fn more<'p>(mut writer: Writer<'p>, piece: &[u8]) -> Writer<'p> {
    writer.go(writer.at() - piece.len());
    writer.bytes(piece);
    writer
}

/// Writes what stands between the quotes of a text; `None` where it is none.
#[inline]
fn content<'p>(mut writer: Writer<'p>, record: &Decoded<'_>, place: Place) -> Option<Writer<'p>> {
    let from = writer.at();
    let is_written = place.length <= SHORT && copy(&mut writer, record, place) == Some(0);
    writer.go(from);
    if is_written {
        writer.go(from + place.length as usize);
        return Some(writer);
    }
    long(writer, record.bytes(place)?)
}

/// Writes a text by whole words, and tells what of it is more than plain ASCII; none where the frame
/// ends within its last word.
#[inline]
fn copy(writer: &mut Writer<'_>, record: &Decoded<'_>, place: Place) -> Option<u64> {
    let (Place { mut at, length: mut left }, mut found) = (place, 0);
    while left > 8 {
        let word = record.word(at)?;
        found |= special(word);
        writer.ascii(word, 8);
        (at, left) = (at + 8, left - 8);
    }
    if left > 0 {
        let word = record.word(at)?;
        found |= special(word) << (64 - 8 * left);
        writer.ascii(word, 8);
    }
    Some(found)
}

/// Writes a text that is long or more than plain ASCII.
#[inline(never)]
fn long<'p>(mut writer: Writer<'p>, text: &[u8]) -> Option<Writer<'p>> {
    if is_plain(text) {
        writer.bytes(text);
    } else {
        escape_each(&mut writer, std::str::from_utf8(text).ok()?);
    }
    Some(writer)
}

#[inline(never)]
fn duration(mut writer: Writer<'_>, duration: Duration) -> Writer<'_> {
    numbers::milliseconds(&mut writer, u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    writer
}

/// Writes a value of a kind that is rare.
#[inline(never)]
fn rare<'p>(mut writer: Writer<'p>, datum: &Datum<'_>) -> Writer<'p> {
    writer.text(&json::shown(datum));
    writer
}
