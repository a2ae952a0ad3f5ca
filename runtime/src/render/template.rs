//! Lines of records that have the same shape: fields of the same kinds, keys and order at one call
//! site.
//!
//! Such lines differ in their values only. The first one is made member by member, by `members`,
//! which can do everything; then the same with a sign in the place of each value, and what stands
//! between the signs is kept. From then on a line is these texts with values between them.

mod fill;
mod known;

pub(super) use known::line;

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    Renderer, json, members,
    scratch::{BLOCK, Front, HEAD, Scratch},
};
use crate::{
    frame::{Datum, Decoded, Place, Spot, tag},
    record::{Category, Part},
};

/// The sign of a value is this and its number, of two digits. Where it happens to stand in a line
/// already, that line has no template.
const SIGN: &str = "value-5d1c0a93e7b24f68-";
const SIGN_LENGTH: usize = SIGN.len() + 2;
/// The most fields; a record with more is made member by member.
const MOST: usize = 24;

/// Where the values of the fields are, by number.
#[derive(Debug, Default)]
struct Places([Place; MOST.next_power_of_two()]);

impl Places {
    fn new(spots: &[Spot]) -> Self {
        let mut places = Self::default();
        for (place, spot) in places.0.iter_mut().zip(spots) {
            *place = spot.place;
        }
        places
    }

    #[inline]
    fn of(&self, number: u8) -> Place {
        // There are no others, which the compiler knows this way.
        self.0.get(usize::from(number) % self.0.len()).copied().unwrap_or_default()
    }
}

/// Longer texts are not kept.
const KEPT: usize = 2_048;

const DURATION: &str = "\"duration_ms\":";
const CHANGED: &str = "\"changed\":[";

/// What lines have in common, and the places of their values.
#[derive(Debug)]
struct Template {
    front: Front,
    /// What stands behind the values, without the bracket at the end.
    text: Box<[u8; KEPT + BLOCK]>,
    steps: Vec<Step>,
    /// The tag of each field.
    tags: Vec<u8>,
    /// The keys whose values `changed` compares.
    pairs: Vec<Pair>,
    /// The fields that must not be empty: without an operation a line has other members.
    filled: Vec<u8>,
}

/// A value, and the piece of the text that stands behind it.
#[derive(Debug)]
struct Step {
    slot: Slot,
    from: usize,
    length: usize,
}

/// With the number of the field.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Duration,
    /// What stands between the quotes of a text.
    Text(u8),
    Unsigned(u8),
    Signed(u8),
    Float(u8),
    Bool(u8),
    /// A value that is not frequent, with quotes where it needs them.
    Value(u8),
    Changed,
}

impl Slot {
    /// That of a value with that tag.
    const fn of(tag: u8, number: u8) -> Self {
        match tag {
            tag::TEXT => Self::Text(number),
            tag::U64 => Self::Unsigned(number),
            tag::I64 => Self::Signed(number),
            tag::F64 => Self::Float(number),
            tag::FALSE => Self::Bool(number),
            _ => Self::Value(number),
        }
    }
}

impl Template {
    /// That of lines of records with the shape of this one; none where more than values depends on
    /// values.
    fn new(
        renderer: &Renderer,
        record: &Decoded<'_>,
        category: Category,
        spots: &[Spot],
        scratch: &mut Scratch,
    ) -> Option<Self> {
        let mut filled = Vec::new();
        for (number, spot) in (0..).zip(spots) {
            match record.part(spot)? {
                Part::Operation if spot.tag() == tag::TEXT => filled.push(number),
                Part::Operation
                | Part::Message
                | Part::Event
                | Part::Component
                | Part::ErrorCause
                    if spot.tag() != tag::TEXT =>
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
        let (tags, pairs): (Vec<_>, _) = (spots.iter().map(Spot::tag).collect(), pairs(&members));
        let line = out.finish();
        let split = Split::new(line.as_str(), record.duration.is_some(), &tags, &pairs)?;
        let template = split.template(tags, pairs, filled)?;
        let length = template.fill(record, &Places::new(spots), scratch);
        let members = members::Record::new(record);
        let line = renderer.record(&members, category, usize::MAX, true).finish();
        (scratch.line(length) == Some(line.as_bytes())).then_some(template)
    }
}

/// A line that is split at its signs.
#[derive(Debug, Default)]
struct Split {
    front: String,
    text: Vec<u8>,
    steps: Vec<Step>,
}

impl Split {
    fn new(line: &str, has_duration: bool, tags: &[u8], pairs: &[Pair]) -> Option<Self> {
        let mut split = Self::default();
        let mut rest = line.get(HEAD..)?;
        let changed: Vec<&str> = pairs.iter().map(|(_, _, key)| key.as_str()).collect();
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
                let slot = Slot::of(*tags.get(usize::from(number))?, number);
                if let Slot::Text(_) = slot {
                    split.step(piece, slot);
                    rest = behind;
                } else {
                    split.step(piece.strip_suffix('"')?, slot);
                    rest = behind.strip_prefix('"')?;
                }
            } else if duration == Some(at) {
                split.step(piece, Slot::Duration);
                rest = behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            } else {
                split.step(piece, Slot::Changed);
                rest = behind.strip_prefix(&changed)?;
            }
        }
        split.piece(rest.strip_suffix('}')?);
        Some(split)
    }

    /// Adds a piece, and a value behind it.
    fn step(&mut self, piece: &str, slot: Slot) {
        self.piece(piece);
        self.steps.push(Step { slot, from: self.text.len(), length: 0 });
    }

    fn piece(&mut self, piece: &str) {
        if let Some(step) = self.steps.last_mut() {
            self.text.extend_from_slice(piece.as_bytes());
            step.length = piece.len();
        } else {
            piece.clone_into(&mut self.front);
        }
    }

    fn template(mut self, tags: Vec<u8>, pairs: Vec<Pair>, filled: Vec<u8>) -> Option<Template> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        if self.front.len() + self.text.len() > KEPT {
            return None;
        }
        self.text.resize(KEPT + BLOCK, 0);
        let text = self.text.into_boxed_slice().try_into().ok()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let front = Front { number, text: self.front.into_bytes().into() };
        Some(Template { front, text, steps: self.steps, tags, pairs, filled })
    }
}

/// The numbers of the values `before` and `after` of a key, and the key as it is written.
type Pair = (u8, u8, String);

/// The keys that stand in `before` and in `after`, with the numbers of their values, which are signs.
fn pairs(record: &members::Record<'_>) -> Vec<Pair> {
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
