//! The members of a line and their order.

use super::{Notice, Origin, json::Out};
use crate::{
    clock::Timestamp,
    frame::{Datum, Decoded},
    record::{Callsite, Category, Level, Outcome, Part},
};

/// Writes the members of a record; without the `bulky` ones where a line must become short.
pub(super) fn record(
    out: &mut Out,
    origin: &Origin,
    record: &Decoded<'_>,
    category: Category,
    bulky: bool,
) {
    let site = record.site;
    let one = |part| last_text(record, part);
    let operation = one(Part::Operation).unwrap_or(site.operation);
    let event = one(Part::Event).unwrap_or(site.event);
    head(out, record.start, record.level, category);
    out.plain("component", one(Part::Component).unwrap_or(site.component));
    out.plain("event", event);
    message(out, record, operation, event);
    if !operation.is_empty() {
        out.text("operation", operation);
    }
    members(out, record, Part::Resource);
    for (part, key) in [(Part::Agent, "agent"), (Part::User, "user")] {
        if let Some(datum) = last(record, part) {
            out.member(key, &datum);
        }
    }
    let duration = |out: &mut Out| {
        if let Some(duration) = record.duration {
            out.millis("duration_ms", duration.as_nanos());
        }
    };
    if category == Category::Performance {
        duration(out);
    }
    if let Some(outcome) = record.outcome {
        out.plain("outcome", outcome.name());
    }
    if let Some(phase) = record.phase.name() {
        out.plain("phase", phase);
    }
    if category != Category::Performance {
        duration(out);
    }
    if bulky {
        object(out, record, Part::Before, "before");
        object(out, record, Part::After, "after");
        changed(out, record);
        object(out, record, Part::Details, "details");
        object(out, record, Part::Context, "context");
    }
    error(out, record, bulky);
    for (part, key) in [(Part::Target, "target"), (Part::Source, "source")] {
        if let Some(datum) = last(record, part) {
            out.member(key, &datum);
        }
        if part == Part::Target && bulky {
            object(out, record, Part::Fields, "fields");
            object(out, record, Part::Span, "span");
        }
    }
    if bulky {
        members(out, record, Part::Ambient);
    }
    tail(out, origin);
    place(out, record, site);
}

/// Writes the members of a notice.
pub(super) fn notice(out: &mut Out, origin: &Origin, notice: &Notice<'_>, now: Timestamp) {
    head(out, now, notice.level, notice.category);
    out.plain("component", &origin.app);
    out.plain("event", notice.event);
    out.text("message", notice.message);
    if !notice.details.is_empty() {
        out.key("details");
        out.open('{');
        for (key, datum) in notice.details {
            out.member(key, datum);
        }
        out.close('}');
    }
    tail(out, origin);
}

fn head(out: &mut Out, time: Timestamp, level: Level, category: Category) {
    out.member("timestamp", &Datum::Time(time));
    out.plain("level", level.name());
    out.plain("category", category.name());
}

fn tail(out: &mut Out, origin: &Origin) {
    out.plain("host", &origin.host);
    out.number("pid", u64::from(origin.pid));
    out.plain("run_id", &origin.run_id);
}

fn place(out: &mut Out, record: &Decoded<'_>, site: &Callsite) {
    let named = |key| record.fields().any(|(part, k, _)| part == Part::Ambient && k == key);
    if !site.file.is_empty() && !named("file") {
        out.plain("file", site.file);
        if site.line != 0 {
            out.number("line", u64::from(site.line));
        }
    }
    if !site.function.is_empty() {
        out.plain("function", site.function);
    }
}

fn message(out: &mut Out, record: &Decoded<'_>, operation: &str, event: &str) {
    if let Some(message) = last_text(record, Part::Message).or(record.site.message) {
        return out.text("message", message);
    }
    if operation.is_empty() {
        return out.text("message", event);
    }
    match record.outcome {
        Some(Outcome::None) => out.text("message", &format!("{operation} found nothing")),
        Some(outcome) => out.text("message", &format!("{operation} {outcome}")),
        None => out.text("message", operation),
    }
}

fn error(out: &mut Out, record: &Decoded<'_>, bulky: bool) {
    let name = last(record, Part::ErrorType);
    let message = last(record, Part::ErrorMessage);
    let causes = || {
        record.fields().filter_map(|(part, _, datum)| match datum {
            Datum::Text(text) if part == Part::ErrorCause => Some(text),
            _ => None,
        })
    };
    if name.is_none() && message.is_none() && causes().next().is_none() {
        return;
    }
    out.key("error");
    out.open('{');
    if let Some(name) = name {
        out.member("type", &name);
    }
    if let Some(message) = message {
        out.member("message", &message);
    }
    if bulky && causes().next().is_some() {
        out.key("chain");
        out.open('[');
        for cause in causes() {
            out.element(cause);
        }
        out.close(']');
    }
    out.close('}');
}

/// The fields of a part; of two with one key the later one.
fn fields<'a>(
    record: &Decoded<'a>,
    part: Part,
) -> impl Iterator<Item = (&'a str, Datum<'a>)> + use<'a> {
    let mut rest = record.fields();
    std::iter::from_fn(move || {
        loop {
            let (found, key, datum) = rest.next()?;
            let again = |(p, k, _): (Part, &str, Datum<'_>)| p == part && k == key;
            if found == part && !rest.clone().any(again) {
                return Some((key, datum));
            }
        }
    })
}

fn last<'a>(record: &Decoded<'a>, part: Part) -> Option<Datum<'a>> {
    record.fields().filter(|(found, _, _)| *found == part).last().map(|(_, _, datum)| datum)
}

fn last_text<'a>(record: &Decoded<'a>, part: Part) -> Option<&'a str> {
    match last(record, part) {
        Some(Datum::Text(text)) => Some(text),
        _ => None,
    }
}

fn members(out: &mut Out, record: &Decoded<'_>, part: Part) {
    for (key, datum) in fields(record, part) {
        out.member(key, &datum);
    }
}

fn object(out: &mut Out, record: &Decoded<'_>, part: Part, name: &str) {
    let mut fields = fields(record, part).peekable();
    if fields.peek().is_none() {
        return;
    }
    out.key(name);
    out.open('{');
    for (key, datum) in fields {
        out.member(key, &datum);
    }
    out.close('}');
}

/// The keys that `before` and `after` share and whose values differ.
fn changed(out: &mut Out, record: &Decoded<'_>) {
    if !record.fields().any(|(part, _, _)| part == Part::After)
        || !record.fields().any(|(part, _, _)| part == Part::Before)
    {
        return;
    }
    out.key("changed");
    out.open('[');
    for (key, before) in fields(record, Part::Before) {
        let after = fields(record, Part::After).find(|(k, _)| *k == key);
        if after.is_some_and(|(_, after)| after != before) {
            out.element(key);
        }
    }
    out.close(']');
}
