//! Lines for people stay one readable line; lines for ECS readers keep the order ECS demands.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, path::PathBuf, time::Duration};

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::record::Outcome;

fn moved() -> Frame {
    let mut frame = frame(&[
        (0, Value::U64(42)),
        (1, Value::Display(&"picker")),
        (2, Value::Literal("a1")),
        (3, Value::Literal("b 2")),
        (4, Value::Display(&"two\nlines")),
        (5, Value::Literal("shop::Error")),
        (6, Value::Display(&"no \"shelf\"")),
        (7, Value::Display(&"quota")),
        (7, Value::Display(&"disk,full")),
    ]);
    frame.set_outcome(Outcome::Failure);
    frame.set_duration(Duration::from_nanos(12_340_999));
    frame
}

#[test]
fn a_line_for_people_whole() {
    let (line, shortened) = line_of(Format::Text, &moved(), Category::Error);
    assert!(!shortened);
    assert_eq!(
        line.as_str(),
        concat!(
            r"2026-01-02T03:04:05.678901Z INFO  error       shop::orders: MOVE failure ",
            r#"event=operation operation=MOVE order_id=42 agent=picker outcome=failure "#,
            r#"duration_ms=12.34 before.shelf=a1 after.shelf="b 2" changed=shelf "#,
            r#"details.note="two\nlines" error.type=shop::Error error.message="no \"shelf\"" "#,
            r#"error.chain=quota,"disk,full" host=host-1 pid=7 run_id=0123456789abcdef "#,
            r#"file=src/orders.rs line=12 function=move_order"#,
        )
    );
}

#[test]
fn a_line_for_ecs_readers_whole() {
    let (line, shortened) = line_of(Format::Ecs, &moved(), Category::Error);
    assert!(!shortened);
    assert_eq!(
        line.as_str(),
        concat!(
            r#"{"@timestamp":"2026-01-02T03:04:05.678901Z","log.level":"INFO","#,
            r#""message":"MOVE failure","ecs.version":"8.17.0","event.kind":"event","#,
            r#""event.dataset":"shop.error","service.name":"shop","event.action":"MOVE","#,
            r#""audit.event":"operation","event.outcome":"failure","audit.outcome":"failure","#,
            r#""event.duration":12340999,"log.logger":"shop::orders","audit.target.order_id":42,"#,
            r#""audit.agent":"picker","error.type":"shop::Error","#,
            r#""error.message":"no \"shelf\"","audit.before":{"shelf":"a1"},"#,
            r#""audit.after":{"shelf":"b 2"},"audit.changed":["shelf"],"#,
            r#""audit.details":{"note":"two\nlines"},"#,
            r#""audit.error_chain":["quota","disk,full"],"host.name":"host-1","process.pid":7,"#,
            r#""service.node.name":"0123456789abcdef","log.origin.file.name":"src/orders.rs","#,
            r#""log.origin.file.line":12,"log.origin.function":"move_order"}"#,
        )
    );
}

#[test]
fn outcomes_that_ecs_does_not_know_keep_their_word() {
    for (outcome, ecs) in [
        (Outcome::Success, "success"),
        (Outcome::None, "success"),
        (Outcome::Denied, "failure"),
        (Outcome::Panicked, "failure"),
        (Outcome::Cancelled, "failure"),
        (Outcome::Unfinished, "unknown"),
    ] {
        let mut frame = frame(&[]);
        frame.set_outcome(outcome);
        let (line, _) = line_of(Format::Ecs, &frame, Category::Audit);
        let json: Json = serde_json::from_str(line.as_str()).expect("JSON");
        assert_eq!(json["event.outcome"], ecs);
        assert_eq!(json["audit.outcome"], outcome.name());
    }
}

#[test]
fn the_context_has_its_ecs_names() {
    let capture = capture();
    let mut frame = frame(&[]);
    for key in ["request_id", "trace_id", "span_id", "user_id", "correlation_id", "file"] {
        frame.named(&capture, Part::Ambient, key, Value::Display(&"x-1"));
    }
    frame.named(&capture, Part::User, "", Value::Display(&"jane"));
    let (line, _) = line_of(Format::Ecs, &frame, Category::Performance);
    let json: Json = serde_json::from_str(line.as_str()).expect("JSON");
    for key in [
        "http.request.id",
        "trace.id",
        "span.id",
        "user.id",
        "labels.correlation_id",
        "log.origin.file.name",
    ] {
        assert_eq!(json[key], "x-1", "{key}");
    }
    assert_eq!(json["user.name"], "jane");
    assert_eq!(json["event.kind"], "metric");
    assert_eq!(line.as_str().matches("log.origin.file.name").count(), 1);
    let clash = ["agent", "ecs", "event", "user", "error", "hash", "process", "source", "trace"];
    assert!(clash.iter().all(|key| json.get(*key).is_none()), "ECS wants objects there: {json}");
}

