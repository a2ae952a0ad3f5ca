//! The members of a line and their order.

use std::borrow::Cow;

use super::{Notice, Origin, json::Out};
use crate::{
    clock::Timestamp,
    frame::{Datum, Decoded, Phase},
    record::{Callsite, Category, Level, Outcome, Part},
};

/// Room for the fields of most records.
const USUAL_FIELDS: usize = 16;

type Field<'a> = (Part, &'a str, Datum<'a>);

/// A record whose fields are read once.
pub(super) struct Record<'a> {
    pub(super) head: &'a Decoded<'a>,
    few: [Field<'a>; USUAL_FIELDS],
    count: usize,
    /// All of them, where they are more.
    many: Vec<Field<'a>>,
    /// The parts that it has fields of, one bit each.
    parts: u32,
    /// Whether two fields of one part have one key.
    repeats: bool,
}

const fn bit(part: Part) -> u32 {
    1 << part as u32
}

/// Whether a later field of the same part has the same key.
fn is_repeated(fields: &[Field<'_>], at: usize) -> bool {
    let Some((part, key, _)) = fields.get(at) else { return false };
    fields.iter().skip(at + 1).any(|(p, k, _)| p == part && k == key)
}

impl<'a> Record<'a> {
    /// Reads the fields.
    pub(super) fn new(head: &'a Decoded<'a>) -> Self {
        let few = [(Part::Message, "", Datum::Null); USUAL_FIELDS];
        let many = Vec::new();
        let mut record = Self { head, few, count: 0, many, parts: 0, repeats: false };
        for field in head.fields() {
            let (part, key, _) = field;
            if record.has(part) {
                record.repeats |= record.fields().iter().any(|it| it.0 == part && it.1 == key);
            }
            record.parts |= bit(part);
            match record.few.get_mut(record.count) {
                Some(place) if record.many.is_empty() => *place = field,
                _ => {
                    if record.many.is_empty() {
                        record.many.extend(record.few);
                    }
                    record.many.push(field);
                }
            }
            record.count += 1;
        }
        record
    }

    fn fields(&self) -> &[Field<'a>] {
        if self.many.is_empty() {
            self.few.get(..self.count).unwrap_or_default()
        } else {
            &self.many
        }
    }

    fn has(&self, part: Part) -> bool {
        self.parts & bit(part) != 0
    }

    /// The fields of all parts, in their order; none where it has none of `part`.
    pub(super) fn with(&self, part: Part) -> &[Field<'a>] {
        if self.has(part) { self.fields() } else { &[] }
    }

    /// The fields of a part, in their order; of two with one key the later one.
    pub(super) fn part(&self, part: Part) -> impl Iterator<Item = (&'a str, Datum<'a>)> {
        let fields = self.with(part);
        fields.iter().enumerate().filter_map(move |(at, (found, key, datum))| {
            let kept = *found == part && !(self.repeats && is_repeated(fields, at));
            kept.then_some((*key, *datum))
        })
    }

    pub(super) fn last(&self, part: Part) -> Option<Datum<'a>> {
        self.with(part)
            .iter()
            .rev()
            .find(|(found, _, _)| *found == part)
            .map(|(_, _, datum)| *datum)
    }

    /// The message: the record's own, that of its call site, or one of operation and outcome.
    pub(super) fn message(&self) -> Cow<'a, str> {
        let site = self.head.site;
        if let Some(message) = self.last_text(Part::Message).or(site.message) {
            return message.into();
        }
        let operation = self.last_text(Part::Operation).unwrap_or(site.operation);
        if operation.is_empty() {
            return self.last_text(Part::Event).unwrap_or(site.event).into();
        }
        match self.head.outcome {
            None if self.head.phase == Phase::Intent => {
                format!("{operation} is about to begin").into()
            }
            Some(Outcome::None) => format!("{operation} found nothing").into(),
            // Not by `format!`, as nearly every record comes by here.
            Some(outcome) => [operation, " ", outcome.name()].concat().into(),
            None => operation.into(),
        }
    }

    /// What an error was caused by, outermost first.
    pub(super) fn causes(&self) -> impl Iterator<Item = &'a str> {
        self.with(Part::ErrorCause).iter().filter_map(|(part, _, datum)| match datum {
            Datum::Text(text) if *part == Part::ErrorCause => Some(*text),
            _ => None,
        })
    }

    pub(super) fn last_text(&self, part: Part) -> Option<&'a str> {
        match self.last(part) {
            Some(Datum::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// Writes the members of a record; without the `bulky` ones where a line must become short.
pub(super) fn record(
    out: &mut Out,
    origin: &Origin,
    record: &Record<'_>,
    category: Category,
    bulky: bool,
) {
    out.time("timestamp", record.head.start);
    front(out, record, category);
    middle(out, record, category, bulky);
    tail(out, origin);
    place(out, record, record.head.site);
    ticket(out, record.head);
}

/// The members that tell a record of a spool from others.
fn ticket(out: &mut Out, record: &Decoded<'_>) {
    if let Some(ticket) = record.ticket {
        out.number("stream", ticket.stream.into());
        out.number("n", ticket.n);
    }
}

/// How the call ended; `progress` comes behind its duration.
fn how(
    out: &mut Out,
    record: &Decoded<'_>,
    category: Category,
    call: Option<&Datum<'_>>,
    progress: impl FnOnce(&mut Out),
) {
    let mut duration = Some(|out: &mut Out| {
        if let Some(duration) = record.duration {
            out.millis("duration_ms", duration);
        }
        progress(out);
    });
    if let Some(duration) = duration.take_if(|_| category == Category::Performance) {
        duration(out);
    }
    if let Some(outcome) = record.outcome {
        out.word("outcome", outcome.name());
    }
    if let Some(phase) = record.phase.name() {
        out.word("phase", phase);
    }
    if let Some(call) = call {
        out.member("call_id", call);
    }
    if let Some(duration) = duration {
        duration(out);
    }
}

/// The members behind the time that are those of the call site nearly always.
fn front(out: &mut Out, record: &Record<'_>, category: Category) {
    let header = record.head;
    let site = header.site;
    let one = |part| record.last_text(part);
    let operation = one(Part::Operation).unwrap_or(site.operation);
    let event = one(Part::Event).unwrap_or(site.event);
    let component = one(Part::Component).unwrap_or(site.component);
    Head { level: header.level, category, component, event }.write(out, &record.message());
    if !operation.is_empty() {
        out.text("operation", operation);
    }
}

/// The members that are those of the record.
fn middle(out: &mut Out, record: &Record<'_>, category: Category, bulky: bool) {
    members(out, record, Part::Resource);
    for (part, key) in [(Part::Agent, "agent"), (Part::User, "user")] {
        if let Some(datum) = record.last(part) {
            out.member(key, &datum);
        }
    }
    let call = record.last(Part::Call);
    how(out, record.head, category, call.as_ref(), |out| members(out, record, Part::Progress));
    if bulky {
        object(out, record, Part::Before, "before");
        object(out, record, Part::After, "after");
        changed(out, record, "changed");
        object(out, record, Part::Details, "details");
        object(out, record, Part::Context, "context");
    }
    error(out, record, bulky);
    for (part, key) in [(Part::Target, "target"), (Part::Source, "source")] {
        if let Some(datum) = record.last(part) {
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
}

/// Writes the members of a notice.
pub(super) fn notice(out: &mut Out, origin: &Origin, notice: &Notice<'_>, now: Timestamp) {
    let Notice { level, category, event, .. } = *notice;
    out.time("timestamp", now);
    Head { level, category, component: &origin.app, event }.write(out, notice.message);
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

/// What every line has behind its time.
struct Head<'a> {
    level: Level,
    category: Category,
    component: &'a str,
    event: &'a str,
}

impl Head<'_> {
    fn write(self, out: &mut Out, message: &str) {
        let Self { level, category, component, event } = self;
        if out.is_for_people() {
            let (level, category) = (level.name(), category.name());
            out.fixed(format_args!(" {level:<5} {category:<11} "));
            out.sentence(component);
            out.fixed(format_args!(": "));
            out.sentence(message);
            out.plain("event", event);
            return;
        }
        out.word("level", level.name());
        out.word("category", category.name());
        out.plain("component", component);
        out.plain("event", event);
        out.text("message", message);
    }
}

fn tail(out: &mut Out, origin: &Origin) {
    out.plain("host", &origin.host);
    out.number("pid", u64::from(origin.pid));
    out.plain("run_id", &origin.run_id);
}

fn place(out: &mut Out, record: &Record<'_>, site: &Callsite) {
    let ambient = record.with(Part::Ambient);
    let named = |key| ambient.iter().any(|(part, k, _)| *part == Part::Ambient && *k == key);
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

fn error(out: &mut Out, record: &Record<'_>, bulky: bool) {
    let name = record.last(Part::ErrorType);
    let message = record.last(Part::ErrorMessage);
    let value = record.last(Part::ErrorValue).filter(|_| bulky);
    let causes = || record.causes();
    if name.is_none() && message.is_none() && value.is_none() && causes().next().is_none() {
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
    if let Some(value) = value {
        out.member("value", &value);
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

fn members(out: &mut Out, record: &Record<'_>, part: Part) {
    for (key, datum) in record.part(part) {
        out.member(key, &datum);
    }
}

pub(super) fn object(out: &mut Out, record: &Record<'_>, part: Part, name: &'static str) {
    let mut fields = record.part(part).peekable();
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
pub(super) fn changed(out: &mut Out, record: &Record<'_>, name: &'static str) {
    if record.with(Part::After).is_empty() || record.with(Part::Before).is_empty() {
        return;
    }
    out.key(name);
    out.open('[');
    for (key, before) in record.part(Part::Before) {
        let after = record.part(Part::After).find(|(k, _)| *k == key);
        if after.is_some_and(|(_, after)| after != before) {
            out.element(key);
        }
    }
    out.close(']');
}
