//! One line as a record: the members every line has, and those a report needs.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::{Reason, Summary, parse_time};
use crate::clock::Timestamp;

/// What a line says. Members that are not listed here are skipped unread.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// When it happened.
    pub timestamp: Timestamp,
    /// One of TRACE DEBUG INFO WARN ERROR.
    pub level: Cow<'a, str>,
    /// The file it belongs to: system, debug, error, audit or performance.
    pub category: Cow<'a, str>,
    /// Module path or service.
    pub component: Cow<'a, str>,
    /// What kind of line it is; `operation` for an audited call.
    pub event: Cow<'a, str>,
    /// For people.
    pub message: Cow<'a, str>,
    /// Name of the audited or timed operation.
    pub operation: Option<Cow<'a, str>>,
    /// Who acted: the program or agent. A value that is not text is given as its JSON.
    pub agent: Option<String>,
    /// On whose behalf. A value that is not text is given as its JSON.
    pub user: Option<String>,
    /// How it ended.
    pub outcome: Option<Cow<'a, str>>,
    /// `intent` or `result` where an operation takes two lines.
    pub phase: Option<Cow<'a, str>>,
    /// How long it took, in microseconds.
    pub duration_us: Option<u64>,
    /// What went wrong.
    pub error: Option<Failure>,
    /// What a `summary` line of the performance log sums up.
    pub summary: Option<Summary>,
}

/// The `error` member of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// Type of the error.
    pub kind: Option<String>,
    /// Its text.
    pub message: Option<String>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    level: Cow<'a, str>,
    #[serde(borrow)]
    category: Cow<'a, str>,
    #[serde(borrow)]
    component: Cow<'a, str>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    operation: Option<Cow<'a, str>>,
    agent: Option<Value>,
    user: Option<Value>,
    #[serde(borrow)]
    outcome: Option<Cow<'a, str>>,
    #[serde(borrow)]
    phase: Option<Cow<'a, str>>,
    duration_ms: Option<f64>,
    error: Option<Value>,
}

impl<'a> Entry<'a> {
    /// Reads one line, without its end.
    pub fn parse(line: &'a str) -> Result<Self, Reason> {
        // Derived reading would take `[…]` for the members in order.
        if !line.trim_start().starts_with('{') {
            return Err(Reason::NotJson("it does not begin with `{`".to_owned()));
        }
        let raw: Raw<'a> = serde_json::from_str(line).map_err(|error| explain(&error))?;
        let Some(timestamp) = parse_time(&raw.timestamp) else {
            return Err(Reason::Member("`timestamp` is not an RFC 3339 time".to_owned()));
        };
        let duration_us = match raw.duration_ms {
            None => None,
            Some(millis) => Some(micros(millis).ok_or_else(|| {
                Reason::Member("`duration_ms` is not a number of milliseconds".to_owned())
            })?),
        };
        let is_summary = raw.category == "performance" && raw.event == "summary";
        let summary = is_summary.then(|| Summary::parse(line)).transpose()?;
        Ok(Self {
            timestamp,
            level: raw.level,
            category: raw.category,
            component: raw.component,
            event: raw.event,
            message: raw.message,
            operation: raw.operation,
            agent: raw.agent.and_then(text),
            user: raw.user.and_then(text),
            outcome: raw.outcome,
            phase: raw.phase,
            duration_us,
            error: raw.error.and_then(failure),
            summary,
        })
    }
}

/// Longer than a century; up to here a double still tells thousandths of a millisecond apart.
const LONGEST_MICROS: f64 = 4e15;

/// Milliseconds with three decimals are whole microseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to lie between 0 and 4e15"
)]
fn micros(millis: f64) -> Option<u64> {
    let micros = (millis * 1_000.0).round();
    (0.0..=LONGEST_MICROS).contains(&micros).then_some(micros as u64)
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn failure(value: Value) -> Option<Failure> {
    match value {
        Value::Null => None,
        Value::Object(mut members) => Some(Failure {
            kind: members.remove("type").and_then(text),
            message: members.remove("message").and_then(text),
        }),
        other => Some(Failure { kind: None, message: text(other) }),
    }
}

/// The parser's words without its "at line 1 column n", which reads like a place in the file.
fn explain(error: &serde_json::Error) -> Reason {
    let whole = error.to_string();
    let words = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(words, _)| words);
    let words: String = words.chars().take(200).collect();
    match error.classify() {
        serde_json::error::Category::Data => Reason::Member(words),
        _ => Reason::NotJson(format!("{words}, column {}", error.column())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str =
        r#""level":"INFO","category":"audit","component":"c","event":"operation","message":"m""#;

    fn with(rest: &str) -> String {
        format!(r#"{{"timestamp":"2026-11-22T05:54:47.123456Z",{BASE}{rest}}}"#)
    }

    #[test]
    fn an_operation_is_read() {
        let line = with(
            r#","operation":"CREATE","task_id":"a","agent":"x","user":7,"outcome":"failure","phase":"result","duration_ms":12.345,"before":{"user":"no"},"error":{"type":"E","message":"bad\n"}"#,
        );
        let entry = Entry::parse(&line).unwrap();
        assert_eq!(entry.timestamp.to_string(), "2026-11-22T05:54:47.123456Z");
        assert_eq!(entry.operation.as_deref(), Some("CREATE"));
        assert_eq!((entry.agent.as_deref(), entry.user.as_deref()), (Some("x"), Some("7")));
        assert_eq!(entry.outcome.as_deref(), Some("failure"));
        assert_eq!(entry.phase.as_deref(), Some("result"));
        assert_eq!(entry.duration_us, Some(12_345));
        let error = entry.error.unwrap();
        assert_eq!((error.kind.as_deref(), error.message.as_deref()), (Some("E"), Some("bad\n")));
    }

    #[test]
    fn every_thousandth_of_a_millisecond_is_kept() {
        for us in (0..2_000_000_u64).step_by(7).chain([3_999_999_999_999_999]) {
            let line = with(&format!(r#","duration_ms":{}.{:03}"#, us / 1_000, us % 1_000));
            assert_eq!(Entry::parse(&line).unwrap().duration_us, Some(us));
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let cases = [
            (String::new(), "does not begin with `{`"),
            ("[1]".to_owned(), "does not begin with `{`"),
            ("{".to_owned(), "EOF"),
            ("{}".to_owned(), "missing field `timestamp`"),
            (with(r#","duration_ms":-1"#), "`duration_ms`"),
            (with(r#","duration_ms":"12""#), "expected f64"),
            (with(r#","level":"WARN""#), "duplicate field `level`"),
            (with("").replace("2026-11-22T", "2026-11-22"), "`timestamp`"),
            (with("") + "x", "trailing characters"),
            (with("").replace("\"m\"", "\"\u{1}\""), "control character"),
            ("{\"a\":".repeat(100_000), "EOF"),
        ];
        for (line, words) in cases {
            let reason = Entry::parse(&line).unwrap_err().to_string();
            assert!(reason.contains(words), "{reason:?} lacks {words:?}");
            assert!(!reason.contains("at line"), "{reason}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\PC\\x00-\\x1f]{0,80}", cut in 0_usize..200) {
            let _nothing_to_compare = Entry::parse(&text);
            let line = with(r#","agent":{"a":[1,2]},"error":"x""#);
            let cut = line.get(..cut).unwrap_or(&line);
            prop_assert_eq!(Entry::parse(cut).is_ok(), cut == line);
        }
    }
}