#[test]
fn notices_and_shortened_lines_keep_their_format() {
    let notice = Notice {
        category: Category::System,
        level: Level::Warn,
        event: "setting_ignored",
        message: "AUDIT_LOG=\"inof\"\nis no level",
        details: &[("bytes", Datum::U64(7))],
    };
    let text = renderer_of(Format::Text).notice(&notice, Timestamp(0));
    assert_eq!(
        text.as_str(),
        "1970-01-01T00:00:00.000000Z WARN  system      shop: AUDIT_LOG=\"inof\"\\nis no level \
         event=setting_ignored details.bytes=7 host=host-1 pid=7 run_id=0123456789abcdef"
    );
    let ecs = renderer_of(Format::Ecs).notice(&notice, Timestamp(0));
    let json: Json = serde_json::from_str(ecs.as_str()).expect("JSON");
    assert_eq!(json["event.action"], "setting_ignored");
    assert_eq!(json["audit.details"]["bytes"], 7);

    let long = "x y".repeat(20_000);
    let frame = frame(&[(4, Value::Display(&long))]);
    for (format, mark) in [(Format::Text, " truncated=true"), (Format::Ecs, r#""truncated":true}"#)]
    {
        let (line, shortened) = line_of(format, &frame, Category::Audit);
        assert!(shortened && line.as_bytes().len() <= 8_000);
        assert!(line.as_str().ends_with(mark), "{}", line.as_str());
    }
}

#[test]
fn each_category_has_its_own_format() {
    let mut formats = [Format::Json; 5];
    formats[Category::Error.index()] = Format::Text;
    let renderer = renderer().with_formats(formats);
    let frame = moved();
    let record = Decoded::new(frame.site(), frame.bytes()).expect("a header");
    let first = |category| renderer.line(&record, category).0.as_str().as_bytes()[0];
    assert_eq!((first(Category::Audit), first(Category::Error)), (b'{', b'2'));
}

proptest! {
    #[test]
    fn any_text_makes_one_line_and_no_second_member(text in "\\PC{0,200}|[ ='\",\\[\n\u{1b}\u{202e}a-c]{0,50}") {
        let frame = frame(&[(0, Value::U64(1)), (4, Value::Display(&text))]);
        let (line, _) = line_of(Format::Text, &frame, Category::Audit);
        let acts = |c: char| c.is_control() || c == '\u{202e}';
        prop_assert!(!line.as_str().contains(acts));
        // Outside of quotes, every word behind the message is one member.
        let (_, members) = line.as_str().split_once(" event=").expect("members");
        let mut names = 0;
        let (mut quoted, mut escaped) = (false, false);
        for c in members.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '=' if !quoted => names += 1,
                _ => {}
            }
        }
        prop_assert!(!quoted);
        prop_assert_eq!(names, 9, "{}", line.as_str());
        let (line, _) = line_of(Format::Ecs, &frame, Category::Audit);
        let json: Json = serde_json::from_str(line.as_str()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert!(json["audit.details"]["note"].is_string());
    }

    /// Scenario 38: texts, paths that are no UTF-8, and names.
    #[test]
    fn nothing_brings_a_control_character_or_a_second_line_into_a_line(
        text in hostile(),
        key in hostile(),
        path in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let path = PathBuf::from(OsString::from_vec(path));
        let mut frame = frame(&(0..FIELDS.len()).map(|n| (n, Value::Display(&text))).collect::<Vec<_>>());
        let capture = capture();
        for part in [Part::User, Part::Message, Part::Event, Part::Target, Part::Component, Part::Context] {
            frame.named(&capture, part, &key, Value::Debug(&text));
        }
        for part in [Part::Resource, Part::Details, Part::Fields, Part::Span, Part::Ambient] {
            frame.named(&capture, part, &key, Value::Display(&path.display()));
            frame.named(&capture, part, &format!("{key}."), Value::Json(&serde_json::json!({ &*text: [&key] })));
        }
        let notice = Notice {
            category: Category::System,
            level: Level::Warn,
            event: "event",
            message: &text,
            details: &[("path", Datum::Text(&path.display().to_string())), ("text", Datum::Text(&text))],
        };
        for format in [Format::Json, Format::Text, Format::Ecs] {
            for line in [line_of(format, &frame, Category::Audit).0, renderer_of(format).notice(&notice, Timestamp(0))] {
                let bytes = line.as_bytes();
                prop_assert!(bytes.len() <= 8_000);
                prop_assert_eq!(bytes.iter().position(|byte| *byte == b'\n'), Some(bytes.len() - 1));
                let acts = |c: char| acts_on_a_terminal(c);
                prop_assert!(!line.as_str().contains(acts), "{format:?} {:?}", line.as_str());
                if format != Format::Text {
                    let json: Result<Json, _> = serde_json::from_str(line.as_str());
                    prop_assert!(json.is_ok_and(|json| json.is_object()), "{format:?} {:?}", line.as_str());
                }
            }
        }
    }
}

/// Texts of which each second character is one that somebody would act upon.
fn hostile() -> impl Strategy<Value = String> {
    "(.|[\n\r\t\u{0}-\u{1f}\u{7f}-\u{9f}\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}\"\\\\]){0,60}"
}

/// Said apart from the code under test: control characters, and those of UAX #9.
fn acts_on_a_terminal(c: char) -> bool {
    c.is_control()
        || "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}"
            .contains(c)
}
