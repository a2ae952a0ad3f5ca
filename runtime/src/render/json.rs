//! Writing JSON (RFC 8259) that every shipper reads: no number beyond 2^53, no control, bidirectional
//! or line-separating character, no NUL, and long texts shortened with their size and digest.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Line;
use crate::frame::{Datum, Group};

/// Integers beyond this lose digits in readers that know `f64` only.
const MAX_SAFE: u64 = 1 << 53;

/// A JSON object in the making.
pub(super) struct Out {
    text: String,
    cap: usize,
    /// Whether a text was shortened.
    pub(super) shortened: bool,
}

impl Out {
    /// An open object whose texts have at most `cap` bytes.
    pub(super) fn new(cap: usize) -> Self {
        let mut text = String::with_capacity(512);
        text.push('{');
        Self { text, cap, shortened: false }
    }

    /// Closes the object; a shortened one says so in its last member.
    pub(super) fn finish(mut self) -> Line {
        if self.shortened {
            self.key("truncated");
            self.text.push_str("true");
        }
        self.text.push('}');
        Line::new(self.text)
    }

    /// Begins a member.
    pub(super) fn key(&mut self, key: &str) {
        self.separate();
        self.text.push('"');
        self.escape(key);
        self.text.push_str("\":");
    }

    fn separate(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    /// Begins an object or array after a key.
    pub(super) fn open(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// Ends it.
    pub(super) fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// An element of an array.
    pub(super) fn element(&mut self, text: &str) {
        self.separate();
        self.string(text);
    }

    /// A member whose value is a text that is never shortened.
    pub(super) fn plain(&mut self, key: &str, text: &str) {
        self.key(key);
        self.text.push('"');
        self.escape(text);
        self.text.push('"');
    }

    /// A member whose value is a text.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        self.string(text);
    }

    /// A member whose value is a number that JSON readers keep.
    pub(super) fn number(&mut self, key: &str, n: u64) {
        self.key(key);
        self.unsigned(u128::from(n));
    }

    /// A member whose value is a duration in milliseconds, to the microsecond.
    pub(super) fn millis(&mut self, key: &str, nanos: u128) {
        self.key(key);
        self.milliseconds(nanos);
    }

    /// A member.
    pub(super) fn member(&mut self, key: &str, datum: &Datum<'_>) {
        self.key(key);
        self.datum(datum);
    }

    fn datum(&mut self, datum: &Datum<'_>) {
        match *datum {
            Datum::Bool(value) => self.text.push_str(if value { "true" } else { "false" }),
            Datum::I64(n) => self.signed(i128::from(n)),
            Datum::U64(n) => self.unsigned(u128::from(n)),
            Datum::I128(n) => self.signed(n),
            Datum::U128(n) => self.unsigned(n),
            Datum::F64(n) => self.float(n),
            Datum::Text(text) => self.string(text),
            Datum::Duration(duration) => self.milliseconds(duration.as_nanos()),
            Datum::Time(time) => self.write(format_args!("\"{time}\"")),
            Datum::Json(json) => match serde_json::from_str(json) {
                Ok(value) if json.len() <= self.cap => self.json(&value),
                _ => self.string(json),
            },
            Datum::Null => self.text.push_str("null"),
            Datum::List(group) => self.group(&group, '[', ']'),
            Datum::Object(group) => self.group(&group, '{', '}'),
        }
    }

    /// An array or object; as text where it is too long.
    fn group(&mut self, group: &Group<'_>, open: char, close: char) {
        let start = self.text.len();
        self.text.push(open);
        for (key, datum) in group.iter() {
            if open == '{' {
                self.key(key);
            } else {
                self.separate();
            }
            self.datum(&datum);
        }
        self.text.push(close);
        if self.text.len() - start > self.cap {
            let whole = self.text.split_off(start);
            self.string(&whole);
        }
    }

    fn json(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::Null => self.text.push_str("null"),
            serde_json::Value::Bool(value) => self.datum(&Datum::Bool(*value)),
            serde_json::Value::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
                (Some(n), _, _) => self.signed(i128::from(n)),
                (_, Some(n), _) => self.unsigned(u128::from(n)),
                (_, _, Some(n)) => self.float(n),
                _ => self.string(&n.to_string()),
            },
            serde_json::Value::String(text) => self.string(text),
            serde_json::Value::Array(elements) => {
                self.text.push('[');
                for element in elements {
                    self.separate();
                    self.json(element);
                }
                self.text.push(']');
            }
            serde_json::Value::Object(members) => {
                self.text.push('{');
                for (key, member) in members {
                    self.key(key);
                    self.json(member);
                }
                self.text.push('}');
            }
        }
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(arguments);
    }

    fn signed(&mut self, n: i128) {
        if n.unsigned_abs() > u128::from(MAX_SAFE) {
            self.write(format_args!("\"{n}\""));
        } else {
            self.write(format_args!("{n}"));
        }
    }

    fn unsigned(&mut self, n: u128) {
        if n > u128::from(MAX_SAFE) {
            self.write(format_args!("\"{n}\""));
        } else {
            self.write(format_args!("{n}"));
        }
    }

    fn float(&mut self, n: f64) {
        if n.is_nan() {
            self.text.push_str("\"NaN\"");
        } else if n.is_infinite() {
            self.text.push_str(if n > 0.0 { "\"Infinity\"" } else { "\"-Infinity\"" });
        } else {
            self.write(format_args!("{n:?}"));
        }
    }

    fn milliseconds(&mut self, nanos: u128) {
        let micros = nanos / 1_000;
        self.write(format_args!("{}", micros / 1_000));
        let fraction = micros % 1_000;
        if fraction != 0 {
            let digits = format!("{fraction:03}");
            self.write(format_args!(".{}", digits.trim_end_matches('0')));
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        if text.len() > self.cap {
            let kept = text.floor_char_boundary(self.cap);
            self.escape(text.get(..kept).unwrap_or_default());
            let digest = Sha256::digest(text.as_bytes());
            self.write(format_args!("…[{} bytes, sha256 ", text.len()));
            for byte in digest.iter().take(8) {
                self.write(format_args!("{byte:02x}"));
            }
            self.text.push(']');
            self.shortened = true;
        } else {
            self.escape(text);
        }
        self.text.push('"');
    }

    fn escape(&mut self, text: &str) {
        let mut copied = 0;
        for (at, c) in text.char_indices() {
            if !is_special(c) {
                continue;
            }
            self.text.push_str(text.get(copied..at).unwrap_or_default());
            copied = at + c.len_utf8();
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                // Readers in C end a string at NUL, escaped or not.
                '\0' => self.text.push_str("\\ufffd"),
                c => self.write(format_args!("\\u{:04x}", u32::from(c))),
            }
        }
        self.text.push_str(text.get(copied..).unwrap_or_default());
    }
}

/// Whether a character is written as an escape sequence: what JSON demands, and what a terminal or
/// an editor would act upon (DEL, C1 controls, bidirectional controls of UAX #9, line separators).
fn is_special(c: char) -> bool {
    match c {
        '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        c if c < '\u{61c}' => false,
        c => matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        ),
    }
}
