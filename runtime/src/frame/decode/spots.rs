//! Where the fields of a frame are, for those who read their values later.

use super::{Datum, Decoded, INLINE_KEY, Reader, fixed};
use crate::{frame::tag, record::Part};

impl<'a> Decoded<'a> {
    /// Where its fields are, as many as there is room for; `None` where there are more of them, or
    /// bytes that are no field.
    pub(crate) fn find<'s>(&self, spots: &'s mut [Spot]) -> Option<&'s [Spot]> {
        let (mut at, mut found) = (0, 0);
        self.words()?;
        while at < self.fields.len() {
            let (spot, end) = self.in_words(at).or_else(|| self.in_bytes(at))?;
            *spots.get_mut(found)? = spot;
            (at, found) = (end, found + 1);
        }
        spots.get(..found)
    }

    /// Finds the values of its fields when these are of those kinds, one after the other and no
    /// others.
    #[inline]
    pub(crate) fn find_these(&self, kinds: &[Kind], places: &mut [Place]) -> Option<()> {
        let words = self.words()?;
        let mut at = 0;
        for (kind, place) in kinds.iter().zip(places.get_mut(..kinds.len())?) {
            let word = u64::from_le_bytes(*words.get(at)?);
            if word & kind.mask == kind.word {
                (*place, at) = kind.words.value(word, at);
            } else {
                let end;
                (*place, end) = self.in_bytes_of(at * 8, kind)?;
                at = end / 8;
            }
        }
        (at == words.len()).then_some(())
    }

    /// Its fields, where they are whole words and no more than a place can tell.
    #[inline]
    fn words(&self) -> Option<&'a [[u8; 8]]> {
        let (words, rest) = self.fields.as_chunks();
        (rest.is_empty() && u32::try_from(self.fields.len()).is_ok()).then_some(words)
    }

    /// The 8 bytes at a place.
    #[inline]
    pub(crate) fn word(&self, at: u32) -> Option<u64> {
        let rest = self.fields.get(at as usize..)?;
        rest.first_chunk().map(|word| u64::from_le_bytes(*word))
    }

    /// The bytes of a value; none of `true` and `false`.
    #[inline]
    pub(crate) fn bytes(&self, place: Place) -> Option<&'a [u8]> {
        self.fields.get(place.at as usize..)?.get(..place.length as usize)
    }

    /// A value of that kind.
    pub(crate) fn datum(&self, tag: u8, place: Place) -> Option<Datum<'a>> {
        if tag == tag::FALSE {
            return Some(Datum::Bool(place.is_true()));
        }
        let rest = self.fields.get(place.at as usize..)?;
        Datum::of(tag, rest.get(..fixed(tag).unwrap_or(place.length as usize))?)
    }

    /// A field in words, and where it ends.
    fn in_words(&self, at: usize) -> Option<(Spot, usize)> {
        let word = u64::from_le_bytes(*self.fields.get(at..)?.first_chunk()?);
        let [low, high, tag, ..] = word.to_le_bytes();
        if tag & tag::WORDS == 0 || u16::from_le_bytes([low, high]) == INLINE_KEY {
            return None;
        }
        let kind = one_bool(word & 0x007f_ffff);
        let (place, end) = Words::of(tag_of(kind))?.value(word, at / 8);
        Some((Spot { kind, key: 0, place }, end * 8))
    }

    /// The value of a field of that kind that is not in words, and where the field ends.
    #[inline(never)]
    fn in_bytes_of(&self, at: usize, kind: &Kind) -> Option<(Place, usize)> {
        let (spot, end) = self.in_bytes(at)?;
        kind.is_that_of(self, &spot).then_some((spot.place, end))
    }

    /// A field that is not in words, and where it ends.
    fn in_bytes(&self, at: usize) -> Option<(Spot, usize)> {
        let mut reader = Reader(self.fields.get(at..)?);
        let at = |reader: &Reader<'_>| self.fields.len() - reader.0.len();
        let number = reader.take()?;
        let (mut part, mut length, mut key) = (0, 0, 0);
        let (tag, value) = if u16::from_le_bytes(number) == INLINE_KEY {
            [part, length] = reader.take()?;
            key = at(&reader);
            reader.bytes(usize::from(length))?;
            reader.value()?
        } else {
            reader.field()?
        };
        let end = at(&reader);
        reader.fill();
        let kind = one_bool(u64::from_le_bytes([number[0], number[1], tag, part, length, 0, 0, 0]));
        let length = if tag == tag::TRUE { 1 } else { value.len() };
        let place = Place { at: low(end as u64 - value.len() as u64), length: low(length as u64) };
        Some((Spot { kind, key, place }, at(&reader)))
    }

    /// The key that a field carries itself; empty where its call site names it.
    pub(crate) fn key(&self, spot: &Spot) -> Option<&'a [u8]> {
        let [_, _, _, _, length, ..] = spot.kind.to_le_bytes();
        self.fields.get(spot.key..)?.get(..usize::from(length))
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

