//! Capturing what most fields are, numbers and plain strings under harmless keys, in words.

use super::{Frame, Word};
use crate::{
    frame::{INLINE_KEY, MAX_TEXT, tag},
    redact,
};

impl Frame {
    /// Adds a number as the site's field of that number, where its key is known to be harmless and
    /// there is room for it; whether it did.
    #[inline]
    pub(crate) fn put(&mut self, front: Front, bits: u64) -> bool {
        let Some([head, body]) = self.take(front, 2) else { return false };
        *head = front.0.to_le_bytes();
        *body = bits.to_le_bytes();
        self.at += 2;
        true
    }

    /// The same for what is all said by its tag.
    #[inline]
    pub(crate) fn put_tag(&mut self, front: Front) -> bool {
        let Some([head]) = self.take(front, 1) else { return false };
        *head = front.0.to_le_bytes();
        self.at += 1;
        true
    }

    /// The same for text of up to 24 bytes, as words filled up with zeros.
    #[inline]
    pub(crate) fn put_words(&mut self, front: Front, length: u32, words: [u64; 3]) -> bool {
        let Some([head, first, second, third]) = self.take(front, 4) else { return false };
        *head = front.of_length(length as usize).0.to_le_bytes();
        *first = words[0].to_le_bytes();
        *second = words[1].to_le_bytes();
        *third = words[2].to_le_bytes();
        self.at += 1 + (length.wrapping_add(7) >> 3);
        true
    }

    /// The same for text that holds no secret.
    #[inline]
    pub(crate) fn put_text(&mut self, front: Front, text: &str) -> bool {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        if text.len() > MAX_TEXT {
            return false;
        }
        let words = length.div_ceil(8);
        let Some([head, place @ ..]) = self.take(front, 1 + words) else { return false };
        *head = front.of_length(length as usize).0.to_le_bytes();
        if let Some(last) = place.last_mut() {
            *last = [0; 8];
        }
        if let Some(place) = place.as_flattened_mut().get_mut(..text.len()) {
            place.copy_from_slice(text.as_bytes());
        }
        self.at += 1 + words;
        true
    }

    /// The place of a field of so many words; none where it is not to be taken at once.
    #[inline]
    fn take(&mut self, front: Front, words: u32) -> Option<&mut [Word]> {
        let number = front.number();
        self.last = number;
        if number >= self.hints.harmless {
            return None;
        }
        let at = self.at as usize;
        self.words.get_mut(at..at + words as usize)
    }
}

/// A text of up to 8 bytes, and those as a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short {
    length: usize,
    word: u64,
}

impl Short {
    /// None for a longer one.
    #[inline]
    pub(crate) fn new(text: &str) -> Option<Self> {
        let (bytes, length) = (text.as_bytes(), text.len());
        let word = match bytes.first_chunk() {
            Some(word) if length == 8 => u64::from_le_bytes(*word),
            Some(_) => return None,
            None => redact::few(bytes),
        };
        Some(Self { length, word })
    }
}

/// The first word of a field in words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Front(u64);

impl Front {
    /// That of the field of that number, with that tag.
    #[inline]
    pub(crate) const fn new(number: usize, tag: u8) -> Self {
        let number = if number < INLINE_KEY as usize { number } else { INLINE_KEY as usize };
        Self(number as u64 | ((tag | tag::WORDS) as u64) << 16)
    }

