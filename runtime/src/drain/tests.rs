//! Which files a record goes to.

use std::sync::Mutex;

use super::*;
use crate::{record::Outcome, render::Origin};

#[derive(Debug, Default)]
struct Memory(Mutex<Vec<(Category, Line)>>);

impl Files for Memory {
    fn append(
        &self,
        category: Category,
        lines: &[Line],
        _now: Timestamp,
        _begins: &mut dyn FnMut(Spot),
    ) -> bool {
        let mut kept = self.0.lock().expect("not poisoned");
        kept.extend(lines.iter().map(|line| (category, line.clone())));
        true
    }
}

const fn site(category: Category) -> Callsite {
    Callsite {
        category,
        level: Level::Info,
        event: "operation",
        operation: "MOVE",
        component: "tests",
        ..Callsite::BLANK
    }
}

static AUDIT: Callsite = site(Category::Audit);
static SYSTEM: Callsite = site(Category::System);
static PERFORMANCE: Callsite = site(Category::Performance);

fn routed(
    site: &'static Callsite,
    level: Level,
    outcome: Option<Outcome>,
    thresholds: Thresholds,
) -> Vec<Category> {
    let memory = Arc::new(Memory::default());
    let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
    let drain = Drain::new(memory.clone(), renderer, Arc::default(), thresholds);
    let mut frame = Frame::new(site, Timestamp(0));
    frame.set_level(level);
    if let Some(outcome) = outcome {
        frame.set_outcome(outcome);
    }
    let written = drain.take(&frame);
    let kept = memory.0.lock().expect("not poisoned");
    for (category, line) in kept.iter() {
        let json: serde_json::Value = serde_json::from_str(line.as_str()).expect("JSON");
        assert_eq!(json["category"], category.name());
    }
    assert_eq!(written, kept.iter().any(|(category, _)| *category == site.category));
    kept.iter().map(|(category, _)| *category).collect()
}

/// `debug`, `info`, `error`, on, on: the thresholds of the development profile.
const DEV: Thresholds = [
    Some(Level::Info),
    Some(Level::Debug),
    Some(Level::Error),
    Some(Level::Trace),
    Some(Level::Info),
];

#[test]
fn ordinary_events_go_by_their_level() {
    use Category::{Debug, Error, System};
    let of = |level| routed(&SYSTEM, level, None, DEV);
    assert_eq!(of(Level::Trace), []);
    assert_eq!(of(Level::Debug), [Debug]);
    assert_eq!(of(Level::Warn), [Debug, System]);
    assert_eq!(of(Level::Error), [Error, Debug, System]);
}

#[test]
fn a_failed_operation_is_in_the_error_file_too() {
    let of = |outcome| routed(&AUDIT, Level::Info, Some(outcome), DEV);
    assert_eq!(of(Outcome::Success), [Category::Audit]);
    assert_eq!(of(Outcome::Denied), [Category::Audit]);
    assert_eq!(of(Outcome::Failure), [Category::Audit, Category::Error]);
    assert_eq!(of(Outcome::Panicked), [Category::Audit, Category::Error]);
}

#[test]
fn a_category_that_is_off_gets_nothing() {
    let mut thresholds = DEV;
    thresholds[Category::Audit.index()] = None;
    thresholds[Category::Performance.index()] = Some(Level::Warn);
    assert_eq!(routed(&AUDIT, Level::Info, Some(Outcome::Success), thresholds), []);
    assert_eq!(routed(&PERFORMANCE, Level::Info, None, thresholds), []);
    assert_eq!(routed(&PERFORMANCE, Level::Warn, None, thresholds), [Category::Performance]);
}

#[test]
fn a_gate_takes_what_its_thresholds_say() {
    let gate = Gate::closed();
    let open = || {
        Category::ALL
            .map(|category| Level::ALL.into_iter().find(|level| gate.takes(category, *level)))
    };
    assert_eq!(open(), [None; 5]);
    for thresholds in [DEV, [None, Some(Level::Error), None, None, Some(Level::Trace)]] {
        gate.set(&thresholds);
        assert_eq!(open(), thresholds);
    }
}
