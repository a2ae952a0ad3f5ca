//! Capturing values into a frame.

mod nested;
mod quick;
mod shown;

use std::{cell::RefCell, fmt::Write as _, sync::Arc, time::Duration};

use shown::Bounded;

use super::{COUNTER, HEADER, INLINE_KEY, MAX_TEXT, NO_DURATION, NO_OUTCOME, Phase, tag};
use crate::{
    clock::{Start, Timestamp},
    health::Counters,
    record::{Callsite, Level, Outcome, Part},
    redact::{self, REDACTED, Rules},
    trap,
    value::Value,
};

/// What capturing needs: the rules, and where to count what they did.
#[derive(Debug)]
pub struct Capture {
    /// The rules every value passes.
    pub rules: Rules,
    /// Counts of the runtime.
    pub counters: Arc<Counters>,
}

/// A record as bytes, together with its call site.
#[derive(Debug)]
pub struct Frame {
    site: &'static Callsite,
    bytes: Vec<u8>,
    hints: Hints,
    /// Which of the site's fields it has that are among the harmless ones: a bit each.
    present: u32,
    /// The parts that its other fields are of: a bit each.
    parts: u32,
}

/// What is known of the fields of a call site; of the first 32, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// Their keys name no secret.
    pub harmless: u32,
    /// They are the agent.
    pub agent: u32,
    /// They are the user.
    pub user: u32,
}

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// How many buffers a thread keeps, and how large one may be to be kept.
const SPARE_BUFFERS: usize = 8;
const SPARE_BYTES: usize = 16 * 1024;