    /// The number of the field; that of none where it is too large.
    #[inline]
    pub(crate) fn number(self) -> u16 {
        let [low, high, ..] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high])
    }

    /// With the text that has that front and is that word.
    #[inline]
    pub(crate) const fn of(self, Short { length, word }: Short) -> (Self, u64) {
        (self.of_length(length), word)
    }

    /// The length of a text.
    pub(crate) const fn length(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The tag.
    pub(crate) const fn tag(self) -> u8 {
        let [_, _, own, ..] = self.0.to_le_bytes();
        own & !tag::WORDS
    }

    #[inline]
    const fn of_length(self, length: usize) -> Self {
        Self(self.0 | (length as u64) << 32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        clock::{Start, Timestamp},
        frame::{Capture, Datum, Decoded, Hints, Phase},
        health::Counters,
        record::{Callsite, Field, Part},
        redact::{KeyRules, PseudonymKey, Rules},
        value::Value,
    };

    static SITE: Callsite = Callsite {
        fields: &[
            Field { part: Part::Details, key: "count" },
            Field { part: Part::Agent, key: "agent" },
            Field { part: Part::User, key: "user" },
            Field { part: Part::Details, key: "password" },
        ],
        ..Callsite::BLANK
    };
    const HINTS: Hints = Hints { harmless: 3, agent: 0b0010, user: 0b0100 };

    fn capture() -> Capture {
        let rules = Rules::new(KeyRules::default(), PseudonymKey::new("key"));
        Capture { rules, counters: Counters::new().into() }
    }

    fn frame(hints: Hints) -> Frame {
        let mut frame = Frame::new(&SITE, Timestamp(0));
        frame.restart(&SITE, hints);
        frame.words.resize(1_024, [0; 8]);
        frame.intended(Start::of_reading(0), Phase::Single);
        frame
    }

    /// Takes it the quick way, or the other way where that is refused; whether it was refused.
    fn quickly(frame: &mut Frame, number: usize, value: Value<'_>) -> bool {
        let capture = capture();
        let front = |tag| Front::new(number, tag);
        let taken = match value {
            Value::U64(n) => frame.put(front(tag::U64), n),
            Value::I64(n) => frame.put(front(tag::I64), n.cast_unsigned()),
            Value::F64(n) => frame.put(front(tag::F64), n.to_bits()),
            Value::Bool(is) => frame.put_tag(front(if is { tag::TRUE } else { tag::FALSE })),
            Value::Literal(text) => frame.put_text(front(tag::TEXT), text),
            Value::Text(text) => match capture.rules.lower(text) {
                Some(words) => {
                    frame.put_words(front(tag::TEXT), u32::try_from(text.len()).unwrap(), words)
                }
                None => capture.rules.is_plain(text) && frame.put_text(front(tag::TEXT), text),
            },
            _ => false,
        };
        if !taken {
            frame.field(&capture, number, value);
        }
        !taken
    }

    fn fields(frame: &Frame) -> Vec<(Part, &str, Datum<'_>)> {
        assert_eq!(frame.bytes().len() % 8, 0);
        Decoded::new(frame.site(), frame.bytes()).expect("a header").fields().collect()
    }

    proptest! {
        #[test]
        fn both_ways_give_the_same_fields(
            values in prop::collection::vec(
                (0..6_u8, any::<u64>(), "[a-z ]{0,40}|password[=: ][a-z0-9]{0,12}|.{0,20}"),
                0..12,
            ),
        ) {
            let (mut quick, mut slow) = (frame(HINTS), frame(Hints::default()));
            for (place, (kind, bits, text)) in values.iter().enumerate() {
                let number = place % 4;
                let value = match kind {
                    0 => Value::U64(*bits),
                    1 => Value::I64(bits.cast_signed()),
                    2 => Value::F64(f64::from(u32::try_from(bits >> 32).unwrap_or(0))),
                    3 => Value::Bool(bits % 2 == 0),
                    4 => Value::Absent,
                    _ => Value::Text(text),
                };
                let refused = quickly(&mut quick, number, value);
                prop_assert!(number < 3 || refused, "a secret key was taken the quick way");
                slow.field(&capture(), number, value);
                if place < 4 {
                    quick.set_next(number + 1);
                    for part in [Part::Agent, Part::User] {
                        prop_assert_eq!(quick.has(part), slow.has(part));
                    }
                }
            }
            prop_assert_eq!(fields(&quick), fields(&slow));
            let shown = format!("{:?}", fields(&quick));
            for (place, (_, _, text)) in values.iter().enumerate() {
                let secret = text.split_once(['=', ':']).map_or("", |(_, secret)| secret);
                prop_assert!(place % 4 != 3 || secret.len() < 6 || !shown.contains(secret));
            }
        }
    }

    #[test]
    fn a_field_without_room_or_hint_is_left_to_the_other_way() {
        let front = |number| Front::new(number, tag::U64);
        let mut narrow = frame(HINTS);
        narrow.words.truncate(4);
        assert!(!narrow.put(front(0), 1) && !narrow.put_text(front(0), "a"));
        assert!(narrow.put_tag(front(0)) && !narrow.put_tag(front(0)));
        narrow.field(&capture(), 0, Value::U64(1));
        assert_eq!(fields(&narrow).len(), 2);
        let mut wide = frame(HINTS);
        for number in [3, 4, 31, 32, 64, 0xffff, 0x1_0000, usize::MAX] {
            assert!(!wide.put(front(number), 1), "{number}");
        }
        assert!(wide.put(front(0), 1));
        assert!(!frame(Hints::default()).put(front(0), 1));
    }

    #[test]
    fn text_of_the_source_is_not_scanned_but_hidden_under_a_secret_key() {
        let mut frame = frame(HINTS);
        for number in [0, 3] {
            frame.literal(&capture(), number, "token=x");
        }
        let texts: Vec<_> = fields(&frame).into_iter().map(|(_, _, datum)| datum).collect();
        assert_eq!(texts, [Datum::Text("token=x"), Datum::Text(redact::REDACTED)]);
    }

    #[test]
    fn a_part_is_there_once_its_field_was_taken_and_held_something() {
        let both = |frame: &Frame| [Part::Agent, Part::User].map(|part| frame.has(part));
        let mut frame = frame(HINTS);
        assert_eq!(both(&frame), [false, false]);
        assert!(frame.put(Front::new(0, tag::U64), 1));
        assert_eq!(both(&frame), [false, false]);
        assert!(frame.put(Front::new(1, tag::U64), 1));
        assert_eq!(both(&frame), [true, false]);
        frame.field(&capture(), 2, Value::Absent);
        frame.set_next(3);
        assert_eq!(both(&frame), [true, false]);
        frame.field(&capture(), 2, Value::Text("jane"));
        assert_eq!(both(&frame), [true, true]);
    }
}
