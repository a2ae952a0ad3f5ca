//! What goes into a frame comes out of it, redacted.

use std::{fmt, time::Duration};

use proptest::prelude::*;

use super::*;
use crate::{
    clock::Start,
    frame::{Capture, Frame, MAX_TEXT},
    health::Counters,
    record::{Category, Field},
    redact::{KeyRules, PseudonymKey, Rules},
    value::Value,
};

static SITE: Callsite = Callsite {
    category: Category::Audit,
    level: Level::Info,
    event: "operation",
    operation: "CREATE",
    component: "tests",
    message: None,
    function: "create",
    file: "tests.rs",
    line: 1,
    slow_nanos: 0,
    lasts: None,
    fields: &[
        Field { part: Part::Details, key: "title" },
        Field { part: Part::Details, key: "password" },
    ],
};

fn capture() -> Capture {
    Capture {
        rules: Rules::new(KeyRules::default(), PseudonymKey::new("key")),
        counters: Counters::new().into(),
    }
}

fn text_of(frame: &Frame) -> Vec<String> {
    let decoded = Decoded::new(frame.site(), frame.bytes()).expect("a header");
    decoded
        .fields()
        .map(|(_, key, datum)| match datum {
            Datum::Text(text) | Datum::Json(text) => format!("{key}={text}"),
            other => format!("{key}={other:?}"),
        })
        .collect()
}

#[test]
fn header_and_fields_come_back() {
    let capture = capture();
    let mut frame = Frame::new(&SITE, Timestamp(7));
    frame.field(&capture, 0, Value::Display(&"a title"));
    frame.field(&capture, 2, Value::U64(1));
    frame.named(&capture, Part::Before, "n", Value::I64(-1));
    frame.named(&capture, Part::Before, "none", Value::Absent);
    frame.named(&capture, Part::After, "big", Value::U128(u128::MAX));
    frame.set_outcome(Outcome::Failure);
    frame.set_level(Level::Error);
    frame.set_phase(Phase::Result);
    frame.set_duration(Duration::from_nanos(9));
    let decoded = Decoded::new(&SITE, frame.bytes()).expect("a header");
    assert_eq!(decoded.outcome, Some(Outcome::Failure));
    assert_eq!((decoded.level, decoded.phase), (Level::Error, Phase::Result));
    assert_eq!((decoded.start, decoded.duration), (Timestamp(7), Some(Duration::from_nanos(9))));
    assert_eq!(
        decoded.fields().collect::<Vec<_>>(),
        [
            (Part::Details, "title", Datum::Text("a title")),
            (Part::Before, "n", Datum::I64(-1)),
            (Part::After, "big", Datum::U128(u128::MAX)),
        ]
    );
}

#[test]
fn readings_come_back_as_the_times_of_their_anchor() {
    let start = Start::now();
    let mut frame = Frame::started(&SITE, start);
    let anchor = Anchor { reading: start.reading() + 10, time: Timestamp(5_000), rate: 3 << 32 };
    let read = |frame: &Frame| {
        let decoded = Decoded::at(&SITE, frame.bytes(), &anchor).expect("a header");
        (decoded.start, decoded.duration)
    };
    assert_eq!(read(&frame), (Timestamp(4_970), None));
    frame.set_units(7);
    assert_eq!(read(&frame), (Timestamp(4_970), Some(Duration::from_nanos(21))));
    let mut of_times = Frame::new(&SITE, Timestamp(9));
    of_times.set_duration(Duration::from_nanos(4));
    assert_eq!(read(&of_times), (Timestamp(9), Some(Duration::from_nanos(4))));
}

#[test]
fn secrets_do_not_enter() {
    let capture = capture();
    let mut frame = Frame::new(&SITE, Timestamp(0));
    frame.field(&capture, 1, Value::Display(&"hunter2"));
    frame.field(&capture, 1, Value::U64(1234));
    frame.field(&capture, 1, Value::Length(7));
    frame.field(&capture, 0, Value::Debug(&"password=hunter2"));
    frame.field(&capture, 0, Value::Mask(&"hunter2"));
    frame.field(&capture, 0, Value::Last4(&"4111111111111111"));
    frame.field(&capture, 0, Value::Json(&serde_json::json!({"token": "hunter2"})));
    frame.field(&capture, 0, Value::Redacted);
    assert!(!frame.bytes().windows(7).any(|window| window == b"hunter2"));
    assert_eq!(
        text_of(&frame),
        [
            "password=[redacted]",
            "password=[redacted]",
            "password=U64(7)",
            "title=\"password=[redacted]\"",
            "title=***",
            "title=***1111",
            "title={\"token\":\"[redacted]\"}",
            "title=[redacted]",
        ]
    );
    assert_eq!(capture.counters.values_redacted.value(), 7);
}

struct Bomb;
impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half a ")?;
        std::panic::resume_unwind(Box::new(()));
    }
}

#[test]
fn a_panicking_display_leaves_a_note() {
    let capture = capture();
    let mut frame = Frame::new(&SITE, Timestamp(0));
    frame.field(&capture, 0, Value::Display(&Bomb));
    frame.field(&capture, 0, Value::Mask(&Bomb));
    frame.field(&capture, 0, Value::U64(1));
    assert_eq!(
        text_of(&frame),
        ["title=[panicked while formatting]", "title=[panicked while formatting]", "title=U64(1)"]
    );
    assert_eq!(capture.counters.values_panicked.value(), 2);
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let capture = capture();
    let mut frame = Frame::new(&SITE, Timestamp(0));
    frame.field(&capture, 0, Value::Display(&"é".repeat(MAX_TEXT)));
    let text = text_of(&frame).remove(0);
    assert_eq!(text.len(), "title=".len() + MAX_TEXT + format!("…[{MAX_TEXT} bytes more]").len());
    assert!(text.ends_with("bytes more]"));
}

