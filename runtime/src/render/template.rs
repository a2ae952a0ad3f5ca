//! Lines of records that have the same shape: fields of the same kinds, keys and order at one call
//! site.
//!
//! Such lines differ in their values only. The first one is made member by member, by `members`,
//! which can do everything; then the same with a sign in the place of each value, and what stands
//! between the signs is kept. From then on a line is these texts with values between them.

mod known;

pub(super) use known::line;

use std::ops::Range;

use super::{
    Renderer,
    escape::{escape_each, is_plain},
    json, members,
    numbers::{self, Buffer as _},
};
use crate::{
    frame::{Datum, Decoded, Spot, tag},
    record::{Category, Part},
};

/// The sign of a value is this and its number, of two digits. Where it happens to stand in a line
/// already, that line has no template.
const SIGN: &str = "value-5d1c0a93e7b24f68-";
const SIGN_LENGTH: usize = SIGN.len() + 2;
/// The most fields; a record with more is made member by member.
const MOST: usize = 24;
/// Pieces that are not longer are copied with what stands behind them.
const SHORT: usize = 32;
/// Longer texts are not kept.
const KEPT: usize = 2_048;

const TIME: &str = "{\"timestamp\":\"";
const TIME_LENGTH: usize = 27;
const DURATION: &str = "\"duration_ms\":";
const CHANGED: &str = "\"changed\":[";

/// What lines have in common, and the places of their values.
#[derive(Debug)]
struct Template {
    /// What stands between the values, without the bracket at the end.
    text: String,
    steps: Vec<Step>,
    /// For the keys whose values `changed` compares: the numbers of both, and the key as it is written.
    pairs: Vec<(u8, u8, String)>,
    /// The fields that must not be empty, a bit each: without an operation a line has other members.
    filled: u32,
}

/// A piece of the text, and what stands behind it.
#[derive(Debug)]
struct Step {
    piece: Range<usize>,
    slot: Slot,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Time,
    Duration,
    /// The content of the text that the field of that number has.
    Text(u8),
    /// The value of the field of that number, with quotes where it needs them.
    Value(u8),
    Changed,
    End,
}

impl Template {
    /// That of lines of records with the shape of this one; none where more than values depends on
    /// values.
    fn new(
        renderer: &Renderer,
        record: &Decoded<'_>,
        category: Category,
        spots: &[Spot],
    ) -> Option<Self> {
        let mut filled = 0;
        for (at, spot) in spots.iter().enumerate() {
            match record.part(spot)? {
                Part::Operation if spot.tag == tag::TEXT => filled |= 1 << at,
                Part::Operation
                | Part::Message
                | Part::Event
                | Part::Component
                | Part::ErrorCause
                    if spot.tag != tag::TEXT =>
                {
                    return None;
                }
                _ => {}
            }
        }
        let fields = record.with_texts(spots, |at| format!("{SIGN}{at:02}"))?;
        let mut model = record.with_fields(&fields);
        model.ticket = None;
        let members = members::Record::new(&model);
        let out = renderer.record(&members, category, usize::MAX, true);
        let mut template =
            Self { text: String::new(), steps: Vec::new(), pairs: pairs(&members), filled };
        template.split(out.finish().as_str().strip_suffix('}')?, record, spots)?;
        let made = template.fill(record, spots)?;
        let members = members::Record::new(record);
        let line = renderer.record(&members, category, usize::MAX, true).finish();
        let is_same = line.as_bytes().strip_suffix(b"\n") == Some(&made);
        (is_same && template.text.len() <= KEPT).then_some(template)
    }

    /// Splits a line at its signs.
    fn split(&mut self, line: &str, record: &Decoded<'_>, spots: &[Spot]) -> Option<()> {
        let rest = line.strip_prefix(TIME)?;
        self.step(TIME, Slot::Time);
        let mut rest = rest.get(TIME_LENGTH..)?;
        let has_duration = record.duration.is_some();
        let changed: Vec<&str> = self.pairs.iter().map(|(_, _, key)| key.as_str()).collect();
        let changed = changed.join(",");
        loop {
            let sign = rest.find(SIGN);
            let duration = rest.match_indices(DURATION).map(|(at, _)| at + DURATION.len());
            let digit = |at: &usize| rest.as_bytes().get(*at).is_some_and(u8::is_ascii_digit);
            let duration = duration.filter(|_| has_duration).find(digit);
            let list = rest.find(CHANGED).map(|at| at + CHANGED.len());
            let Some(at) = [sign, duration, list].into_iter().flatten().min() else { break };
            let (piece, behind) = rest.split_at_checked(at)?;
            if sign == Some(at) {
                let number: u8 = behind.get(SIGN.len()..SIGN_LENGTH)?.parse().ok()?;
                let behind = behind.get(SIGN_LENGTH..)?;
                if spots.get(usize::from(number))?.tag == tag::TEXT {
                    self.step(piece, Slot::Text(number));
                    rest = behind;
                } else {
                    self.step(piece.strip_suffix('"')?, Slot::Value(number));
                    rest = behind.strip_prefix('"')?;
                }
            } else if duration == Some(at) {
                self.step(piece, Slot::Duration);
                rest = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            } else {
                self.step(piece, Slot::Changed);
                rest = behind.strip_prefix(&changed)?;
            }
        }
        self.step(rest, Slot::End);
        Some(())
    }

