//! Ordinary events of the program: `tracing` events and spans, and `log` records through them.
//!
//! [`EventLayer`] is installed without a filter in front of it and decides for itself: a per-layer
//! filter of `tracing-subscriber` can swallow the event after a `log::enabled()` call
//! (tokio-rs/tracing#2519).

mod console;
mod fields;
pub(crate) mod filter;
mod sites;

use tracing::{
    Event, Id, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Record},
};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

pub(crate) use console::{Console, ConsoleGuard, Look};

use crate::{
    clock::Timestamp,
    frame::Frame,
    handoff, hooks,
    record::{self, Level, Part},
    value::Value,
};
use fields::{Fields, SPAN};

/// Takes the events of the program into `system.log`, `debug.log` and `error.log`.
///
/// It does nothing until logging is set up; [`crate::layer()`] makes one for a subscriber that a
/// program builds itself. It never keeps an event from the layers beside it.
#[derive(Debug)]
pub struct EventLayer(());

impl EventLayer {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// A layer for a subscriber that a program builds itself, beside
/// [`Builder::without_subscriber`](crate::Builder::without_subscriber).
///
/// ```
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(audit_runtime::layer());
/// tracing::subscriber::with_default(subscriber, || tracing::info!(order = 42, "packed"));
/// ```
#[must_use]
pub fn layer() -> EventLayer {
    EventLayer::new()
}

fn level_filter(least: Option<Level>) -> LevelFilter {
    match least {
        Some(Level::Trace) => LevelFilter::TRACE,
        Some(Level::Debug) => LevelFilter::DEBUG,
        Some(Level::Info) => LevelFilter::INFO,
        Some(Level::Warn) => LevelFilter::WARN,
        Some(Level::Error) => LevelFilter::ERROR,
        None => LevelFilter::OFF,
    }
}

/// The least level that is wanted, or compiled in where that is less.
fn compiled(wanted: Option<Level>) -> Option<Level> {
    Some(wanted?.max(record::least()?))
}

/// The fields of a span, as they were captured.
struct SpanFields(Frame);

impl<S> Layer<S> for EventLayer
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn max_level_hint(&self) -> Option<LevelFilter> {
        // Before logging is set up nothing is known; `filter::set` asks again.
        filter::max_level().map(|most| level_filter(compiled(most.0)))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let (Some(road), Some(span)) = (handoff::for_record(), context.span(id)) else { return };
        let mut frame = Frame::new(&SPAN, Timestamp::default());
        attributes.record(&mut Fields::of_span(road.capture(), &mut frame));
        span.extensions_mut().replace(SpanFields(frame));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let (Some(road), Some(span)) = (handoff::for_record(), context.span(id)) else { return };
        // Before the fields are locked: a value that logs while it is shown reads them.
        let mut added = Frame::new(&SPAN, Timestamp::default());
        values.record(&mut Fields::of_span(road.capture(), &mut added));
        if let Some(SpanFields(frame)) = span.extensions_mut().get_mut() {
            frame.append(&added);
        }
    }

    fn on_enter(&self, _id: &Id, _context: Context<'_, S>) {
        hooks::span(true);
    }

    fn on_exit(&self, _id: &Id, _context: Context<'_, S>) {
        hooks::span(false);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(road) = handoff::for_record() else { return };
        let from_log = event.normalized_metadata();
        let metadata = from_log.as_ref().unwrap_or_else(|| event.metadata());
        if !filter::wants(metadata.target(), (*metadata.level()).into()) {
            return;
        }
        let site = sites::of(event.metadata());
        let mut frame = Frame::new(site, Timestamp::now());
        let capture = road.capture();
        event.record(&mut Fields::of_event(capture, &mut frame));
        if let Some(metadata) = &from_log {
            let component = metadata.module_path().unwrap_or(metadata.target());
            frame.named(capture, Part::Component, "", Value::Display(&component));
            frame.named(capture, Part::Target, "", Value::Display(&metadata.target()));
            frame.named(capture, Part::Source, "", Value::Literal("log"));
            if let (Some(file), Some(line)) = (metadata.file(), metadata.line()) {
                frame.named(capture, Part::Ambient, "file", Value::Display(&file));
                frame.named(capture, Part::Ambient, "line", Value::U64(line.into()));
            }
        } else if metadata.module_path().is_some_and(|path| path != metadata.target()) {
            frame.named(capture, Part::Target, "", Value::Display(&metadata.target()));
        }
        let mut name = None;
        if let Some(scope) = context.event_scope(event) {
            for span in scope.from_root() {
                if let Some(SpanFields(fields)) = span.extensions().get() {
                    frame.append(fields);
                }
                name = Some(span.name());
            }
        }
        if let Some(name) = hooks::operation().or(name) {
            frame.named(capture, Part::Span, "name", Value::Literal(name));
        }
        road.ambient(&mut frame);
        road.hand_off(&frame);
    }
}
