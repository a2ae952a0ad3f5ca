//! Where the fields of a frame are, for those who read their values later.

use super::{Decoded, INLINE_KEY, Reader};
use crate::{frame::tag, record::Part};

impl<'a> Decoded<'a> {
    /// Where its fields are, as many as there is room for; `None` where there are more of them, or
    /// bytes that are no field.
    #[inline]
    pub(crate) fn find<'s>(&self, spots: &'s mut [Spot]) -> Option<&'s [Spot]> {
        let (mut at, mut found) = (0, 0);
        while let Some(rest @ [_, ..]) = self.fields.get(at..) {
            let (spot, end) = in_words(rest, at).or_else(|| self.in_bytes(at))?;
            *spots.get_mut(found)? = spot;
            (at, found) = (end, found + 1);
        }
        spots.get(..found)
    }

    /// Where its fields are when they are of those kinds, one after the other and no others; keys of
    /// their own are not looked at.
    #[inline]
    pub(crate) fn find_these<'s>(
        &self,
        kinds: &[u64],
        spots: &'s mut [Spot],
    ) -> Option<&'s [Spot]> {
        let mut at = 0;
        let spots = spots.get_mut(..kinds.len())?;
        for (kind, spot) in kinds.iter().zip(&mut *spots) {
            let rest = self.fields.get(at..)?;
            let (found, end) = in_words(rest, at).or_else(|| self.in_bytes(at))?;
            if found.kind != *kind {
                return None;
            }
            (*spot, at) = (found, end);
        }
        (at == self.fields.len()).then_some(spots)
    }

    /// A field that is not in words, and where it ends.
    #[inline(never)]
    fn in_bytes(&self, at: usize) -> Option<(Spot, usize)> {
        let mut reader = Reader(self.fields.get(at..)?);
        let at = |reader: &Reader<'_>| u32::try_from(self.fields.len() - reader.0.len()).ok();
        let number = reader.take()?;
        let [low, high] = number;
        let (mut part, mut length, mut key) = (0, 0, 0);
        let (tag, value) = if u16::from_le_bytes(number) == INLINE_KEY {
            [part, length] = reader.take()?;
            key = at(&reader)?;
            reader.bytes(usize::from(length))?;
            reader.value()?
        } else {
            reader.field()?
        };
        let end = at(&reader)?;
        reader.fill();
        let kind = u64::from_le_bytes([low, high, tag, part, length, 0, 0, 0]);
        let length = u32::try_from(value.len()).ok()?;
        let spot = Spot { kind: one_bool(kind), tag, key, at: end - length, length };
        Some((spot, at(&reader)? as usize))
    }

    /// The bytes of a field's value.
    #[inline]
    pub(crate) fn value(&self, spot: &Spot) -> Option<&'a [u8]> {
        self.fields.get(spot.at as usize..)?.get(..spot.length as usize)
    }

    /// The key that a field carries itself; empty where its call site names it.
    pub(crate) fn key(&self, spot: &Spot) -> Option<&'a [u8]> {
        let [_, _, _, _, length, ..] = spot.kind.to_le_bytes();
        self.fields.get(spot.key as usize..)?.get(..usize::from(length))
    }

    /// The part a field is of.
    pub(crate) fn part(&self, spot: &Spot) -> Option<Part> {
        let [low, high, _, part, ..] = spot.kind.to_le_bytes();
        match u16::from_le_bytes([low, high]) {
            INLINE_KEY => Part::ALL.get(usize::from(part)).copied(),
            number => self.site.fields.get(usize::from(number)).map(|field| field.part),
        }
    }

    /// The fields of a frame with those keys and texts as their values.
    pub(crate) fn with_texts(
        &self,
        spots: &[Spot],
        mut text: impl FnMut(usize) -> String,
    ) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for (at, spot) in spots.iter().enumerate() {
            let [low, high, _, part, length, ..] = spot.kind.to_le_bytes();
            bytes.extend([low, high]);
            if spot.has_key() {
                bytes.extend([part, length]);
                bytes.extend(self.key(spot)?);
            }
            let text = text(at);
            bytes.push(tag::TEXT);
            bytes.extend(u32::try_from(text.len()).ok()?.to_le_bytes());
            bytes.extend(text.as_bytes());
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        Some(bytes)
    }

    /// The same record with other fields.
    pub(crate) fn with_fields<'b>(&self, fields: &'b [u8]) -> Decoded<'b> {
        let Self { site, outcome, level, phase, start, duration, ticket, .. } = *self;
        Decoded { site, outcome, level, phase, start, duration, ticket, fields }
    }
}

/// Where a field stands in a frame, with its value unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// All but its key and its value; `true` and `false` are one kind. From the lowest byte on: its
    /// number in the call site or `INLINE_KEY`, its tag, and its part and the length of its key where
    /// it carries them itself.
    pub(crate) kind: u64,
    /// What its value is; never with `WORDS`.
    pub(crate) tag: u8,
    key: u32,
    /// Its value: content only, without its length.
    at: u32,
    length: u32,
}

impl Spot {
    /// Whether it carries its key itself.
    #[inline]
    pub(crate) fn has_key(&self) -> bool {
        self.kind & u64::from(INLINE_KEY) == u64::from(INLINE_KEY)
    }
}

/// The kind in which `true` is `false`.
#[inline]
const fn one_bool(kind: u64) -> u64 {
    if kind >> 16 & 0xff == tag::TRUE as u64 { kind ^ 1 << 16 } else { kind }
}

/// A field in words that the bytes begin with, which stand at a place, and where it ends.
#[inline]
fn in_words(bytes: &[u8], at: usize) -> Option<(Spot, usize)> {
    let word = u64::from_le_bytes(*bytes.first_chunk()?);
    let [_, _, tag, ..] = word.to_le_bytes();
    let (tag, length) = match tag ^ tag::WORDS {
        tag::TEXT => (tag::TEXT, u32::try_from(word >> 32).ok()?),
        tag @ (tag::FALSE | tag::TRUE) => (tag, 0),
        tag @ (tag::I64 | tag::U64 | tag::F64) => (tag, 8),
        _ => return None,
    };
    let kind = one_bool(word & 0x007f_ffff);
    let value = at + 8;
    let end = value + (length as usize).next_multiple_of(8);
    Some((Spot { kind, tag, key: 0, at: u32::try_from(value).ok()?, length }, end))
}