    fn step(&mut self, piece: &str, slot: Slot) {
        let from = self.text.len();
        self.text.push_str(piece);
        self.steps.push(Step { piece: from..self.text.len(), slot });
    }

    /// The line of a record that has the shape; none where a value is not what it should be.
    fn fill(&self, record: &Decoded<'_>, spots: &[Spot]) -> Option<Vec<u8>> {
        let mut out = super::line::spare();
        for Step { piece, slot } in &self.steps {
            self.piece(&mut out, piece)?;
            match *slot {
                Slot::Time => out.extend_from_slice(&record.start.shown()),
                Slot::Duration => {
                    let nanos = u64::try_from(record.duration?.as_nanos()).unwrap_or(u64::MAX);
                    numbers::milliseconds(&mut out, nanos);
                }
                Slot::Text(number) => {
                    let text = record.value(spots.get(usize::from(number))?)?;
                    if text.is_empty() && self.filled >> number & 1 == 1 {
                        return None;
                    }
                    content(&mut out, text)?;
                }
                Slot::Value(number) => {
                    let spot = spots.get(usize::from(number))?;
                    value(&mut out, spot.tag, record.value(spot)?)?;
                }
                Slot::Changed => self.changed(&mut out, record, spots)?,
                Slot::End => {}
            }
        }
        if let Some(ticket) = record.ticket {
            out.extend_from_slice(b",\"stream\":");
            numbers::digits(&mut out, ticket.stream.into());
            out.extend_from_slice(b",\"n\":");
            numbers::unsigned(&mut out, ticket.n);
        }
        out.push(b'}');
        Some(out)
    }

    /// Writes a piece of the text.
    #[inline]
    fn piece(&self, out: &mut Vec<u8>, piece: &Range<usize>) -> Option<()> {
        let rest = self.text.as_bytes().get(piece.start..)?;
        match rest.first_chunk::<SHORT>() {
            // More than the piece, as a fixed length is copied at once, and then less again.
            Some(chunk) if piece.len() <= SHORT => {
                let end = out.len() + piece.len();
                out.extend_from_slice(chunk);
                out.truncate(end);
            }
            _ => out.extend_from_slice(rest.get(..piece.len())?),
        }
        Some(())
    }

    /// The keys whose values changed.
    fn changed(&self, out: &mut Vec<u8>, record: &Decoded<'_>, spots: &[Spot]) -> Option<()> {
        let datum = |number: u8| {
            let spot = spots.get(usize::from(number))?;
            Datum::of(spot.tag, record.value(spot)?)
        };
        let mut is_first = true;
        for (before, after, key) in &self.pairs {
            if datum(*before)? != datum(*after)? {
                if !is_first {
                    out.push(b',');
                }
                is_first = false;
                out.extend_from_slice(key.as_bytes());
            }
        }
        Some(())
    }
}

/// The keys that stand in `before` and in `after`, with the numbers of their values, which are signs.
fn pairs(record: &members::Record<'_>) -> Vec<(u8, u8, String)> {
    let number = |datum: Datum<'_>| match datum {
        Datum::Text(sign) => sign.strip_prefix(SIGN)?.parse().ok(),
        _ => None,
    };
    let pair = |(key, before)| {
        let (_, after) = record.part(Part::After).find(|(other, _)| *other == key)?;
        Some((number(before)?, number(after)?, json::shown(&Datum::Text(key))))
    };
    record.part(Part::Before).filter_map(pair).collect()
}

/// Writes what stands between the quotes of a text; `None` where it is none.
#[inline]
fn content(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    if is_plain(text) {
        // ASCII only.
        out.extend_from_slice(text);
    } else {
        escape_each(out, std::str::from_utf8(text).ok()?);
    }
    Some(())
}

/// Writes a value.
#[inline]
fn value(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) -> Option<()> {
    let word = || bytes.first_chunk().map(|word| u64::from_le_bytes(*word));
    match tag {
        tag::U64 => numbers::unsigned(out, word()?),
        tag::I64 => numbers::signed(out, word()?.cast_signed()),
        tag::F64 => numbers::float(out, f64::from_bits(word()?)),
        tag::FALSE => out.extend_from_slice(b"false"),
        tag::TRUE => out.extend_from_slice(b"true"),
        tag => out.text(&json::shown(&Datum::of(tag, bytes)?)),
    }
    Some(())
}
