//! Lines are complete, parse, keep their order and their limit.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::record::Outcome;

#[test]
fn an_audit_line_whole() {
    let mut frame = frame(&[
        (0, Value::U64(42)),
        (1, Value::Display(&"picker")),
        (2, Value::Literal("a1")),
        (3, Value::Literal("b2")),
        (4, Value::Display(&"two\nlines")),
    ]);
    frame.set_outcome(Outcome::Success);
    frame.set_duration(Duration::from_nanos(12_340_999));
    let (line, shortened) = line(&frame, Category::Audit);
    assert!(!shortened);
    assert_eq!(
        line.as_str(),
        concat!(
            r#"{"timestamp":"2026-01-02T03:04:05.678901Z","level":"INFO","category":"audit","#,
            r#""component":"shop::orders","event":"operation","message":"MOVE success","#,
            r#""operation":"MOVE","order_id":42,"agent":"picker","outcome":"success","#,
            r#""duration_ms":12.34,"before":{"shelf":"a1"},"after":{"shelf":"b2"},"#,
            r#""changed":["shelf"],"details":{"note":"two\nlines"},"host":"host-1","pid":7,"#,
            r#""run_id":"0123456789abcdef","file":"src/orders.rs","line":12,"function":"move_order"}"#,
        )
    );
}

#[test]
fn an_error_line_carries_the_chain() {
    let mut frame = frame(&[
        (5, Value::Literal("shop::Error")),
        (6, Value::Display(&"no shelf, password=hunter2")),
        (7, Value::Display(&"disk full")),
        (7, Value::Display(&"quota")),
    ]);
    frame.set_outcome(Outcome::Failure);
    let (line, _) = line(&frame, Category::Error);
    assert!(
        line.as_str().contains(concat!(
            r#""error":{"type":"shop::Error","message":"no shelf, password=[redacted]","#,
            r#""chain":["disk full","quota"]}"#
        )),
        "{}",
        line.as_str()
    );
}

#[test]
fn performance_puts_the_duration_first() {
    let mut frame = frame(&[]);
    frame.set_outcome(Outcome::Panicked);
    frame.set_duration(Duration::from_millis(3));
    let (line, _) = line(&frame, Category::Performance);
    assert!(line.as_str().contains(r#""operation":"MOVE","duration_ms":3,"outcome":"panicked""#));
}

#[test]
fn numbers_that_readers_would_round_are_strings() {
    for (value, expected) in [
        (Value::U64(1 << 53), "9007199254740992"),
        (Value::U64((1 << 53) + 1), r#""9007199254740993""#),
        (Value::I64(i64::MIN), r#""-9223372036854775808""#),
        (Value::F64(f64::NAN), r#""NaN""#),
        (Value::F64(f64::NEG_INFINITY), r#""-Infinity""#),
        (Value::F64(1e300), "1e300"),
        (Value::F64(0.1), "0.1"),
        (Value::Bool(true), "true"),
        (Value::Char('ß'), r#""ß""#),
        (Value::Duration(Duration::from_nanos(1_500)), "0.001"),
        (Value::Json(&serde_json::json!({"b": [u64::MAX, null], "a": "\u{202e}"})), {
            r#"{"a":"\u202e","b":["18446744073709551615",null]}"#
        }),
    ] {
        let (line, _) = line(&frame(&[(4, value)]), Category::Audit);
        let expected = format!(r#""details":{{"note":{expected}}}"#);
        assert!(line.as_str().contains(&expected), "{} lacks {expected}", line.as_str());
    }
}

#[test]
fn what_a_terminal_would_act_upon_is_escaped() {
    let text = "\0\u{1b}[31m\u{7f}\u{85}\u{202e}\u{2028}\u{2066}\u{feff}\t\"\\";
    let (line, _) = line(&frame(&[(4, Value::Display(&text))]), Category::Audit);
    assert!(
        line.as_str().contains(r#"\ufffd\u001b[31m\u007f\u0085\u202e\u2028\u2066\ufeff\t\"\\"}"#),
        "{}",
        line.as_str()
    );
}

#[test]
fn of_two_fields_with_one_key_the_later_stays() {
    let (line, _) = line(
        &frame(&[(4, Value::U64(1)), (0, Value::U64(9)), (4, Value::U64(2))]),
        Category::Audit,
    );
    assert!(line.as_str().contains(r#""details":{"note":2}"#));
}

#[test]
fn a_long_value_is_shortened_with_size_and_digest() {
    let text = "x".repeat(20_000);
    let (line, shortened) =
        line(&frame(&[(0, Value::U64(1)), (4, Value::Display(&text))]), Category::Audit);
    assert!(shortened);
    assert!(line.as_bytes().len() <= 8_000);
    let json: Json = serde_json::from_str(line.as_str()).expect("JSON");
    assert_eq!(json["truncated"], true);
    assert_eq!(json["order_id"], 1);
    let note = json["details"]["note"].as_str().expect("a text");
    assert!(note.starts_with("xxx") && note.contains("…[20000 bytes, sha256 "), "{note}");
}

#[test]
fn with_too_many_members_those_that_say_who_did_what_remain() {
    let capture = capture();
    let mut frame = frame(&[(0, Value::U64(1)), (1, Value::Display(&"picker"))]);
    for n in 0..2_000 {
        frame.named(&capture, Part::Details, &format!("key_{n}"), Value::U64(n));
    }
    let (line, shortened) = line(&frame, Category::Audit);
    assert!(shortened && line.as_bytes().len() <= 8_000);
    let json: Json = serde_json::from_str(line.as_str()).expect("JSON");
    assert_eq!((&json["order_id"], &json["agent"]), (&Json::from(1), &Json::from("picker")));
    assert_eq!(json["truncated"], true);
}

#[test]
fn a_notice_is_a_line_like_the_others() {
    let line = renderer().notice(
        &Notice {
            category: Category::System,
            level: Level::Info,
            event: "logging_started",
            message: "logging started",
            details: &[("profile", Datum::Text("dev"))],
        },
        Timestamp(0),
    );
    let json: Json = serde_json::from_str(line.as_str()).expect("JSON");
    for key in ["timestamp", "level", "category", "component", "event", "message"] {
        assert!(json[key].is_string(), "{key}");
    }
    assert_eq!(json["details"]["profile"], "dev");
}

proptest! {
    #[test]
    fn any_text_makes_a_line_that_parses(texts in prop::collection::vec("\\PC{0,3000}|.{0,50}", 0..8)) {
        let values: Vec<_> = texts.iter().enumerate().map(|(n, text)| (n, Value::Display(text))).collect();
        let (line, _) = line(&frame(&values), Category::Audit);
        prop_assert!(line.as_bytes().len() <= 8_000);
        prop_assert!(line.as_bytes().ends_with(b"\n"));
        prop_assert!(!line.as_str().contains(['\n', '\0']));
        let json: Json = serde_json::from_str(line.as_str()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert!(json.is_object());
    }
}
