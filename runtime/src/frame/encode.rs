//! Capturing values into a frame.

mod header;
mod nested;
mod quick;
mod shown;

use std::{cell::RefCell, fmt::Write as _, sync::Arc};

use header::word;
pub(crate) use quick::{Front, Short};
use shown::Bounded;

use super::{HEADER, INLINE_KEY, MAX_TEXT, NO_DURATION, NO_OUTCOME, Phase, tag};
use crate::{
    clock::{Start, Timestamp},
    health::Counters,
    record::{Callsite, Part},
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
    /// What it consists of, and behind that what is left of other frames.
    words: Vec<Word>,
    /// How many words it consists of.
    at: u32,
    /// The number of the field that was taken last; `u16::MAX` before the first one.
    last: u16,
    /// Which of the site's fields went the other way: a bit each.
    slow: u32,
    /// The parts that those are of, and fields that the site does not name: a bit each.
    parts: u32,
    phase: Phase,
    hints: Hints,
    /// Whether its buffers are too large to be kept.
    is_large: bool,
    /// The field that is being made the other way.
    bytes: Vec<u8>,
}

/// What frames consist of.
type Word = [u8; 8];

/// What is known of the fields of a call site; of the first 32, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// So many of them, from the first on, have keys that name no secret: they are taken the quick
    /// way.
    pub harmless: u16,
    /// They are the agent.
    pub agent: u32,
    /// They are the user.
    pub user: u32,
}

/// What a frame leaves for another one.
type Spare = (Vec<Word>, Vec<u8>);

thread_local! {
    static SPARE: RefCell<Vec<Spare>> = const { RefCell::new(Vec::new()) };
}

/// How many buffers a thread keeps, and how large one may be to be kept.
const SPARE_BUFFERS: usize = 8;
const SPARE_BYTES: usize = 16 * 1024;

/// How many words a frame has room for at first.
const ROOM: usize = 64;

const HEADER_WORDS: u32 = 3;
const _: () = assert!(HEADER_WORDS as usize * 8 == HEADER);

impl Frame {
    /// A frame of that call site that started at `start`, with the site's own level.
    #[must_use]
    pub fn new(site: &'static Callsite, start: Timestamp) -> Self {
        let mut frame = Self::blank(site);
        let head = word(NO_OUTCOME, site.level, Phase::Single as u8, 0);
        frame.header(head, start.0.cast_unsigned(), NO_DURATION);
        frame
    }

    /// A frame of that call site whose times are readings of the counter.
    #[must_use]
    pub fn started(site: &'static Callsite, start: Start) -> Self {
        let mut frame = Self::blank(site);
        frame.intended(start, Phase::Single);
        frame
    }

