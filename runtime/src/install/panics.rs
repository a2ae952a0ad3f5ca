//! Panics of the program, in `error.log`.

use std::panic::{self, PanicHookInfo};

use crate::{
    clock::Timestamp,
    frame::Frame,
    handoff::{self, Road},
    record::{Callsite, Category, Lasts, Level, Part},
    trap,
    value::Value,
};

static PANIC: Callsite = Callsite {
    category: Category::System,
    level: Level::Error,
    event: "panic",
    component: "panic",
    // It may be the last line of the process, and is looked for in its file.
    lasts: Some(Lasts::Written),
    ..Callsite::BLANK
};

/// Records each panic before the hook that was set before does its part.
pub(super) fn hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if cfg!(panic = "unwind") && trap::is_containing() {
            // A value that panicked while it was captured: its record says so.
            return;
        }
        if let Some(road) = handoff::current() {
            record(road, info);
        }
        before(info);
    }));
}

fn record(road: &Road, info: &PanicHookInfo<'_>) {
    let capture = road.capture();
    let mut frame = Frame::new(&PANIC, Timestamp::now());
    let message = info.payload_as_str().unwrap_or("a value that is no text");
    frame.named(capture, Part::Message, "message", Value::Display(&message));
    if let Some(location) = info.location() {
        frame.named(capture, Part::Ambient, "file", Value::Display(&location.file()));
        frame.named(capture, Part::Ambient, "line", Value::U64(location.line().into()));
    }
    if let Some(name) = std::thread::current().name() {
        frame.named(capture, Part::Fields, "thread", Value::Display(&name));
    }
    road.ambient(&mut frame);
    road.hand_off(&frame);
}
