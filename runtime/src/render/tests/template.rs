//! A line made of a template is the same as one made member by member.

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

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(".{0,12}|[a-z]{0,30}|(x{3000})|value-5d1c0a93e7b24f68-0[0-9]", 20)
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
    (site, fields(), texts(), how).prop_map(|(site, fields, texts, how)| {
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

fn decoded(frame: &Frame) -> Decoded<'_> {
    Decoded::new(frame.site(), frame.bytes()).expect("a header")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn both_ways_make_the_same_line(case in cases(), texts in texts(), bare in any::<bool>()) {
        let renderer = renderer();
        let (first, other) = (case.frame(), Case { texts, ..case.clone() }.frame());
        let ticket = case.ticket.map(|n| Ticket { stream: 3, n });
        // Twice until there is a template, of which the later lines are made.
        for frame in [&first, &first, &first, &other] {
            let mut record = decoded(frame);
            record.ticket = ticket.filter(|_| !bare);
            let (mut slow, shortened) = renderer.slow(&record, case.category);
            slow.set_level(record.level);
            prop_assert_eq!(renderer.line(&record, case.category), (slow, shortened));
        }
    }
}

/// The third line of a frame where it is made of a template, which is as the first one then.
fn third(frame: &Frame) -> Option<String> {
    let (renderer, record) = (renderer(), decoded(frame));
    let (first, _) = renderer.line(&record, Category::Audit);
    let _ = renderer.line(&record, Category::Audit);
    let mut third = Line::new(String::new());
    let is_made =
        crate::render::template::line(&renderer, &record, Category::Audit, third.bytes_mut());
    assert!(!is_made || third.as_bytes() == first.as_bytes());
    is_made.then(|| third.as_str().to_owned())
}

fn case(fields: &[Way]) -> Case {
    Case {
        site: &KNOWN,
        fields: fields.to_vec(),
        texts: vec!["x".to_owned(); 20],
        category: Category::Audit,
        outcome: Some(Outcome::Success),
        level: Level::Info,
        phase: Phase::Single,
        nanos: Some(5_000),
        ticket: None,
    }
}

#[test]
fn nearly_all_records_have_a_template() {
    let known = [0, 1, 2, 3, 5, 6, 7, 8].map(Way::Known);
    let context = [0, 1, 3, 4].map(Way::Named);
    for fields in [
        &[][..],
        &known,
        &[&known[..], &context].concat(),
        &[Way::Known(0), Way::Known(6), Way::Named(6), Way::Named(5)],
        // An error, what `changed` is made of, two fields of one key.
        &[Way::Known(10)],
        &[Way::Known(4), Way::Known(5)],
        &[Way::Known(6), Way::Known(6), Way::Known(6)],
    ] {
        assert!(third(&case(fields).frame()).is_some(), "{fields:?}");
    }
}

#[test]
fn what_decides_more_than_its_own_place_has_none() {
    // A message that is a number is none; more fields than there are places.
    assert_eq!(third(&case(&[Way::Named(11)]).frame()), None);
    let many: Vec<_> = (0..25).map(|_| (4, Value::U64(1))).collect();
    assert_eq!(third(&frame(&many)), None);
}

#[test]
fn what_changed_is_seen_anew_in_each_record() {
    let of = |before: &str, after: &str| {
        let frame = frame(&[(2, Value::Text(before)), (3, Value::Text(after))]);
        third(&frame).expect("a template")
    };
    assert!(of("a", "b").contains("\"changed\":[\"shelf\"]"));
    assert!(of("a", "a").contains("\"changed\":[]"));
}

/// A call site whose name is a sign.
static ODD: Callsite = Callsite { operation: "value-5d1c0a93e7b24f68-00", ..SITE };

#[test]
fn a_text_that_looks_like_a_sign_is_a_text() {
    let sign = "value-5d1c0a93e7b24f68-00";
    for texts in [[sign, "x"], ["x", sign], [sign, sign]] {
        let frame = frame(&[(0, Value::Literal(texts[0])), (4, Value::Literal(texts[1]))]);
        let line = third(&frame).expect("a template");
        assert!(line.contains(&format!("\"order_id\":\"{}\"", texts[0])));
        assert!(line.contains(&format!("\"note\":\"{}\"", texts[1])));
    }
    let mut frame = Frame::new(&ODD, Timestamp(0));
    frame.field(&capture(), 0, Value::U64(1));
    assert_eq!(third(&frame), None);
}

#[test]
fn a_template_is_that_of_its_own_process_and_outcome() {
    let mut frame = frame(&[(0, Value::U64(1))]);
    let renderer = renderer();
    let line = |frame: &Frame, renderer: &Renderer| {
        let record = decoded(frame);
        let [first, second, third] = [0; 3].map(|_| renderer.line(&record, Category::Audit).0);
        assert_eq!([&first, &first], [&second, &third]);
        third.as_str().to_owned()
    };
    frame.set_outcome(Outcome::Success);
    assert!(line(&frame, &renderer).contains("\"message\":\"MOVE success\""));
    assert!(line(&frame, &renderer.of_process(8)).contains("\"pid\":8"));
    assert!(line(&frame, &renderer).contains("\"pid\":7"));
    frame.set_outcome(Outcome::Denied);
    assert!(line(&frame, &renderer).contains("\"message\":\"MOVE denied\""));
}

#[test]
fn another_key_or_one_field_more_is_another_shape() {
    let (capture, renderer) = (capture(), renderer());
    for keys in [&["trace_id"][..], &["trace_ix"], &["trace_id", "span_id"], &[]].repeat(4) {
        let mut frame = frame(&[(0, Value::U64(1))]);
        for key in keys {
            frame.named(&capture, Part::Ambient, key, Value::Text(key));
        }
        let line = renderer.line(&decoded(&frame), Category::Audit);
        assert_eq!(line, renderer.slow(&decoded(&frame), Category::Audit));
    }
}

#[test]
fn a_limit_holds_for_lines_of_templates_too() {
    let long = "x".repeat(9_000);
    let frame = |text: &str| frame(&[(4, Value::Text(text))]);
    let (renderer, long, short) = (renderer(), frame(&long), frame("x"));
    for (frame, is_long) in [(&short, false), (&short, false), (&long, true)] {
        let (line, shortened) = renderer.line(&decoded(frame), Category::Audit);
        assert!(line.as_bytes().len() <= 8_000);
        assert_eq!(shortened, is_long);
    }
}

#[test]
fn a_line_that_has_no_room_is_made_member_by_member() {
    let renderer = renderer().with_limits([100_000; 5]);
    let texts = ["x".repeat(20_000), "\u{1}".repeat(4_000), "é".repeat(9_000), "y".repeat(16_000)];
    for text in texts.iter().map(String::as_str).flat_map(|long| ["short", long, "short"]) {
        let frame = frame(&[(0, Value::U64(7)), (4, Value::Text(text))]);
        for _ in 0..3 {
            let (line, _) = renderer.line(&decoded(&frame), Category::Audit);
            assert_eq!(line, renderer.slow(&decoded(&frame), Category::Audit).0);
        }
    }
}

#[test]
fn lines_of_several_templates_and_seconds_take_turns() {
    let renderer = renderer();
    let mut frames = Vec::new();
    for second in [1_767_323_045, 1_767_323_046, -1] {
        for fields in [&[Way::Known(0)][..], &[Way::Known(2), Way::Known(6)], &[]] {
            let case = case(fields);
            let mut frame = Frame::new(case.site, Timestamp(second * 1_000_000_000 + 42_000));
            for way in fields {
                if let Way::Known(number) = way {
                    frame.field(&capture(), *number, Value::Literal("x"));
                }
            }
            frames.push(frame);
        }
    }
    for frame in frames.iter().cycle().take(frames.len() * 4) {
        let (line, _) = renderer.line(&decoded(frame), Category::Audit);
        assert_eq!(line, renderer.slow(&decoded(frame), Category::Audit).0);
    }
}

proptest! {
    #[test]
    fn a_text_is_escaped_as_elsewhere_wherever_it_ends(
        texts in prop::collection::vec("[a-z]{0,40}|[ -~]{0,40}|\\PC{0,20}|.{0,20}|[a-z]{7,9}\"[é-ü]?", 1..8),
    ) {
        let renderer = renderer();
        for text in texts {
            // In words and not; last in the frame and not.
            for numbers in [&[0, 1, 4][..], &[1, 4], &[4]] {
                let literals: Vec<_> = numbers.iter().map(|n| (*n, Value::Text(&text))).collect();
                let mut frame = frame(&literals);
                frame.named(&capture(), Part::Ambient, "key", Value::Text(&text));
                let line = renderer.line(&decoded(&frame), Category::Audit);
                prop_assert_eq!(line, renderer.slow(&decoded(&frame), Category::Audit));
            }
        }
    }
}

#[test]
fn an_operation_without_a_name_has_another_line() {
    let renderer = renderer();
    let operation = |name: &str| {
        let mut frame = Frame::new(&SITE, Timestamp(0));
        frame.named(&capture(), Part::Operation, "operation", Value::Text(name));
        frame
    };
    for name in ["MOVE", "MOVE", "MOVE", "", "MOVE", ""] {
        let frame = operation(name);
        let (line, _) = renderer.line(&decoded(&frame), Category::Audit);
        assert_eq!(line, renderer.slow(&decoded(&frame), Category::Audit).0, "{name}");
    }
}