    /// One with a header to be written.
    fn blank(site: &'static Callsite) -> Self {
        let spare = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.pop()).ok().flatten();
        let (mut words, bytes) = spare.unwrap_or_default();
        if words.is_empty() {
            words.resize(ROOM, [0; 8]);
        }
        Self {
            site,
            words,
            at: HEADER_WORDS,
            last: u16::MAX,
            slow: 0,
            parts: 0,
            phase: Phase::Single,
            hints: Hints::default(),
            is_large: false,
            bytes,
        }
    }

    /// Becomes a frame of that call site whose times are readings of the counter; its header is
    /// written by [`finish`](Self::finish) or [`intended`](Self::intended).
    #[inline]
    pub fn restart(&mut self, site: &'static Callsite, hints: Hints) {
        self.site = site;
        self.hints = hints;
        self.at = HEADER_WORDS;
        (self.last, self.slow, self.parts) = (u16::MAX, 0, 0);
        self.phase = Phase::Single;
    }

    /// Gives buffers back that are too large to be kept.
    #[inline]
    pub fn trim(&mut self) {
        if self.is_large {
            self.shrink();
        }
    }

    #[cold]
    fn shrink(&mut self) {
        self.words = vec![[0; 8]; ROOM];
        self.bytes = Vec::new();
        self.is_large = false;
    }

    /// The call site.
    #[must_use]
    pub fn site(&self) -> &'static Callsite {
        self.site
    }

    /// The bytes, for [`Decoded::new`](super::Decoded::new).
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.words().as_flattened()
    }

    #[inline]
    fn words(&self) -> &[Word] {
        self.words.get(..self.at as usize).unwrap_or_default()
    }

    /// Whether it has a field of that part: agent, user, or one that the call site does not name.
    #[must_use]
    pub fn has(&self, part: Part) -> bool {
        let named = match part {
            Part::Agent => self.hints.agent,
            Part::User => self.hints.user,
            _ => 0,
        };
        // Fields come one after the other, and those the quick way are there.
        let others = 31_u32.saturating_sub(self.last.into());
        let taken = u32::MAX.checked_shr(others).unwrap_or(u32::MAX);
        let taken = if self.last == u16::MAX { 0 } else { taken };
        named & taken & !self.slow != 0 || self.parts >> part as u32 & 1 == 1
    }

    /// The number of the field that is taken next.
    pub(crate) fn next(&self) -> usize {
        self.last.wrapping_add(1).into()
    }

    /// The field of that number is taken next.
    pub(crate) fn set_next(&mut self, number: usize) {
        self.last = u16::try_from(number).unwrap_or(u16::MAX).wrapping_sub(1);
    }

    fn mark(&mut self, part: Part) {
        self.parts |= 1 << part as u32;
    }

    /// Adds words.
    fn extend(&mut self, more: &[Word]) {
        let (at, end) = (self.at as usize, self.at as usize + more.len());
        if end > self.words.len() {
            self.words.resize(end.next_power_of_two(), [0; 8]);
            self.is_large |= self.words.len() > SPARE_BYTES / 8;
        }
        if let (Some(place), Ok(end)) = (self.words.get_mut(at..end), u32::try_from(end)) {
            place.copy_from_slice(more);
            self.at = end;
        }
    }

    /// Changes bytes of the field that is being made.
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// Adds the call site's field of that number; one the site does not have is left out.
    pub fn field(&mut self, capture: &Capture, number: usize, value: Value<'_>) {
        let Some(field) = self.site.fields.get(number) else { return };
        let Ok(index) = u16::try_from(number) else { return };
        self.slow |= 1_u32.checked_shl(index.into()).unwrap_or(0);
        self.bytes.clear();
        self.bytes.extend_from_slice(&index.to_le_bytes());
        self.value(capture, field.key, value, 0);
        self.made(field.part);
    }

    /// Adds text of the program's own source as the site's field of that number.
    pub(crate) fn literal(&mut self, capture: &Capture, number: usize, text: &str) {
        let Some(field) = self.site.fields.get(number) else { return };
        if capture.rules.is_secret_key(field.key) {
            return self.field(capture, number, Value::Redacted);
        }
        let Ok(index) = u16::try_from(number) else { return };
        self.slow |= 1_u32.checked_shl(index.into()).unwrap_or(0);
        self.bytes.clear();
        self.bytes.extend_from_slice(&index.to_le_bytes());
        self.text(text);
        self.made(field.part);
    }

    /// Adds the field that was made, if there is one, and fills it up.
    fn made(&mut self, part: Part) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if !bytes.is_empty() {
            self.mark(part);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            self.extend(bytes.as_chunks().0);
        }
        self.is_large |= bytes.capacity() > SPARE_BYTES;
        self.bytes = bytes;
    }

    /// Says in the place of the site's field of that number that making its value panicked.
    pub fn field_panicked(&mut self, capture: &Capture, number: usize) {
        capture.counters.values_panicked.add_one();
        self.field(capture, number, Value::Literal("[panicked]"));
    }

    /// Adds the fields of another frame; only those that carry their keys themselves.
    pub fn append(&mut self, other: &Self) {
        if std::ptr::eq(self.site, other.site) || other.site.fields.is_empty() {
            self.extend(other.words().get(HEADER_WORDS as usize..).unwrap_or_default());
            self.parts |= other.parts;
        }
    }

    /// Adds a field under a key that the call site does not name.
    pub fn named(&mut self, capture: &Capture, part: Part, key: &str, value: Value<'_>) {
        let key = key.get(..key.floor_char_boundary(255)).unwrap_or_default();
        self.bytes.clear();
        self.bytes.extend_from_slice(&INLINE_KEY.to_le_bytes());
        self.bytes.push(part as u8);
        self.bytes.push(u8::try_from(key.len()).unwrap_or(u8::MAX));
        self.bytes.extend_from_slice(key.as_bytes());
        self.value(capture, key, value, 0);
        self.made(part);
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

impl Drop for Frame {
    fn drop(&mut self) {
        let (words, mut bytes) = (std::mem::take(&mut self.words), std::mem::take(&mut self.bytes));
        if words.is_empty() || self.is_large {
            return;
        }
        bytes.clear();
        // A thread that is ending keeps no buffers.
        let _ = SPARE.try_with(|spare| {
            if let Ok(mut spare) = spare.try_borrow_mut()
                && spare.len() < SPARE_BUFFERS
            {
                spare.push((words, bytes));
            }
        });
    }
}
