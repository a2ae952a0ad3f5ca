//! Capturing values into a frame.

mod nested;

use std::{
    cell::RefCell,
    fmt::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use super::{COUNTER, Decoded, HEADER, INLINE_KEY, MAX_TEXT, NO_DURATION, NO_OUTCOME, Phase, tag};
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
        bytes.extend_from_slice(&[NO_OUTCOME, site.level as u8, Phase::Single as u8, 0]);
        bytes.extend_from_slice(&start.0.to_le_bytes());
        bytes.extend_from_slice(&NO_DURATION.to_le_bytes());
        debug_assert_eq!(bytes.len(), HEADER);
        Self { site, bytes }
    }

    /// A frame of that call site whose times are readings of the counter.
    #[must_use]
    pub fn started(site: &'static Callsite, start: Start) -> Self {
        let mut frame = Self::new(site, Timestamp::default());
        frame.header(3, &[COUNTER]);
        frame.set_start(start);
        frame
    }

    /// The same record once more.
    #[must_use]
    pub fn copy(&self) -> Self {
        let mut copy = Self::new(self.site, Timestamp::default());
        copy.bytes.clear();
        copy.bytes.extend_from_slice(&self.bytes);
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

    /// Whether it has a field of that part.
    #[must_use]
    pub fn has(&self, part: Part) -> bool {
        Decoded::new(self.site, &self.bytes)
            .is_some_and(|record| record.fields().any(|(found, _, _)| found == part))
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
        self.header(4, &start.reading().to_le_bytes());
    }

    /// Sets how many units of the counter it took.
    pub fn set_units(&mut self, units: u64) {
        self.header(12, &units.min(NO_DURATION - 1).to_le_bytes());
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
        self.header(12, &nanos.to_le_bytes());
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
        self.bytes.push(field.part as u8);
        self.bytes.extend_from_slice(&index.to_le_bytes());
        self.value(capture, field.key, value, start);
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
        }
    }

    /// Adds a field under a key that the call site does not name.
    pub fn named(&mut self, capture: &Capture, part: Part, key: &str, value: Value<'_>) {
        let key = key.get(..key.floor_char_boundary(255)).unwrap_or_default();
        let start = self.bytes.len();
        self.bytes.push(part as u8);
        self.bytes.extend_from_slice(&INLINE_KEY.to_le_bytes());
        self.bytes.push(u8::try_from(key.len()).unwrap_or(u8::MAX));
        self.bytes.extend_from_slice(key.as_bytes());
        self.value(capture, key, value, start);
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

    /// Writes text straight into the frame, and again without its secrets where it has some.
    fn shown(&mut self, capture: &Capture, show: &mut dyn FnMut(&mut Bounded) -> fmt::Result) {
        self.bytes.push(tag::TEXT);
        let length_at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let text_at = self.bytes.len();
        let mut out = Bounded::new(std::mem::take(&mut self.bytes));
        let shown = trap::contained(|| show(&mut out));
        self.bytes = out.finish();
        if !matches!(shown, Some(Ok(()))) {
            self.bytes.truncate(length_at - 1);
            return self.panicked(capture);
        }
        let text = self.bytes.get(text_at..).map(std::str::from_utf8);
        if let Some(Ok(text)) = text
            && let Some(clean) = capture.rules.scrub(text)
        {
            capture.counters.values_redacted.add_one();
            self.bytes.truncate(length_at - 1);
            return self.text(&clean);
        }
        let length = u32::try_from(self.bytes.len() - text_at).unwrap_or(0);
        self.header(length_at, &length.to_le_bytes());
    }

    fn changed(
        &mut self,
        capture: &Capture,
        x: &dyn fmt::Display,
        change: impl FnOnce(&str) -> String,
    ) {
        let mut out = Bounded::new(Vec::new());
        match trap::contained(|| write!(out, "{x}")) {
            Some(Ok(())) => {
                capture.counters.values_redacted.add_one();
                let text = out.finish();
                self.text(&change(&String::from_utf8_lossy(&text)));
            }
            _ => self.panicked(capture),
        }
    }
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

/// A writer that takes [`MAX_TEXT`] bytes and counts the rest.
struct Bounded {
    bytes: Vec<u8>,
    room: usize,
    left_out: usize,
}

impl Bounded {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, room: MAX_TEXT, left_out: 0 }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.left_out > 0 {
            self.bytes.extend_from_slice(format!("…[{} bytes more]", self.left_out).as_bytes());
        }
        self.bytes
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = if self.left_out > 0 { 0 } else { text.floor_char_boundary(self.room) };
        self.bytes.extend_from_slice(text.as_bytes().get(..fits).unwrap_or_default());
        self.room -= fits;
        self.left_out = self.left_out.saturating_add(text.len() - fits);
        Ok(())
    }
}
