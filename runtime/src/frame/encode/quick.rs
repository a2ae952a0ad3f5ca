//! Capturing what most fields are, numbers and plain strings under harmless keys, in words.

use super::Frame;
use crate::frame::{MAX_TEXT, tag};

impl Frame {
    /// Adds a number as the site's field of that number, where its key is known to be harmless and
    /// there is room for it; whether it did.
    #[inline]
    pub(crate) fn put(&mut self, number: usize, tag: u8, bits: u64) -> bool {
        if !self.takes(number, 16) {
            return false;
        }
        let mut words = [0; 16];
        let (head, body) = words.split_at_mut(8);
        head.copy_from_slice(&front(number, tag, 0).to_le_bytes());
        body.copy_from_slice(&bits.to_le_bytes());
        self.bytes.extend_from_slice(&words);
        true
    }

    /// The same for `true` and `false`.
    #[inline]
    pub(crate) fn put_bool(&mut self, number: usize, is: bool) -> bool {
        let takes = self.takes(number, 8);
        if takes {
            let tag = if is { tag::TRUE } else { tag::FALSE };
            self.bytes.extend_from_slice(&front(number, tag, 0).to_le_bytes());
        }
        takes
    }

    /// The same for text without a secret.
    #[inline]
    pub(crate) fn put_text(&mut self, number: usize, text: &str) -> bool {
        let text = text.as_bytes();
        let (words, rest) = text.as_chunks::<8>();
        if text.len() > MAX_TEXT || !self.takes(number, 16 + text.len()) {
            return false;
        }
        let head = front(number, tag::TEXT, text.len());
        self.bytes.extend_from_slice(&head.to_le_bytes());
        for word in words {
            self.bytes.extend_from_slice(word);
        }
        if !rest.is_empty() {
            let last = match text.last_chunk::<8>() {
                // Those before the rest are shifted out.
                Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
                None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
            };
            self.bytes.extend_from_slice(&last.to_le_bytes());
        }
        true
    }

    /// Whether the field of that number can be taken at once, in so many bytes; then it is noted.
    #[inline]
    fn takes(&mut self, number: usize, bytes: usize) -> bool {
        let fits = self.bytes.capacity() - self.bytes.len() >= bytes;
        if number >= 32 || self.hints.harmless >> number & 1 == 0 || !fits {
            return false;
        }
        self.present |= 1 << number;
        true
    }
}

/// The first word of a field in words.
#[inline]
const fn front(number: usize, tag: u8, length: usize) -> u64 {
    number as u64 | ((tag | tag::WORDS) as u64) << 16 | (length as u64) << 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        clock::Timestamp,
        frame::{Capture, Datum, Decoded, Hints},
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
    const HINTS: Hints = Hints { harmless: 0b0111, agent: 0b0010, user: 0b0100 };

    fn capture() -> Capture {
        let rules = Rules::new(KeyRules::default(), PseudonymKey::new("key"));
        Capture { rules, counters: Counters::new().into() }
    }

    fn frame(hints: Hints) -> Frame {
        let mut frame = Frame::new(&SITE, Timestamp(0));
        frame.restart(&SITE, hints);
        frame.bytes.reserve(4_096);
        frame
    }

    /// Takes it the quick way, or the other way where that is refused; whether it was refused.
    fn quickly(frame: &mut Frame, number: usize, value: Value<'_>) -> bool {
        let capture = capture();
        let taken = match value {
            Value::U64(n) => frame.put(number, tag::U64, n),
            Value::I64(n) => frame.put(number, tag::I64, n.cast_unsigned()),
            Value::F64(n) => frame.put(number, tag::F64, n.to_bits()),
            Value::Bool(is) => frame.put_bool(number, is),
            Value::Literal(text) => frame.put_text(number, text),
            Value::Text(text) => capture.rules.is_plain(text) && frame.put_text(number, text),
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
                (0..4_usize, 0..5_u8, any::<u64>(), "[a-z ]{0,40}|password[=: ][a-z0-9]{0,12}|.{0,20}"),
                0..12,
            ),
        ) {
            let (mut quick, mut slow) = (frame(HINTS), frame(Hints::default()));
            for (number, kind, bits, text) in &values {
                let value = match kind {
                    0 => Value::U64(*bits),
                    1 => Value::I64(bits.cast_signed()),
                    2 => Value::F64(f64::from(u32::try_from(bits >> 32).unwrap_or(0))),
                    3 => Value::Bool(bits % 2 == 0),
                    _ => Value::Text(text),
                };
                let refused = quickly(&mut quick, *number, value);
                prop_assert!(*number < 3 || refused, "a secret key was taken the quick way");
                slow.field(&capture(), *number, value);
            }
            prop_assert_eq!(fields(&quick), fields(&slow));
            for part in [Part::Agent, Part::User] {
                prop_assert_eq!(quick.has(part), slow.has(part));
            }
            let shown = format!("{:?}", fields(&quick));
            for (number, _, _, text) in values {
                let secret = text.split_once(['=', ':']).map_or("", |(_, secret)| secret);
                prop_assert!(number != 3 || secret.len() < 6 || !shown.contains(secret));
            }
        }
    }

    #[test]
    fn a_field_without_room_or_hint_is_left_to_the_other_way() {
        let mut narrow = frame(HINTS);
        narrow.bytes.shrink_to_fit();
        assert!(!narrow.put(0, tag::U64, 1) && !narrow.put_bool(0, true));
        assert!(!narrow.put_text(0, ""));
        let mut wide = frame(HINTS);
        for number in [3, 4, 31, 32, 64, usize::MAX] {
            assert!(!wide.put(number, tag::U64, 1), "{number}");
        }
        assert!(wide.put(0, tag::U64, 1));
        assert!(!frame(Hints::default()).put(0, tag::U64, 1));
    }
}
