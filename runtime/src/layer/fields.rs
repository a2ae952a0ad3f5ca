//! Capturing the fields of events and spans.

use std::{error::Error, fmt};

use tracing::field::{Field, Visit};

use crate::{
    frame::{Capture, Frame},
    record::{Callsite, Category, Level, Part},
    value::Value,
};

/// How many causes of an error are written.
const MAX_CAUSES: usize = 16;

/// The call site of frames that only carry the fields of a span.
pub(super) static SPAN: Callsite =
    Callsite { category: Category::System, level: Level::Trace, event: "span", ..Callsite::BLANK };

/// Writes each field it visits into a frame.
pub(super) struct Fields<'a> {
    capture: &'a Capture,
    frame: &'a mut Frame,
    part: Part,
}

impl<'a> Fields<'a> {
    /// For the fields of an event.
    pub(super) fn of_event(capture: &'a Capture, frame: &'a mut Frame) -> Self {
        Self { capture, frame, part: Part::Fields }
    }

    /// For the fields of a span.
    pub(super) fn of_span(capture: &'a Capture, frame: &'a mut Frame) -> Self {
        Self { capture, frame, part: Part::Span }
    }

    fn add(&mut self, field: &Field, value: Value<'_>) {
        let part = match field.name() {
            // What `tracing-log` adds to describe a record's own place.
            name if name.starts_with("log.") => return,
            "message" if self.part == Part::Fields => Part::Message,
            "event" if self.part == Part::Fields => Part::Event,
            _ => self.part,
        };
        self.frame.named(self.capture, part, field.name(), value);
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, Value::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Value::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Value::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.add(field, Value::I128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add(field, Value::U128(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, Value::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::Text(value));
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.add(field, Value::Length(value.len()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        if self.part != Part::Fields {
            return self.add(field, Value::Display(&value));
        }
        self.frame.named(self.capture, Part::ErrorMessage, field.name(), Value::Display(&value));
        let mut cause = value.source();
        for _ in 0..MAX_CAUSES {
            let Some(error) = cause else { break };
            self.frame.named(self.capture, Part::ErrorCause, field.name(), Value::Display(&error));
            cause = error.source();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, Value::Debug(&value));
    }
}
