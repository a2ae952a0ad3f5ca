//! The lines: `summary`, `cache` and `memory`.

use super::{
    entry::{Entry, Window},
    gauges::Asked,
};
use crate::{
    clock::Timestamp,
    frame::Frame,
    handoff::Road,
    record::{Callsite, Category, Level, Part},
    value::Value,
};

const fn gauge(event: &'static str) -> Callsite {
    Callsite {
        category: Category::Performance,
        level: Level::Info,
        event,
        component: event,
        ..Callsite::BLANK
    }
}

static CACHE: Callsite = gauge("cache");
static MEMORY: Callsite = gauge("memory");

/// A line in the making.
struct Draft<'a> {
    road: &'a Road,
    frame: Frame,
}

impl<'a> Draft<'a> {
    fn new(road: &'a Road, site: &'static Callsite, now: Timestamp) -> Self {
        Self { road, frame: Frame::new(site, now) }
    }

    fn part(&mut self, part: Part, key: &str, value: Value<'_>) -> &mut Self {
        self.frame.named(self.road.capture(), part, key, value);
        self
    }

    fn member(&mut self, key: &str, value: Value<'_>) -> &mut Self {
        self.part(Part::Resource, key, value)
    }

    fn window(&mut self, start: Timestamp, end: Timestamp) -> &mut Self {
        self.member("window_start", Value::Time(start)).member("window_end", Value::Time(end))
    }

    fn finish(self, message: &str) {
        let Self { road, mut frame } = self;
        frame.named(road.capture(), Part::Message, "message", Value::Display(&message));
        road.hand_off(&frame);
    }
}

/// How the calls of an operation were.
pub(super) fn summary(road: &Road, entry: &Entry, window: &Window, now: Timestamp) {
    let calls = &window.calls;
    let mut draft = Draft::new(road, entry.site, now);
    let millis = |nanos: Option<u64>| nanos.map_or(Value::Absent, |n| Value::F64(millis(n)));
    draft
        .part(Part::Event, "event", Value::Literal("summary"))
        .member("count", Value::U64(calls.count()))
        .member("min", millis(calls.min()))
        .member("p50", millis(calls.percentile(500)))
        .member("p90", millis(calls.percentile(900)))
        .member("p99", millis(calls.percentile(990)))
        .member("p999", millis(calls.percentile(999)))
        .member("max", millis(calls.max()))
        .member("mean", millis(calls.mean()))
        .member("errors", Value::U64(calls.errors()));
    if entry.sample > 1 {
        draft.member("sample", Value::U64(entry.sample.into()));
    }
    draft.window(window.start, now);
    let noun = if calls.count() == 1 { "call" } else { "calls" };
    draft.finish(&format!("{}: {} {noun}", entry.site.operation, calls.count()));
}

/// How often a cache had what was asked for.
pub(super) fn cache(road: &Road, asked: &Asked, now: Timestamp) {
    let all = asked.hits + asked.misses;
    let mut draft = Draft::new(road, &CACHE, now);
    draft
        .member("cache", Value::Literal(asked.name))
        .member("hits", Value::U64(asked.hits))
        .member("misses", Value::U64(asked.misses))
        .member("ratio", Value::F64(ratio(asked.hits, all)))
        .window(asked.start, now);
    draft.finish(&format!("{}: {} of {all} found", asked.name, asked.hits));
}

/// How much memory the process takes.
pub(super) fn memory(road: &Road, bytes: u64, now: Timestamp) {
    let mut draft = Draft::new(road, &MEMORY, now);
    draft.member("rss_bytes", Value::U64(bytes));
    draft.finish(&format!("{bytes} bytes of memory"));
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 104 days")]
fn millis(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

/// To four decimals.
#[expect(clippy::cast_precision_loss, reason = "four decimals are wanted")]
fn ratio(part: u64, all: u64) -> f64 {
    (part as f64 / all as f64 * 1e4).round() / 1e4
}
