//! Which files a record goes to.

use std::sync::Mutex;

use super::{rendered::KEPT, *};
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

struct Everything;

impl Batch for Everything {
    fn wants(&self, _category: Category, _ticket: Ticket) -> bool {
        true
    }

    fn begins(&self, _category: Category, _spot: Spot) {}
}

#[test]
fn lines_are_made_in_the_place_of_those_of_a_batch_before() {
    let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
    let drain = Drain::new(Arc::new(Memory::default()), renderer, Arc::default(), DEV);
    let frame = |site, seconds: i64| Frame::new(site, Timestamp(seconds * 1_000_000_000));
    let frames: Vec<_> = (0..7).map(|n| frame(&AUDIT, n)).collect();
    let others: Vec<_> = (0..3).map(|n| frame(&SYSTEM, n)).collect();
    let both = Route::to(|category| category != Category::Performance);
    let batches = [&frames[..], &frames[2..4], &others, &[], &frames[1..], &others[..1]];
    let mut spent = Rendered::default();
    for batch in batches {
        let parcels = (1..).zip(batch).map(|(n, frame): (_, &Frame)| {
            let (ticket, anchor) = (Ticket { stream: 1, n }, &Anchor::OF_TIMES);
            Parcel { site: frame.site(), bytes: frame.bytes(), route: both, ticket, anchor }
        });
        let parcels: Vec<_> = parcels.collect();
        let fresh = drain.render_all(&parcels, &Everything, Rendered::default());
        spent = drain.render_all(&parcels, &Everything, spent);
        for (category, (lines, fresh)) in
            Category::ALL.into_iter().zip(spent.0.iter().zip(&fresh.0))
        {
            assert_eq!(lines.as_slice(), fresh.as_slice());
            let count = if category == Category::Performance { 0 } else { batch.len() };
            assert_eq!(lines.count, count);
        }
    }
}

#[test]
fn of_the_lines_of_a_batch_before_no_more_are_kept_than_it_takes() {
    let renderer = Arc::new(Renderer::new(Origin::default(), 100_000));
    let drain = Drain::new(Arc::new(Memory::default()), renderer, Arc::default(), DEV);
    let frame = Frame::new(&AUDIT, Timestamp(0));
    let (ticket, anchor) = (Ticket { stream: 1, n: 1 }, &Anchor::OF_TIMES);
    let route = Route::to(|category| category == Category::Audit);
    let parcel = Parcel { site: &AUDIT, bytes: frame.bytes(), route, ticket, anchor };
    let mut many = drain.render_all(&vec![parcel; KEPT + 10], &Everything, Rendered::default());
    let audit = &mut many.0[Category::Audit.index()];
    assert_eq!(audit.as_slice().len(), KEPT + 10);
    audit.lines[1] = Line::new("x".repeat(50_000));
    let one = drain.render_all(&[parcel], &Everything, many);
    let audit = &one.0[Category::Audit.index()];
    assert_eq!((audit.count, audit.lines.len()), (1, KEPT));
    assert!(audit.lines.iter().all(Line::is_worth_keeping));
}
