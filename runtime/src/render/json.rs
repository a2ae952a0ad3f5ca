//! Writing JSON (RFC 8259) that every shipper reads: no number beyond 2^53, no control, bidirectional
//! or line-separating character, no NUL, and long texts shortened with their size and digest.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    Line, escape, line,
    numbers::{self, Buffer as _},
    text::{self, People},
    tree,
};
use crate::{
    clock::Timestamp,
    frame::{Datum, Group},
};

/// A JSON object in the making, or a line for people with the same members.
pub(super) struct Out {
    text: String,
    cap: usize,
    /// Whether a text was shortened.
    pub(super) shortened: bool,
    /// Set in a line for people.
    people: Option<People>,
}

impl Out {
    /// An open object whose texts have at most `cap` bytes.
    pub(super) fn new(cap: usize) -> Self {
        let mut text = line::spare_text();
        text.push('{');
        Self { text, cap, shortened: false, people: None }
    }

    /// An empty line for people, with the same limit.
    pub(super) fn for_people(cap: usize) -> Self {
        let text = line::spare_text();
        Self { text, cap, shortened: false, people: Some(People::default()) }
    }

    /// Whether it is a line for people.
    pub(super) fn is_for_people(&self) -> bool {
        self.people.is_some()
    }

    /// Closes the object; a shortened one says so in its last member.
    pub(super) fn finish(mut self) -> Line {
        if self.shortened {
            self.member("truncated", &Datum::Bool(true));
        }
        if self.people.is_none() {
            self.text.push('}');
        }
        Line::new(self.text)
    }

    /// Begins a member that the format names; such a name needs no escape.
    pub(super) fn key(&mut self, key: &'static str) {
        if let Some(people) = &mut self.people {
            return people.key(key);
        }
        self.separate();
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }

    /// Begins a member that somebody else named.
    pub(super) fn foreign_key(&mut self, key: &str) {
        if let Some(people) = &mut self.people {
            return people.key(key);
        }
        self.separate();
        self.text.push('"');
        self.escape(key);
        self.text.push_str("\":");
    }

