//! Reading a frame back; bytes that are no frame end the reading early, they never panic.

mod spots;

pub(crate) use spots::{Kind, Place, Spot};

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
    pub site: &'static Callsite,
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
    pub fn new(site: &'static Callsite, bytes: &'a [u8]) -> Option<Self> {
        Self::at(site, bytes, &Anchor::OF_TIMES)
    }

    /// Reads the header; readings of the counter are those of that anchor. `None` when the bytes
    /// are too short to hold one.
    #[must_use]
    pub fn at(site: &'static Callsite, bytes: &'a [u8], anchor: &Anchor) -> Option<Self> {
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
    site: &'static Callsite,
    reader: Reader<'a>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Part, &'a str, Datum<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let reader = &mut self.reader;
        let number = u16::from_le_bytes(reader.take()?);
        let (part, key, (tag, bytes)) = if number == INLINE_KEY {
            let [part, length] = reader.take()?;
            let part = *Part::ALL.get(usize::from(part))?;
            (part, reader.text(usize::from(length))?, reader.value()?)
        } else {
            let field = self.site.fields.get(usize::from(number))?;
            (field.part, field.key, reader.field()?)
        };
        reader.fill();
        Some((part, key, Datum::of(tag, bytes)?))
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

    /// So many bytes.
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Tag and bytes of what a field has that its call site names: in words or not.
    #[inline]
    fn field(&mut self) -> Option<(u8, &'a [u8])> {
        let Some((tag, [_, rest @ ..])) =
            self.0.split_first().filter(|(tag, _)| **tag & tag::WORDS != 0)
        else {
            return self.value();
        };
        self.0 = rest;
        let length = u32::from_le_bytes(self.take()?);
        let tag = tag & !tag::WORDS;
        let length = if tag == tag::TEXT { length as usize } else { fixed(tag)? };
        Some((tag, self.bytes(length)?))
    }

    /// Passes what fills a field up; all fields together are filled up as well.
    fn fill(&mut self) {
        self.0 = self.0.get(self.0.len() % 8..).unwrap_or_default();
    }

    /// Tag and bytes of a value.
    fn value(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag] = self.take()?;
        let length = match fixed(tag) {
            Some(length) => length,
            None => u32::from_le_bytes(self.take()?) as usize,
        };
        Some((tag, self.bytes(length)?))
    }

    fn datum(&mut self) -> Option<Datum<'a>> {
        let (tag, bytes) = self.value()?;
        Datum::of(tag, bytes)
    }
}

/// The length of a value that has always the same one.
#[inline]
const fn fixed(tag: u8) -> Option<usize> {
    match tag {
        tag::FALSE | tag::TRUE | tag::NULL => Some(0),
        tag::I64 | tag::U64 | tag::F64 | tag::DURATION | tag::TIME => Some(8),
        tag::I128 | tag::U128 => Some(16),
        _ => None,
    }
}

impl<'a> Datum<'a> {
    /// The value of that kind that stands in a frame as those bytes.
    pub(crate) fn of(tag: u8, bytes: &'a [u8]) -> Option<Self> {
        let word = || bytes.first_chunk().copied();
        let text = || std::str::from_utf8(bytes).ok();
        Some(match tag {
            tag::FALSE => Self::Bool(false),
            tag::TRUE => Self::Bool(true),
            tag::I64 => Self::I64(i64::from_le_bytes(word()?)),
            tag::U64 => Self::U64(u64::from_le_bytes(word()?)),
            tag::I128 => Self::I128(i128::from_le_bytes(*bytes.first_chunk()?)),
            tag::U128 => Self::U128(u128::from_le_bytes(*bytes.first_chunk()?)),
            tag::F64 => Self::F64(f64::from_le_bytes(word()?)),
            tag::TEXT => Self::Text(text()?),
            tag::JSON => Self::Json(text()?),
            tag::DURATION => Self::Duration(Duration::from_nanos(u64::from_le_bytes(word()?))),
            tag::TIME => Self::Time(Timestamp(i64::from_le_bytes(word()?))),
            tag::NULL => Self::Null,
            tag::LIST => Self::List(Group { bytes, keyed: false }),
            tag::OBJECT => Self::Object(Group { bytes, keyed: true }),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