struct Drops;
impl fmt::Display for Drops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..MAX_TEXT + 3).try_for_each(|_| f.write_str("x"))
    }
}

#[test]
fn a_text_that_comes_in_drops_is_cut_all_the_same() {
    let capture = capture();
    let mut frame = Frame::new(&SITE, Timestamp(0));
    frame.field(&capture, 0, Value::Display(&Drops));
    let text = text_of(&frame).remove(0);
    assert_eq!(text, format!("title={}…[3 bytes more]", "x".repeat(MAX_TEXT)));
}

#[test]
fn a_warm_thread_reuses_its_buffer() {
    let capture = capture();
    let make = || {
        let mut frame = Frame::new(&SITE, Timestamp(0));
        frame.field(&capture, 0, Value::U64(1));
        frame.bytes().as_ptr()
    };
    assert_eq!(make(), make());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(decoded) = Decoded::new(&SITE, &bytes) {
            prop_assert!(decoded.fields().count() <= bytes.len());
        }
    }

    #[test]
    fn numbers_and_texts_come_back(n in any::<i64>(), x in any::<f64>(), text in "[a-z é]{0,40}") {
        let capture = capture();
        let mut frame = Frame::new(&SITE, Timestamp(0));
        frame.field(&capture, 0, Value::I64(n));
        frame.field(&capture, 0, Value::F64(x));
        frame.field(&capture, 0, Value::Display(&text));
        let decoded = Decoded::new(&SITE, frame.bytes()).expect("a header");
        let data: Vec<_> = decoded.fields().map(|(_, _, datum)| datum).collect();
        prop_assert_eq!(data.first(), Some(&Datum::I64(n)));
        prop_assert!(matches!(data.get(1), Some(Datum::F64(y)) if x.to_bits() == y.to_bits()));
        prop_assert_eq!(data.get(2), Some(&Datum::Text(&text)));
    }
}

/// Where the values of a frame are by the kinds of another one's fields.
fn places(frame: &Frame, of: &Frame) -> Option<Vec<Place>> {
    let decoded = |frame: &Frame| Decoded::new(&SITE, frame.bytes()).map(|it| it.fields.to_vec());
    let (fields, of) = (decoded(frame)?, decoded(of)?);
    let blank = Frame::new(&SITE, Timestamp(0));
    let blank = Decoded::new(&SITE, blank.bytes())?;
    let (record, model) = (blank.with_fields(&fields), blank.with_fields(&of));
    let mut spots = [Spot::default(); 8];
    let spots = model.find(&mut spots)?;
    let kinds: Vec<_> = spots.iter().map(|spot| Kind::of(&model, spot)).collect::<Option<_>>()?;
    let mut places = [Place::default(); 8];
    record.find_these(&kinds, &mut places)?;
    Some(places[..kinds.len()].to_vec())
}

proptest! {
    #[test]
    fn values_of_known_kinds_are_where_they_are_found_otherwise(
        kinds in prop::collection::vec(0..9_u8, 0..8),
        changed in prop::option::of((0..8_usize, 0..9_u8)),
        texts in prop::collection::vec("[a-z é]{0,40}", 8),
        numbers in any::<[u64; 8]>(),
    ) {
        let capture = capture();
        let make = |kinds: &[u8]| {
            let mut frame = Frame::new(&SITE, Timestamp(0));
            for ((kind, text), n) in kinds.iter().zip(&texts).zip(numbers) {
                let value = match kind {
                    0 | 5 => Value::Text(text),
                    1 | 6 => Value::U64(n),
                    2 => Value::I64(n.cast_signed()),
                    3 | 7 => Value::Bool(n % 2 == 0),
                    4 => Value::U128(u128::from(n) << 50),
                    _ => Value::Display(text),
                };
                if *kind < 5 {
                    frame.field(&capture, 0, value);
                } else {
                    frame.named(&capture, Part::Details, if *kind == 8 { "x" } else { "y" }, value);
                }
            }
            frame
        };
        let mut others = kinds.clone();
        if let Some((at, kind)) = changed && let Some(place) = others.get_mut(at) {
            *place = kind;
        }
        let (frame, other) = (make(&kinds), make(&others));
        let decoded = Decoded::new(&SITE, frame.bytes()).expect("a header");
        let mut spots = [Spot::default(); 8];
        let spots = decoded.find(&mut spots).expect("room");
        let found: Vec<_> = spots.iter().map(|spot| spot.place).collect();
        let bools = |kind: &u8| if *kind == 3 { 3 } else { *kind };
        let is_same = kinds.iter().map(bools).eq(others.iter().map(bools));
        prop_assert_eq!(places(&frame, &other), is_same.then_some(found));
        // And they are the values.
        let values: Vec<_> = decoded.fields().map(|(_, _, datum)| datum).collect();
        let read = spots.iter().map(|spot| decoded.datum(spot.tag(), spot.place));
        prop_assert_eq!(read.collect::<Option<Vec<_>>>(), Some(values));
    }
}
