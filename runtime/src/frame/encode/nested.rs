//! Capturing collections and structures, each value under the same rules as one that stands alone.

use super::Frame;
use crate::{
    frame::{Capture, Datum, MAX_TEXT, decode, tag},
    redact::REDACTED,
    trap,
    value::{Nested, Shape, Value},
};

/// How many elements or members are written; the rest is counted.
const MAX_ELEMENTS: usize = 32;

/// How many collections and structures may stand in each other.
const MAX_DEPTH: usize = 8;

impl Frame {
    /// Takes several values as one; `start` is where their field began.
    pub(super) fn nested(
        &mut self,
        capture: &Capture,
        key: &str,
        several: &dyn Nested,
        start: usize,
    ) {
        if !(Nesting { frame: self, capture, depth: 0 }).several(key, several) {
            self.bytes.truncate(start);
        }
    }
}

struct Nesting<'a> {
    frame: &'a mut Frame,
    capture: &'a Capture,
    depth: usize,
}

impl Nesting<'_> {
    /// Whether there was anything to take.
    fn several(&mut self, key: &str, several: &dyn Nested) -> bool {
        let depth = self.depth;
        if depth == MAX_DEPTH {
            self.frame.text("[nested too deeply]");
            return true;
        }
        let start = self.frame.bytes.len();
        self.depth = depth + 1;
        // Conversions and iterators are the user's code.
        let taken = trap::contained(|| match several.shape() {
            Shape::Single => {
                let mut present = false;
                several.each(&mut |_, value| {
                    present = present || self.one(key, value);
                    false
                });
                present
            }
            _ if self.capture.rules.is_secret_key(key) => {
                self.capture.counters.values_redacted.add_one();
                self.frame.text(REDACTED);
                true
            }
            Shape::List => {
                self.group(tag::LIST, several, &mut |nesting, _, value| {
                    if !nesting.one("", value) {
                        nesting.frame.bytes.push(tag::NULL);
                    }
                });
                true
            }
            Shape::Object => {
                self.group(tag::OBJECT, several, &mut Self::member);
                true
            }
        });
        self.depth = depth;
        taken.unwrap_or_else(|| {
            self.frame.bytes.truncate(start);
            self.frame.panicked(self.capture);
            true
        })
    }

    fn one(&mut self, key: &str, value: Value<'_>) -> bool {
        match value {
            Value::Absent => false,
            Value::Nested(several) => self.several(key, several),
            value => {
                self.frame.value(self.capture, key, value, self.frame.bytes.len());
                true
            }
        }
    }

    fn group(
        &mut self,
        tag: u8,
        several: &dyn Nested,
        take: &mut dyn FnMut(&mut Self, Value<'_>, Value<'_>),
    ) {
        self.frame.bytes.push(tag);
        let length_at = self.frame.bytes.len();
        self.frame.bytes.extend_from_slice(&[0; 4]);
        let start = self.frame.bytes.len();
        let mut taken = 0;
        several.each(&mut |key, value| {
            if taken == MAX_ELEMENTS || self.frame.bytes.len() - start > MAX_TEXT {
                return false;
            }
            taken += 1;
            take(self, key, value);
            true
        });
        let left_out = several.count().saturating_sub(taken);
        if left_out > 0 {
            if tag == tag::OBJECT {
                self.key("…");
            }
            self.frame.text(&format!("…[{left_out} more]"));
        }
        let length = u32::try_from(self.frame.bytes.len() - start).unwrap_or(0);
        self.frame.patch(length_at, &length.to_le_bytes());
    }

    fn member(&mut self, key: Value<'_>, value: Value<'_>) {
        let start = self.frame.bytes.len();
        let shown;
        let key = match key {
            Value::Literal(key) => key,
            key => {
                shown = self.shown(key);
                &shown
            }
        };
        self.key(key);
        if !self.one(key, value) {
            self.frame.bytes.truncate(start);
        }
    }

    fn key(&mut self, key: &str) {
        let key = key.get(..key.floor_char_boundary(255)).unwrap_or_default();
        self.frame.bytes.push(u8::try_from(key.len()).unwrap_or(u8::MAX));
        self.frame.bytes.extend_from_slice(key.as_bytes());
    }

    /// The text of a key, taken under the rules of values and removed again.
    fn shown(&mut self, key: Value<'_>) -> String {
        let start = self.frame.bytes.len();
        let text = if self.one("", key) {
            let datum = self.frame.bytes.get(start..).and_then(decode::datum);
            datum.map(|datum| text(&datum))
        } else {
            Some(String::new())
        };
        self.frame.bytes.truncate(start);
        text.unwrap_or_else(|| "[not a key]".to_owned())
    }
}

fn text(datum: &Datum<'_>) -> String {
    match datum {
        Datum::Bool(value) => value.to_string(),
        Datum::I64(n) => n.to_string(),
        Datum::U64(n) => n.to_string(),
        Datum::I128(n) => n.to_string(),
        Datum::U128(n) => n.to_string(),
        Datum::F64(n) => n.to_string(),
        Datum::Duration(duration) => format!("{duration:?}"),
        Datum::Time(time) => time.to_string(),
        Datum::Text(text) | Datum::Json(text) => (*text).to_owned(),
        Datum::Null => String::new(),
        Datum::List(group) | Datum::Object(group) => {
            let parts: Vec<String> = group.iter().map(|(_, datum)| text(&datum)).collect();
            parts.join(",")
        }
    }
}