    pub(super) fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), Some(b'{' | b'[')) {
            self.text.push(',');
        }
    }

    /// Begins an object or array after a key.
    pub(super) fn open(&mut self, bracket: char) {
        match &mut self.people {
            Some(people) => people.open(bracket, &mut self.text),
            None => self.text.push(bracket),
        }
    }

    /// Ends it.
    pub(super) fn close(&mut self, bracket: char) {
        match &mut self.people {
            Some(people) => people.close(bracket),
            None => self.text.push(bracket),
        }
    }

    /// An element of an array.
    pub(super) fn element(&mut self, text: &str) {
        match &mut self.people {
            Some(people) => people.element(&mut self.text),
            None => self.separate(),
        }
        self.string(text);
    }

    /// A member whose value is a word of the format, which needs no escape either.
    pub(super) fn word(&mut self, key: &'static str, word: &'static str) {
        self.name(key);
        if self.people.is_some() {
            return self.text.push_str(word);
        }
        self.text.push('"');
        self.text.push_str(word);
        self.text.push('"');
    }

    /// A member whose value is a text that is never shortened.
    pub(super) fn plain(&mut self, key: &'static str, text: &str) {
        self.name(key);
        if self.is_bare(text) {
            return self.text.push_str(text);
        }
        self.text.push('"');
        self.escape(text);
        self.text.push('"');
    }

    /// The text as a sentence of a line for people: without quotes around it.
    pub(super) fn sentence(&mut self, text: &str) {
        if text.len() > self.cap {
            return self.string(text);
        }
        for (number, part) in text.split('"').enumerate() {
            if number > 0 {
                self.text.push('"');
            }
            self.escape(part);
        }
    }

    /// The first member; in a line for people a time without a name.
    pub(super) fn time(&mut self, key: &'static str, time: Timestamp) {
        if self.people.is_some() {
            return time.show(&mut self.text);
        }
        self.key(key);
        self.datum(&Datum::Time(time));
    }

    /// A part of a line for people that stands at a fixed place.
    pub(super) fn fixed(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.write(arguments);
    }

    /// Begins a member whose value follows at once.
    fn name(&mut self, key: &'static str) {
        self.key(key);
        self.label();
    }

    fn label(&mut self) {
        if let Some(people) = &mut self.people {
            people.label(&mut self.text);
        }
    }

    /// Whether the text needs no quotes.
    fn is_bare(&self, text: &str) -> bool {
        self.people.is_some() && text::is_bare(text)
    }

    /// A member whose value is a text.
    pub(super) fn text(&mut self, key: &'static str, text: &str) {
        self.name(key);
        self.string(text);
    }

    /// A member whose value is a number that JSON readers keep.
    pub(super) fn number(&mut self, key: &'static str, n: u64) {
        self.name(key);
        numbers::unsigned(&mut self.text, n);
    }

    /// A member whose value is a duration in milliseconds, to the microsecond.
    pub(super) fn millis(&mut self, key: &'static str, duration: Duration) {
        self.name(key);
        self.milliseconds(duration);
    }

    /// A member that somebody else named.
    pub(super) fn member(&mut self, key: &str, datum: &Datum<'_>) {
        self.foreign_key(key);
        self.label();
        self.datum(datum);
    }

    pub(super) fn datum(&mut self, datum: &Datum<'_>) {
        match *datum {
            Datum::Bool(value) => self.text.push_str(if value { "true" } else { "false" }),
            Datum::U64(n) => numbers::unsigned(&mut self.text, n),
            Datum::I64(n) => numbers::signed(&mut self.text, n),
            Datum::I128(n) => numbers::wide_signed(&mut self.text, n),
            Datum::U128(n) => numbers::wide_unsigned(&mut self.text, n),
            Datum::F64(n) => numbers::float(&mut self.text, n),
            Datum::Text(text) => self.string(text),
            Datum::Duration(duration) => self.milliseconds(duration),
            Datum::Time(time) if self.people.is_some() => time.show(&mut self.text),
            Datum::Time(time) => {
                self.text.push('"');
                time.show(&mut self.text);
                self.text.push('"');
            }
            Datum::Json(json) if self.people.is_some() || json.len() > self.cap => {
                self.string(json);
            }
            Datum::Json(json) => tree::write(self, json),
            Datum::Null => self.text.push_str("null"),
            Datum::List(group) => self.group(&group, '[', ']'),
            Datum::Object(group) => self.group(&group, '{', '}'),
        }
    }

    /// An array or object; as text where it is too long.
    fn group(&mut self, group: &Group<'_>, open: char, close: char) {
        let start = self.text.len();
        self.between(open, close, |out| {
            for (key, datum) in group.iter() {
                if open == '{' {
                    out.foreign_key(key);
                } else {
                    out.separate();
                }
                out.datum(&datum);
            }
        });
        if self.text.len() - start > self.cap {
            let whole = self.text.split_off(start);
            self.string(&whole);
        }
    }

    /// What `inside` writes, between brackets.
    pub(super) fn between(&mut self, open: char, close: char, inside: impl FnOnce(&mut Self)) {
        self.text.push(open);
        inside(self);
        self.text.push(close);
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.text.format(arguments);
    }

    fn milliseconds(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        numbers::milliseconds(&mut self.text, nanos);
    }

    pub(super) fn string(&mut self, text: &str) {
        if text.len() <= self.cap && self.is_bare(text) {
            return self.text.push_str(text);
        }
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
        escape::escape(&mut self.text, text);
    }
}

/// A value as it stands in a line.
pub(super) fn shown(datum: &Datum<'_>) -> String {
    let mut out = Out { text: String::new(), cap: usize::MAX, shortened: false, people: None };
    out.datum(datum);
    out.text
}
