//! A record in one pass is the same line as a record by its parts.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{
    frame::{Phase, Ticket},
    record::Outcome,
};

/// What a field may be: of the call site in `KNOWN`, or under a key of its own.
static KNOWN: Callsite = Callsite {
    fields: &[
        Field { part: Part::Resource, key: "order_id" },
        Field { part: Part::Resource, key: "a \"key\"" },
        Field { part: Part::Agent, key: "" },
        Field { part: Part::User, key: "" },
        Field { part: Part::Before, key: "shelf" },
        Field { part: Part::After, key: "shelf" },
        Field { part: Part::Details, key: "note" },
        Field { part: Part::Details, key: "cents" },
        Field { part: Part::Context, key: "tasks" },
        Field { part: Part::Ambient, key: "request_id" },
        Field { part: Part::ErrorType, key: "" },
    ],
    ..SITE
};

/// Two fields with one key.
static REPEATS: Callsite = Callsite {
    function: "repeats",
    fields: &[
        Field { part: Part::Details, key: "note" },
        Field { part: Part::Details, key: "note" },
        Field { part: Part::Details, key: "cents" },
    ],
    ..SITE
};

const NAMED: [(Part, &str); 12] = [
    (Part::Ambient, "request_id"),
    (Part::Ambient, "trace_id"),
    (Part::Ambient, "file"),
    (Part::Progress, "busy_ms"),
    (Part::Progress, "polls"),
    (Part::Agent, "agent"),
    (Part::User, "user"),
    (Part::Resource, "order_id"),
    (Part::Details, "note"),
    (Part::Call, "call_id"),
    (Part::Operation, "operation"),
    (Part::Message, "message"),
];

#[derive(Clone, Copy, Debug)]
enum Way {
    Known(usize),
    Named(usize),
}

fn fields() -> impl Strategy<Value = Vec<Way>> {
    // In their order, as nearly all are, with those of a context behind; or in any.
    let known = prop::collection::btree_set(0..KNOWN.fields.len(), 0..11);
    let named = prop::collection::vec(0..NAMED.len(), 0..5);
    let usual = (known, named).prop_map(|(known, named)| {
        let known = known.into_iter().map(Way::Known);
        known.chain(named.into_iter().map(Way::Named)).collect()
    });
    let any = prop_oneof![
        (0..KNOWN.fields.len()).prop_map(Way::Known),
        (0..NAMED.len()).prop_map(Way::Named),
    ];
    prop_oneof![usual, prop::collection::vec(any, 0..20)]
}

#[derive(Clone, Debug)]
struct Case {
    site: &'static Callsite,
    fields: Vec<Way>,
    texts: Vec<String>,
    category: Category,
    outcome: Option<Outcome>,
    level: Level,
    phase: Phase,
    nanos: Option<u64>,
    ticket: Option<u64>,
}

fn cases() -> impl Strategy<Value = Case> {
    let site = prop_oneof![4 => Just(&KNOWN), 1 => Just(&REPEATS)];
    let how = (
        prop::sample::select(Category::ALL.to_vec()),
        prop::option::of(prop::sample::select(Outcome::ALL.to_vec())),
        prop::sample::select(Level::ALL.to_vec()),
        prop_oneof![8 => Just(Phase::Single), 1 => Just(Phase::Intent), 1 => Just(Phase::Result)],
        prop::option::of(any::<u64>().prop_map(|nanos| nanos >> 20)),
        prop::option::of(any::<u64>()),
    );
    let texts = prop::collection::vec(".{0,12}|[a-z]{0,30}|(x{3000})", 20);
    (site, fields(), texts, how).prop_map(|(site, fields, texts, how)| {
        let (category, outcome, level, phase, nanos, ticket) = how;
        Case { site, fields, texts, category, outcome, level, phase, nanos, ticket }
    })
}

