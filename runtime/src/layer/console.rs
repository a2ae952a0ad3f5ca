//! The developer console: `tracing_subscriber::fmt` over `tracing_appender::non_blocking`.
//!
//! The thread of `tracing-appender` hands messages to an [`Outlet`], which never blocks: what waits
//! is bounded in bytes and the end in time, and a child process without that thread goes there
//! directly.
//!
//! It may lose messages when its reader is slow; `Health::console_dropped` counts them. It shows
//! ordinary events only, never audit records, and nothing unredacted.

use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use tracing::{
    Event, Id, Subscriber,
    field::Field,
    level_filters::LevelFilter,
    span::{Attributes, Record},
};
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    Layer,
    field::MakeExt,
    fmt::{
        MakeWriter,
        format::{Writer, debug_fn},
        writer::EitherWriter,
    },
    layer::Context,
    registry::LookupSpan,
};

use super::{filter, level_filter};
use crate::{
    clock::Timestamp,
    handoff,
    health::Counters,
    ledger::Gap,
    record::{Category, Level},
    redact::REDACTED,
    sink::{Bounds, Events, Outlet, Rank, Stream},
    wait,
};

/// How many messages wait for the thread at most; callers wait for it beyond that.
const HANDED_OVER: usize = 256;

/// Shows events of a least level on the standard error or the standard output.
pub(crate) struct Console<S> {
    format: Box<dyn Layer<S> + Send + Sync>,
    least: Level,
}

/// What a console is to be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) least: Level,
    pub(crate) colour: bool,
    pub(crate) queue: Bounds,
}

/// Ends the console.
#[derive(Debug)]
pub(crate) struct ConsoleGuard {
    thread: WorkerGuard,
    shown: Shown,
}

impl ConsoleGuard {
    /// Writes what waits, until `within` is over; what is left is counted.
    pub(crate) fn end(self, within: Duration) {
        if self.shown.is_inherited() {
            // There is no thread that could answer.
            std::mem::forget(self.thread);
        } else {
            drop(self.thread);
        }
        let _ = self.shown.outlet.finish(within);
    }
}

/// Counts what becomes of messages.
struct Counted(Arc<Counters>);

impl Events for Counted {
    fn written(&self, _lines: u64, _bytes: u64) {}

    fn lost(&self, lines: u64, _dropped: bool) {
        self.0.console_dropped.add(lines);
    }

    fn depth(&self, _bytes: usize, _lines: usize) {}

    fn trouble(&self, reason: Option<&str>) {
        self.0.conditions.set("console", reason.map(str::to_owned));
    }

    fn panicked(&self) {
        self.0.writer_panics.add_one();
    }

    fn gap(&self, _category: Category, gap: &Gap, _now: Timestamp) -> Option<Box<[u8]>> {
        let text = format!("({} messages were dropped here)\n", gap.lines);
        Some(text.into_bytes().into())
    }
}

/// Takes texts on their way to the stream.
#[derive(Clone, Debug)]
struct Shown {
    outlet: Arc<Outlet>,
    /// The process that has the thread.
    maker: u32,
}

impl Shown {
    fn is_inherited(&self) -> bool {
        wait::look_at_process() != self.maker
    }
}

impl Write for Shown {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.outlet.put(Category::System, Rank::Low, false, text.into(), Timestamp::now());
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes the text of one event.
#[derive(Debug)]
struct Messages {
    thread: NonBlocking,
    shown: Shown,
}

impl MakeWriter<'_> for Messages {
    type Writer = EitherWriter<NonBlocking, Shown>;

    fn make_writer(&self) -> Self::Writer {
        if self.shown.is_inherited() {
            EitherWriter::B(self.shown.clone())
        } else {
            EitherWriter::A(self.thread.clone())
        }
    }
}

impl<S> Console<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    /// A console on that stream.
    pub(crate) fn new(stream: Stream, look: Look, counters: Arc<Counters>) -> (Self, ConsoleGuard) {
        let Look { least, colour, queue } = look;
        let events = Box::new(Counted(counters));
        let outlet = Arc::new(Outlet::new("audit-console", queue, Box::new(stream), events));
        let shown = Shown { outlet, maker: wait::look_at_process() };
        let (thread, guard) = NonBlockingBuilder::default()
            .buffered_lines_limit(HANDED_OVER)
            .lossy(false)
            .thread_name("audit-messages")
            .finish(shown.clone());
        let format = tracing_subscriber::fmt::layer()
            .with_writer(Messages { thread, shown: shown.clone() })
            .with_ansi(colour)
            // Its reports of its own errors go through `eprintln!`, which can panic.
            .log_internal_errors(false)
            .fmt_fields(debug_fn(redacted_field).delimited(" "));
        let console = Self { format: Box::new(format), least };
        (console, ConsoleGuard { thread: guard, shown })
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
