//! Tests of lines. `json`: our own members. `formats`: lines for people and for ECS readers.
//! `template`: lines that are made of a known one.

mod formats;
mod json;
mod template;

use super::*;
use crate::{
    frame::{Capture, Frame},
    health::Counters,
    record::{Callsite, Field, Part},
    redact::{KeyRules, PseudonymKey, Rules},
    value::Value,
};

const FIELDS: [Part; 8] = [
    Part::Resource,
    Part::Agent,
    Part::Before,
    Part::After,
    Part::Details,
    Part::ErrorType,
    Part::ErrorMessage,
    Part::ErrorCause,
];

static SITE: Callsite = Callsite {
    category: Category::Audit,
    level: Level::Info,
    event: "operation",
    operation: "MOVE",
    component: "shop::orders",
    message: None,
    function: "move_order",
    file: "src/orders.rs",
    line: 12,
    slow_nanos: 0,
    fields: &[
        Field { part: FIELDS[0], key: "order_id" },
        Field { part: FIELDS[1], key: "" },
        Field { part: FIELDS[2], key: "shelf" },
        Field { part: FIELDS[3], key: "shelf" },
        Field { part: FIELDS[4], key: "note" },
        Field { part: FIELDS[5], key: "" },
        Field { part: FIELDS[6], key: "" },
        Field { part: FIELDS[7], key: "" },
    ],
};

fn renderer() -> Renderer {
    renderer_of(Format::Json)
}

fn renderer_of(format: Format) -> Renderer {
    let origin = Origin {
        host: "host-1".into(),
        pid: 7,
        run_id: "0123456789abcdef".into(),
        app: "shop".into(),
    };
    Renderer::new(origin, 8_000).with_formats([format; 5])
}

fn capture() -> Capture {
    Capture {
        rules: Rules::new(KeyRules::default(), PseudonymKey::new("key")),
        counters: Counters::new().into(),
    }
}

fn frame(values: &[(usize, Value<'_>)]) -> Frame {
    let capture = capture();
    let mut frame = Frame::new(&SITE, Timestamp(1_767_323_045_678_901_234));
    for (number, value) in values {
        frame.field(&capture, *number, *value);
    }
    frame
}

fn line(frame: &Frame, category: Category) -> (Line, bool) {
    line_of(Format::Json, frame, category)
}

fn line_of(format: Format, frame: &Frame, category: Category) -> (Line, bool) {
    let record = Decoded::new(frame.site(), frame.bytes()).expect("a header");
    renderer_of(format).line(&record, category)
}
