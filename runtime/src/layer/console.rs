//! The developer console: `tracing_subscriber::fmt` over `tracing_appender::non_blocking`.
//!
//! It may lose messages when its reader is slow; `Health::console_dropped` counts them. It shows
//! ordinary events only, never audit records, and nothing unredacted.

use std::fmt;

use tracing::{
    Event, Id, Subscriber,
    field::Field,
    level_filters::LevelFilter,
    span::{Attributes, Record},
};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    Layer,
    field::MakeExt,
    fmt::format::{Writer, debug_fn},
    layer::Context,
    registry::LookupSpan,
};

use super::{filter, level_filter};
use crate::{handoff, record::Level, redact::REDACTED};

/// How many messages wait for the console at most.
const QUEUE: usize = 4_096;

/// Shows events of a least level on the standard error.
pub(crate) struct Console<S> {
    format: Box<dyn Layer<S> + Send + Sync>,
    least: Level,
}

/// Ends the console when dropped: what waits is written, for a second at most.
#[derive(Debug)]
pub(crate) struct ConsoleGuard {
    dropped: ErrorCounter,
    _worker: WorkerGuard,
}

impl ConsoleGuard {
    /// How many messages were dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.dropped_lines() as u64
    }
}

impl<S> Console<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    /// A console, in colour or not.
    pub(crate) fn new(least: Level, colour: bool) -> (Self, ConsoleGuard) {
        let (writer, worker) = NonBlockingBuilder::default()
            .buffered_lines_limit(QUEUE)
            .thread_name("audit-console")
            .finish(std::io::stderr());
        let dropped = writer.error_counter();
        let format = tracing_subscriber::fmt::layer()
            .with_writer(writer)
            .with_ansi(colour)
            // Its reports of its own errors go through `eprintln!`, which can panic.
            .log_internal_errors(false)
            .fmt_fields(debug_fn(redacted_field).delimited(" "));
        let console = Self { format: Box::new(format), least };
        (console, ConsoleGuard { dropped, _worker: worker })
    }
}

fn redacted_field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    let name = field.name();
    if name.starts_with("log.") {
        return Ok(());
    }
    if name != "message" {
        write!(writer, "{name}=")?;
    }
    let Some(road) = handoff::current() else { return writer.write_str("…") };
    let rules = &road.capture().rules;
    if rules.is_secret_key(name) {
        return writer.write_str(REDACTED);
    }
    let text = format!("{value:?}");
    let text = rules.scrub(&text).unwrap_or(text);
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            write!(writer, "{}", c.escape_unicode())?;
        } else {
            writer.write_char(c)?;
        }
    }
    Ok(())
}

impl<S> Layer<S> for Console<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn max_level_hint(&self) -> Option<LevelFilter> {
        filter::max_level().map(|most| level_filter(most.0).min(level_filter(Some(self.least))))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.format.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.format.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let from_log = event.normalized_metadata();
        let metadata = from_log.as_ref().unwrap_or_else(|| event.metadata());
        let level = Level::from(*metadata.level());
        if level >= self.least && filter::wants(metadata.target(), level) {
            self.format.on_event(event, context);
        }
    }
}
