//! The same record with the field names of the Elastic Common Schema; `docs/format.md` has the
//! table. Names are written with dots, as ECS loggers do.

use super::{
    Notice, Origin,
    json::Out,
    members::{Record, changed, object},
};
use crate::{
    clock::Timestamp,
    frame::Datum,
    record::{Category, Level, Outcome, Part},
};

/// The version of the schema whose names these are.
const VERSION: &str = "8.17.0";

/// Writes the members of a record; without the `bulky` ones where a line must become short.
pub(super) fn record(
    out: &mut Out,
    origin: &Origin,
    record: &Record<'_>,
    category: Category,
    bulky: bool,
) {
    let header = record.head;
    let site = header.site;
    let one = |part| record.last_text(part);
    head(out, header.start, header.level, &record.message());
    let operation = one(Part::Operation).unwrap_or(site.operation);
    let event = one(Part::Event).unwrap_or(site.event);
    dataset(out, origin, category);
    out.plain("event.action", if operation.is_empty() { event } else { operation });
    if !operation.is_empty() {
        out.plain("audit.event", event);
    }
    if let Some(outcome) = header.outcome {
        out.plain("event.outcome", ecs_outcome(outcome));
        out.plain("audit.outcome", outcome.name());
    }
    if let Some(duration) = header.duration {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        out.member("event.duration", &Datum::U64(nanos));
    }
    let component = one(Part::Component).unwrap_or(site.component);
    out.plain("log.logger", component);
    if let Some(phase) = header.phase.name() {
        out.plain("labels.phase", phase);
    }
    for (key, datum) in record.part(Part::Resource) {
        out.member(&format!("audit.target.{key}"), &datum);
    }
    for (part, key) in [
        (Part::Agent, "audit.agent"),
        (Part::User, "user.name"),
        (Part::Target, "labels.target"),
        (Part::Source, "labels.source"),
        (Part::ErrorType, "error.type"),
        (Part::ErrorMessage, "error.message"),
        (Part::Call, "audit.call_id"),
    ] {
        if let Some(datum) = record.last(part) {
            out.member(key, &datum);
        }
    }
    for (key, datum) in record.part(Part::Progress) {
        out.member(&format!("audit.{key}"), &datum);
    }
    if bulky {
        bulk(out, record);
    }
    tail(out, origin);
    place(out, record);
    if let Some(ticket) = record.head.ticket {
        out.number("audit.stream", ticket.stream.into());
        out.number("event.sequence", ticket.n);
    }
}

/// Writes the members of a notice.
pub(super) fn notice(out: &mut Out, origin: &Origin, notice: &Notice<'_>, now: Timestamp) {
    head(out, now, notice.level, notice.message);
    dataset(out, origin, notice.category);
    out.plain("event.action", notice.event);
    out.plain("log.logger", &origin.app);
    if !notice.details.is_empty() {
        out.key("audit.details");
        out.open('{');
        for (key, datum) in notice.details {
            out.member(key, datum);
        }
        out.close('}');
    }
    tail(out, origin);
}

fn head(out: &mut Out, time: Timestamp, level: Level, message: &str) {
    out.member("@timestamp", &Datum::Time(time));
    out.plain("log.level", level.name());
    out.text("message", message);
    out.plain("ecs.version", VERSION);
}

fn dataset(out: &mut Out, origin: &Origin, category: Category) {
    let kind = if category == Category::Performance { "metric" } else { "event" };
    out.plain("event.kind", kind);
    out.plain("event.dataset", &format!("{}.{category}", origin.app));
    out.plain("service.name", &origin.app);
}

/// ECS knows three outcomes; the record's own word stands beside.
const fn ecs_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success | Outcome::None => "success",
        Outcome::Failure | Outcome::Denied | Outcome::Panicked | Outcome::Cancelled => "failure",
        Outcome::Unfinished => "unknown",
    }
}

fn bulk(out: &mut Out, record: &Record<'_>) {
    object(out, record, Part::Before, "audit.before");
    object(out, record, Part::After, "audit.after");
    changed(out, record, "audit.changed");
    object(out, record, Part::Details, "audit.details");
    object(out, record, Part::Context, "audit.context");
    object(out, record, Part::Fields, "audit.fields");
    object(out, record, Part::Span, "audit.span");
    if let Some(value) = record.last(Part::ErrorValue) {
        out.member("audit.error_value", &value);
    }
    if record.causes().next().is_some() {
        out.key("audit.error_chain");
        out.open('[');
        for cause in record.causes() {
            out.element(cause);
        }
        out.close(']');
    }
    for (key, datum) in record.part(Part::Ambient) {
        match key {
            "request_id" => out.member("http.request.id", &datum),
            "trace_id" => out.member("trace.id", &datum),
            "span_id" => out.member("span.id", &datum),
            "user_id" => out.member("user.id", &datum),
            "file" => out.member("log.origin.file.name", &datum),
            "line" => out.member("log.origin.file.line", &datum),
            other => out.member(&format!("labels.{other}"), &datum),
        }
    }
}

fn tail(out: &mut Out, origin: &Origin) {
    out.plain("host.name", &origin.host);
    out.number("process.pid", u64::from(origin.pid));
    out.plain("service.node.name", &origin.run_id);
}

fn place(out: &mut Out, record: &Record<'_>) {
    let site = record.head.site;
    let named = record.part(Part::Ambient).any(|(key, _)| key == "file");
    if !site.file.is_empty() && !named {
        out.plain("log.origin.file.name", site.file);
        if site.line != 0 {
            out.number("log.origin.file.line", u64::from(site.line));
        }
    }
    if !site.function.is_empty() {
        out.plain("log.origin.function", site.function);
    }
}