impl Frame {
    /// A frame of that call site that started at `start`, with the site's own level.
    #[must_use]
    pub fn new(site: &'static Callsite, start: Timestamp) -> Self {
        let spare = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.pop()).ok().flatten();
        let mut bytes = spare.unwrap_or_default();
        let phase = Phase::Single as u8;
        bytes.extend_from_slice(&[NO_OUTCOME, site.level as u8, phase, 0, 0, 0, 0, 0]);
        bytes.extend_from_slice(&start.0.to_le_bytes());
        bytes.extend_from_slice(&NO_DURATION.to_le_bytes());
        debug_assert_eq!(bytes.len(), HEADER);
        Self { site, bytes, hints: Hints::default(), present: 0, parts: 0 }
    }

    /// A frame of that call site whose times are readings of the counter.
    #[must_use]
    pub fn started(site: &'static Callsite, start: Start) -> Self {
        let mut frame = Self::new(site, Timestamp::default());
        frame.restart(site, Hints::default());
        frame.set_start(start);
        frame
    }

    /// Becomes a frame of that call site whose times are readings of the counter, yet to be set.
    pub fn restart(&mut self, site: &'static Callsite, hints: Hints) {
        self.site = site;
        self.hints = hints;
        (self.present, self.parts) = (0, 0);
        self.bytes.clear();
        let first = word(NO_OUTCOME, site.level, Phase::Single as u8);
        let mut header = [u8::MAX; HEADER];
        let (head, _) = header.split_at_mut(8);
        head.copy_from_slice(&first.to_le_bytes());
        self.bytes.extend_from_slice(&header);
    }

    /// Takes no more fields the quick way, and gives a buffer back that is too large to be kept.
    pub fn trim(&mut self) {
        self.hints = Hints::default();
        if self.bytes.capacity() > SPARE_BYTES {
            self.bytes = Vec::new();
        }
    }

    /// The same record once more.
    #[must_use]
    pub fn copy(&self) -> Self {
        let mut copy = Self::new(self.site, Timestamp::default());
        copy.bytes.clear();
        copy.bytes.extend_from_slice(&self.bytes);
        (copy.hints, copy.present, copy.parts) = (self.hints, self.present, self.parts);
        copy
    }

    /// The call site.
    #[must_use]
    pub fn site(&self) -> &'static Callsite {
        self.site
    }

    /// The bytes, for [`Decoded::new`](super::Decoded::new).
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it has a field of that part: agent, user, or one that the call site does not name.
    #[must_use]
    pub fn has(&self, part: Part) -> bool {
        let named = match part {
            Part::Agent => self.hints.agent,
            Part::User => self.hints.user,
            _ => 0,
        };
        named & self.present != 0 || self.parts >> part as u32 & 1 == 1
    }

    fn mark(&mut self, part: Part) {
        self.parts |= 1 << part as u32;
    }

    /// Sets the level, instead of the one of the call site.
    pub fn set_level(&mut self, level: Level) {
        self.header(1, &[level as u8]);
    }

    /// Sets how the call ended.
    pub fn set_outcome(&mut self, outcome: Outcome) {
        self.header(0, &[outcome as u8]);
    }

    /// Sets the phase.
    pub fn set_phase(&mut self, phase: Phase) {
        self.header(2, &[phase as u8]);
    }

    /// Sets when it started, where that is a reading of the counter.
    pub fn set_start(&mut self, start: Start) {
        self.header(8, &start.reading().to_le_bytes());
    }

    /// Sets how many units of the counter it took.
    pub fn set_units(&mut self, units: u64) {
        self.header(16, &units.min(NO_DURATION - 1).to_le_bytes());
    }

    /// Sets how the call went whose times are readings of the counter. One that was intended keeps
    /// the start it has.
    pub fn finish(&mut self, start: Start, units: u64, level: Level, outcome: Option<Outcome>) {
        let Some(header) = self.bytes.first_chunk_mut::<HEADER>() else { return };
        let [head, start_of, units_of] = header.as_chunks_mut::<8>().0 else { return };
        let [_, _, phase, ..] = *head;
        let outcome = outcome.map_or(NO_OUTCOME, |outcome| outcome as u8);
        *head = word(outcome, level, phase).to_le_bytes();
        if phase != Phase::Result as u8 {
            *start_of = start.reading().to_le_bytes();
        }
        *units_of = units.min(NO_DURATION - 1).to_le_bytes();
    }

    /// How the call ended, where there was a call.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::ALL.get(usize::from(*self.bytes.first()?)).copied()
    }

    /// The level.
    #[must_use]
    pub fn level(&self) -> Level {
        let level = self.bytes.get(1).and_then(|level| Level::ALL.get(usize::from(*level)));
        level.copied().unwrap_or(self.site.level)
    }

    /// Sets how long it took, where its times are none of the counter.
    pub fn set_duration(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(NO_DURATION - 1);
        self.header(16, &nanos.to_le_bytes());
    }

    fn header(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// Adds the call site's field of that number; one the site does not have is left out.
    pub fn field(&mut self, capture: &Capture, number: usize, value: Value<'_>) {
        let Some(field) = self.site.fields.get(number) else { return };
        let Ok(index) = u16::try_from(number) else { return };
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&index.to_le_bytes());
        self.value(capture, field.key, value, start);
        if self.bytes.len() > start {
            self.mark(field.part);
            self.fill();
        }
    }

    /// Fills a field up.
    fn fill(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }

    /// Says in the place of the site's field of that number that making its value panicked.
    pub fn field_panicked(&mut self, capture: &Capture, number: usize) {
        capture.counters.values_panicked.add_one();
        self.field(capture, number, Value::Literal("[panicked]"));
    }

    /// Adds the fields of another frame; only those that carry their keys themselves.
    pub fn append(&mut self, other: &Self) {
        if std::ptr::eq(self.site, other.site) || other.site.fields.is_empty() {
            self.bytes.extend_from_slice(other.bytes.get(HEADER..).unwrap_or_default());
            self.parts |= other.parts;
        }
    }

    /// Adds a field under a key that the call site does not name.
    pub fn named(&mut self, capture: &Capture, part: Part, key: &str, value: Value<'_>) {
        let key = key.get(..key.floor_char_boundary(255)).unwrap_or_default();
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&INLINE_KEY.to_le_bytes());
        self.bytes.push(part as u8);
        self.bytes.push(u8::try_from(key.len()).unwrap_or(u8::MAX));
        self.bytes.extend_from_slice(key.as_bytes());
        self.value(capture, key, value, start);
        if self.bytes.len() > start {
            self.mark(part);
            self.fill();
        }
    }

    fn value(&mut self, capture: &Capture, key: &str, value: Value<'_>, start: usize) {
        if let Value::Nested(several) = value {
            return self.nested(capture, key, several, start);
        }
        if matches!(value, Value::Absent) {
            return self.bytes.truncate(start);
        }
        let cleared = matches!(
            value,
            Value::Mask(_) | Value::Hash(_) | Value::Last4(_) | Value::Redacted | Value::Length(_)
        );
        if !cleared && capture.rules.is_secret_key(key) {
            capture.counters.values_redacted.add_one();
            return self.text(REDACTED);
        }
        match value {
            Value::Absent | Value::Nested(_) => {}
            Value::Bool(false) => self.bytes.push(tag::FALSE),
            Value::Bool(true) => self.bytes.push(tag::TRUE),
            Value::Char(c) => self.text(c.encode_utf8(&mut [0; 4])),
            Value::I64(n) => self.number(tag::I64, &n.to_le_bytes()),
            Value::U64(n) => self.number(tag::U64, &n.to_le_bytes()),
            Value::I128(n) => self.number(tag::I128, &n.to_le_bytes()),
            Value::U128(n) => self.number(tag::U128, &n.to_le_bytes()),
            Value::F64(n) => self.number(tag::F64, &n.to_le_bytes()),
            Value::Duration(d) => {
                let nanos = u64::try_from(d.as_nanos()).unwrap_or(u64::MAX);
                self.number(tag::DURATION, &nanos.to_le_bytes());
            }
            Value::Time(time) => self.number(tag::TIME, &time.0.to_le_bytes()),
            Value::Length(n) => self.number(tag::U64, &(n as u64).to_le_bytes()),
            Value::Literal(text) => self.text(text),
            Value::Text(text) if text.len() <= MAX_TEXT => match capture.rules.scrub(text) {
                None => self.text(text),
                Some(clean) => {
                    capture.counters.values_redacted.add_one();
                    self.text(&clean);
                }
            },
            Value::Text(text) => self.shown(capture, &mut |out| out.write_str(text)),
            Value::Redacted => {
                capture.counters.values_redacted.add_one();
                self.text(REDACTED);
            }
            Value::Display(x) => self.shown(capture, &mut |out| write!(out, "{x}")),
            Value::Debug(x) => self.shown(capture, &mut |out| write!(out, "{x:?}")),
            Value::Mask(x) => self.changed(capture, x, redact::mask),
            Value::Last4(x) => self.changed(capture, x, redact::last4),
            Value::Hash(x) => self.changed(capture, x, |text| capture.rules.pseudonym(text)),
            Value::Json(x) => match trap::contained(|| x.json()) {
                Some(Some(json)) => self.json(capture, &json),
                Some(None) => self.text("[not serializable]"),
                None => self.panicked(capture),
            },
        }
    }

    fn number(&mut self, tag: u8, bytes: &[u8]) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.sized(tag::TEXT, text.as_bytes());
    }

    fn sized(&mut self, tag: u8, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).unwrap_or(0);
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(bytes.get(..length as usize).unwrap_or_default());
    }

    fn panicked(&mut self, capture: &Capture) {
        capture.counters.values_panicked.add_one();
        self.text("[panicked while formatting]");
    }

    fn json(&mut self, capture: &Capture, json: &str) {
        match capture.rules.scrub_json(json) {
            Some((json, found)) if json.len() <= MAX_TEXT => {
                capture.counters.values_redacted.add(u64::from(found));
                self.sized(tag::JSON, json.as_bytes());
            }
            Some((json, _)) => {
                // Cut JSON is no JSON: it goes on as text.
                let mut bounded = Bounded::new(Vec::new());
                // A bounded writer takes everything.
                let _ = bounded.write_str(&json);
                self.sized(tag::TEXT, &bounded.finish());
            }
            None => self.text("[not serializable]"),
        }
    }
}

/// The first word of a frame whose times are readings of the counter.
#[inline]
const fn word(outcome: u8, level: Level, phase: u8) -> u64 {
    u64::from_le_bytes([outcome, level as u8, phase, COUNTER, 0, 0, 0, 0])
}

impl Drop for Frame {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if bytes.capacity() == 0 || bytes.capacity() > SPARE_BYTES {
            return;
        }
        bytes.clear();
        // A thread that is ending keeps no buffers.
        let _ = SPARE.try_with(|spare| {
            if let Ok(mut spare) = spare.try_borrow_mut()
                && spare.len() < SPARE_BUFFERS
            {
                spare.push(bytes);
            }
        });
    }
}