/// Where a value stands in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its content, without a length in front.
    pub(crate) at: u32,
    /// How many bytes it has, where they are not as many for all values of its kind; 1 for `true`.
    pub(crate) length: u32,
}

impl Place {
    /// Which of `true` and `false` it is.
    #[inline]
    pub(crate) fn is_true(self) -> bool {
        self.length == 1
    }
}

/// Where a field stands in a frame, with its value unread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// All but its key and its value; `true` and `false` are one kind. From the lowest byte on: its
    /// number in the call site or `INLINE_KEY`, its tag, and its part and the length of its key where
    /// it carries them itself.
    pub(crate) kind: u64,
    key: usize,
    pub(crate) place: Place,
}

impl Spot {
    /// What its value is; never with `WORDS`, and `FALSE` for `true` as well.
    pub(crate) fn tag(&self) -> u8 {
        tag_of(self.kind)
    }

    /// Whether it carries its key itself.
    fn has_key(&self) -> bool {
        is_inline(self.kind)
    }
}

const fn tag_of(kind: u64) -> u8 {
    let [_, _, tag, ..] = kind.to_le_bytes();
    tag
}

const fn is_inline(kind: u64) -> bool {
    kind & INLINE_KEY as u64 == INLINE_KEY as u64
}

/// The kind in which `true` is `false`.
const fn one_bool(kind: u64) -> u64 {
    if tag_of(kind) == tag::TRUE { kind ^ 1 << 16 } else { kind }
}

/// The lower half.
const fn low(word: u64) -> u32 {
    let [a, b, c, d, ..] = word.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// How to find the value of a field in words and the end of the field.
#[derive(Clone, Copy, Debug, Default)]
struct Words {
    /// The length of the value is in the first word: behind so many bits, and so many are it.
    behind: u32,
    length: u32,
    /// What makes that length the one of the field, which is rounded down to whole words.
    more: usize,
}

impl Words {
    /// That of a value with that tag; none where it is never in words.
    fn of(tag: u8) -> Option<Self> {
        Some(match tag {
            tag::TEXT => Self { behind: 32, length: u32::MAX, more: 8 + 7 },
            tag::I64 | tag::U64 | tag::F64 => Self { behind: 0, length: 0, more: 8 + 8 },
            // In the tag itself.
            tag::FALSE => Self { behind: 16, length: 1, more: 8 },
            _ => return None,
        })
    }

    /// Where a value is whose field begins with that word as the one of that number, and the number
    /// of the word behind the field.
    #[inline]
    fn value(self, word: u64, number: usize) -> (Place, usize) {
        let length = low(word >> self.behind) & self.length;
        let place = Place { at: low(number as u64 * 8 + 8), length };
        (place, number + ((length as usize + self.more) >> 3))
    }
}

/// What a field has to be.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// Its first word when it is in words, as far as that is in the mask; one that no word is when it
    /// cannot be.
    word: u64,
    mask: u64,
    words: Words,
    /// What is the kind of a spot.
    whole: u64,
    key: Box<[u8]>,
}

impl Kind {
    /// That of a field.
    pub(crate) fn of(record: &Decoded<'_>, spot: &Spot) -> Option<Self> {
        let (kind, key) = (spot.kind, record.key(spot)?.into());
        let words = Words::of(spot.tag()).filter(|_| !spot.has_key());
        let word = kind | u64::from(tag::WORDS) << 16;
        let (word, mask) = match spot.tag() {
            _ if words.is_none() => (1, 0),
            tag::FALSE => (word, 0x00fe_ffff),
            _ => (word, 0x00ff_ffff),
        };
        Some(Self { word, mask, words: words.unwrap_or_default(), whole: kind, key })
    }

    /// Whether a field is that.
    pub(crate) fn is_that_of(&self, record: &Decoded<'_>, spot: &Spot) -> bool {
        self.whole == spot.kind && record.key(spot) == Some(&self.key)
    }
}
