//! Reading a frame back; bytes that are no frame end the reading early, they never panic.

use std::time::Duration;

use super::{COUNTER, HEADER, INLINE_KEY, NO_DURATION, Phase, tag};
use crate::{
    clock::{Anchor, Timestamp},
    record::{Callsite, Level, Outcome, Part},
};

/// A value as it comes out of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Datum<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A signed number.
    I64(i64),
    /// An unsigned number.
    U64(u64),
    /// A signed number of up to 128 bits.
    I128(i128),
    /// An unsigned number of up to 128 bits.
    U128(u128),
    /// A floating-point number.
    F64(f64),
    /// Text.
    Text(&'a str),
    /// Text that is JSON.
    Json(&'a str),
    /// A duration.
    Duration(Duration),
    /// A point of time.
    Time(Timestamp),
    /// Nothing, in the place of an element.
    Null,
    /// Several values.
    List(Group<'a>),
    /// Several values with their keys.
    Object(Group<'a>),
}

/// The elements of a list, or the members of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    bytes: &'a [u8],
    keyed: bool,
}

impl<'a> Group<'a> {
    /// Each value behind its key; those of a list have none.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Datum<'a>)> + use<'a> {
        let keyed = self.keyed;
        let mut reader = Reader(self.bytes);
        std::iter::from_fn(move || {
            let key = if keyed {
                let [length] = reader.take()?;
                reader.text(usize::from(length))?
            } else {
                ""
            };
            Some((key, reader.datum()?))
        })
    }
}

/// The value that the bytes begin with.
pub(super) fn datum(bytes: &[u8]) -> Option<Datum<'_>> {
    Reader(bytes).datum()
}

/// What tells a record that came through a spool from every other one of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The stream it came through: that of one thread at a time.
    pub stream: u32,
    /// Its number in the stream, from 1.
    pub n: u64,
}

/// A frame's header, and its fields yet to be read.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    /// The call site.
    pub site: &'a Callsite,
    /// How the call ended, where there was a call.
    pub outcome: Option<Outcome>,
    /// The level.
    pub level: Level,
    /// The phase.
    pub phase: Phase,
    /// When it started.
    pub start: Timestamp,
    /// How long it took.
    pub duration: Option<Duration>,
    /// Where it came through a spool.
    pub ticket: Option<Ticket>,
    fields: &'a [u8],
}

impl<'a> Decoded<'a> {
    /// Reads the header of a frame whose times are none of a counter; `None` when the bytes are too
    /// short to hold one.
    #[must_use]
    pub fn new(site: &'a Callsite, bytes: &'a [u8]) -> Option<Self> {
        Self::at(site, bytes, &Anchor::OF_TIMES)
    }

    /// Reads the header; readings of the counter are those of that anchor. `None` when the bytes
    /// are too short to hold one.
    #[must_use]
    pub fn at(site: &'a Callsite, bytes: &'a [u8], anchor: &Anchor) -> Option<Self> {
        let (header, fields) = bytes.split_at_checked(HEADER)?;
        let mut header = Reader(header);
        let [outcome, level, phase, clock, _, _, _, _] = header.take()?;
        let anchor = if clock == COUNTER { anchor } else { &Anchor::OF_TIMES };
        let start = anchor.time_of(u64::from_le_bytes(header.take()?));
        let units = u64::from_le_bytes(header.take()?);
        Some(Self {
            site,
            outcome: Outcome::ALL.get(usize::from(outcome)).copied(),
            level: Level::ALL.get(usize::from(level)).copied().unwrap_or(site.level),
            phase: match phase {
                1 => Phase::Intent,
                2 => Phase::Result,
                _ => Phase::Single,
            },
            start,
            duration: (units != NO_DURATION).then(|| anchor.duration_of(units)),
            ticket: None,
            fields,
        })
    }

    /// The fields, in the order in which they were captured.
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields { site: self.site, reader: Reader(self.fields) }
    }
}

/// The fields of a frame: part, key and value of each.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    site: &'a Callsite,
    reader: Reader<'a>,
}

impl<'a> Fields<'a> {
    /// The next field: part, number in the call site unless it carries its key itself, key, value.
    #[inline]
    pub fn numbered(&mut self) -> Option<(Part, Option<u16>, &'a str, Datum<'a>)> {
        let reader = &mut self.reader;
        let number = u16::from_le_bytes(reader.take()?);
        let (part, number, key) = if number == INLINE_KEY {
            let [part, length] = reader.take()?;
            let part = *Part::ALL.get(usize::from(part))?;
            (part, None, reader.text(usize::from(length))?)
        } else {
            let field = self.site.fields.get(usize::from(number))?;
            (field.part, Some(number), field.key)
        };
        let datum = if number.is_some() { reader.field()? } else { reader.datum()? };
        reader.fill();
        Some((part, number, key, datum))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Part, &'a str, Datum<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.numbered().map(|(part, _, key, datum)| (part, key, datum))
    }
}

#[derive(Clone, Debug)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn text(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(taken).ok()
    }

    fn sized(&mut self) -> Option<&'a str> {
        let length = u32::from_le_bytes(self.take()?);
        self.text(length as usize)
    }

    fn group(&mut self, keyed: bool) -> Option<Group<'a>> {
        let length = u32::from_le_bytes(self.take()?);
        let (bytes, rest) = self.0.split_at_checked(length as usize)?;
        self.0 = rest;
        Some(Group { bytes, keyed })
    }

    /// What a field has that its call site names: in words or not.
    fn field(&mut self) -> Option<Datum<'a>> {
        let Some((tag, [_, rest @ ..])) =
            self.0.split_first().filter(|(tag, _)| **tag & tag::WORDS != 0)
        else {
            return self.datum();
        };
        self.0 = rest;
        let length = u32::from_le_bytes(self.take()?);
        if tag & !tag::WORDS == tag::TEXT {
            return self.text(length as usize).map(Datum::Text);
        }
        self.tagged(tag & !tag::WORDS)
    }

    /// Passes what fills a field up; all fields together are filled up as well.
    fn fill(&mut self) {
        self.0 = self.0.get(self.0.len() % 8..).unwrap_or_default();
    }

    fn datum(&mut self) -> Option<Datum<'a>> {
        let [tag] = self.take()?;
        self.tagged(tag)
    }

    fn tagged(&mut self, tag: u8) -> Option<Datum<'a>> {
        Some(match tag {
            tag::FALSE => Datum::Bool(false),
            tag::TRUE => Datum::Bool(true),
            tag::I64 => Datum::I64(i64::from_le_bytes(self.take()?)),
            tag::U64 => Datum::U64(u64::from_le_bytes(self.take()?)),
            tag::I128 => Datum::I128(i128::from_le_bytes(self.take()?)),
            tag::U128 => Datum::U128(u128::from_le_bytes(self.take()?)),
            tag::F64 => Datum::F64(f64::from_le_bytes(self.take()?)),
            tag::TEXT => Datum::Text(self.sized()?),
            tag::JSON => Datum::Json(self.sized()?),
            tag::DURATION => {
                Datum::Duration(Duration::from_nanos(u64::from_le_bytes(self.take()?)))
            }
            tag::TIME => Datum::Time(Timestamp(i64::from_le_bytes(self.take()?))),
            tag::NULL => Datum::Null,
            tag::LIST => Datum::List(self.group(false)?),
            tag::OBJECT => Datum::Object(self.group(true)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