impl Case {
    fn frame(&self) -> Frame {
        let capture = capture();
        let mut frame = Frame::new(self.site, Timestamp(1_767_323_045_678_901_234));
        for ((way, text), n) in self.fields.iter().zip(&self.texts).zip(0_u32..) {
            let shown: &dyn std::fmt::Display = text;
            let value = match n % 3 {
                0 => Value::U64(n.into()),
                1 => Value::F64(f64::from(n) / 7.0),
                _ => Value::Display(shown),
            };
            match way {
                Way::Known(number) => frame.field(&capture, *number, value),
                Way::Named(at) => frame.named(&capture, NAMED[*at].0, NAMED[*at].1, value),
            }
        }
        frame.set_level(self.level);
        frame.set_phase(self.phase);
        if let Some(outcome) = self.outcome {
            frame.set_outcome(outcome);
        }
        if let Some(nanos) = self.nanos {
            frame.set_duration(Duration::from_nanos(nanos));
        }
        frame
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn both_ways_make_the_same_line(case in cases()) {
        let (frame, renderer) = (case.frame(), renderer());
        // What is common is learned from a record that has nothing of its own.
        let bare = Case { fields: Vec::new(), ..case.clone() }.frame();
        let bare = Decoded::new(bare.site(), bare.bytes()).expect("a header");
        prop_assert!(!renderer.line(&bare, case.category).1);
        let mut record = Decoded::new(frame.site(), frame.bytes()).expect("a header");
        record.ticket = case.ticket.map(|n| Ticket { stream: 3, n });
        let slow = renderer.slow(&record, None, case.category);
        let slow = (slow.0.at(record.level), slow.1);
        prop_assert_eq!(renderer.line(&record, case.category), slow);
    }
}

/// Whether the second line of that frame is made in one pass.
fn is_quick(frame: &Frame) -> bool {
    let renderer = renderer();
    let record = Decoded::new(frame.site(), frame.bytes()).expect("a header");
    let key = common::Key::new(&record, (renderer.number, &renderer.origin), Category::Audit);
    let (first, _) = renderer.line(&record, Category::Audit);
    let second = renderer.quick(&record, &key, Category::Audit);
    second.is_some_and(|(second, _)| second.as_str() == first.as_str())
}

#[test]
fn a_usual_record_takes_one_pass() {
    let of = |fields: &[Way]| {
        let case = Case {
            site: &KNOWN,
            fields: fields.to_vec(),
            texts: vec!["x".to_owned(); 20],
            category: Category::Audit,
            outcome: Some(Outcome::Success),
            level: Level::Info,
            phase: Phase::Single,
            nanos: Some(5_000),
            ticket: None,
        };
        is_quick(&case.frame())
    };
    let known = [0, 1, 2, 3, 5, 6, 7, 8].map(Way::Known);
    let context = [0, 1, 3, 4].map(Way::Named);
    assert!(of(&known));
    assert!(of(&[&known[..], &context].concat()));
    assert!(of(&[Way::Known(0), Way::Known(6), Way::Named(6), Way::Named(5)]));
    // An error, and what `changed` is made of.
    assert!(!of(&[Way::Known(10)]));
    assert!(!of(&[Way::Known(4), Way::Known(5)]));
}

#[test]
fn what_is_common_is_that_of_its_own_process_and_outcome() {
    let mut frame = frame(&[(0, Value::U64(1))]);
    let renderer = renderer();
    let line = |frame: &Frame, renderer: &Renderer| {
        let record = Decoded::new(frame.site(), frame.bytes()).expect("a header");
        let [first, second] = [0; 2].map(|_| renderer.line(&record, Category::Audit).0);
        assert_eq!(first, second);
        second.as_str().to_owned()
    };
    frame.set_outcome(Outcome::Success);
    assert!(line(&frame, &renderer).contains("\"message\":\"MOVE success\""));
    assert!(line(&frame, &renderer.of_process(8)).contains("\"pid\":8"));
    assert!(line(&frame, &renderer).contains("\"pid\":7"));
    frame.set_outcome(Outcome::Denied);
    assert!(line(&frame, &renderer).contains("\"message\":\"MOVE denied\""));
}
