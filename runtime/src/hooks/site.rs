//! What is known about a watched function when the program is compiled, and its `tracing` span.

use std::sync::{
    OnceLock,
    atomic::{AtomicU8, Ordering},
};

use tracing::{
    Metadata, Span,
    callsite::{self, Callsite as TracingCallsite, Identifier},
    field::FieldSet,
    level_filters::LevelFilter,
    metadata::Kind,
    subscriber::Interest,
};

use super::scope;
use crate::{
    record::{Callsite, Category, Field, Level, Outcome, Part},
    timing::Slot,
};

/// What is known about a watched function when the program is compiled.
#[derive(Debug)]
pub struct Site {
    pub(super) callsite: Callsite,
    /// Of a timed function, one in so many calls is watched.
    pub(super) sample: u32,
    pub(super) slot: Slot,
    span: OnceLock<&'static SpanSite>,
}

/// The fields of a site: the number of each one's part, as in [`Part`], and its key. A number that
/// no part has is that of `details`.
#[must_use]
pub const fn fields<const N: usize>(parts: &[u8; N], keys: [&'static str; N]) -> [Field; N] {
    let mut fields = [Field { part: Part::Details, key: "" }; N];
    let mut at = 0;
    while at < N {
        if (parts[at] as usize) < Part::ALL.len() {
            fields[at].part = Part::ALL[parts[at] as usize];
        }
        fields[at].key = keys[at];
        at += 1;
    }
    fields
}

/// What the sites of audited functions have in common.
const OPERATION: Callsite =
    Callsite { category: Category::Audit, event: "operation", ..Callsite::BLANK };

/// What the sites of timed functions have in common.
const TIMING: Callsite =
    Callsite { category: Category::Performance, event: "timing", ..Callsite::BLANK };

impl Site {
    /// The site of a function.
    #[must_use]
    pub const fn new(callsite: Callsite) -> Self {
        Self { callsite, sample: 1, slot: Slot::new(), span: OnceLock::new() }
    }

    /// The site of an audited function: name of the operation, and where it is.
    #[must_use]
    pub const fn audited(
        operation: &'static str,
        component: &'static str,
        file: &'static str,
        line: u32,
        fields: &'static [Field],
    ) -> Self {
        let function = operation;
        Self::new(Callsite { operation, component, function, file, line, fields, ..OPERATION })
    }

    /// The site of a timed function, described in the same way.
    #[must_use]
    pub const fn timed(
        operation: &'static str,
        component: &'static str,
        file: &'static str,
        line: u32,
        fields: &'static [Field],
    ) -> Self {
        let function = operation;
        Self::new(Callsite { operation, component, function, file, line, fields, ..TIMING })
    }

    /// The function has another name than the operation.
    #[must_use]
    pub const fn function(mut self, name: &'static str) -> Self {
        self.callsite.function = name;
        self
    }

    /// Its records have another level than `INFO`.
    #[must_use]
    pub const fn level(mut self, level: Level) -> Self {
        self.callsite.level = level;
        self
    }

    /// Its records have a message of their own.
    #[must_use]
    pub const fn message(mut self, text: &'static str) -> Self {
        self.callsite.message = Some(text);
        self
    }

    /// A call that takes at least so many nanoseconds is slow.
    #[must_use]
    pub const fn slow(mut self, nanos: u64) -> Self {
        self.callsite.slow_nanos = nanos;
        self
    }

    /// Watches one in `n` calls of a timed function, drawn at random; the others cost the drawing.
    ///
    /// Whether a call is slow is not known of those that are not watched.
    #[must_use]
    pub const fn sampled(mut self, n: u32) -> Self {
        self.sample = n;
        self
    }

    /// Whether it is known when a call is slow.
    pub(super) fn has_limit(&self) -> bool {
        self.callsite.slow_nanos > 0
    }

    /// Whether a call that took so many nanoseconds is slow.
    pub(super) fn is_slow(&self, nanos: u64) -> bool {
        self.has_limit() && nanos >= self.callsite.slow_nanos
    }

    /// Counts a call; whether it was slow.
    #[inline]
    pub(super) fn count(&'static self, nanos: u64, outcome: Option<Outcome>) -> bool {
        let failed = outcome.is_some_and(Outcome::is_error);
        self.slot.record(&self.callsite, self.sample, nanos, failed);
        self.is_slow(nanos)
    }

    /// A span of the operation's name where a subscriber of the program's own wants one.
    pub(super) fn span(&'static self) -> Span {
        if scope::is_subscriber_ours() || level(self.callsite.level) > LevelFilter::current() {
            return Span::none();
        }
        self.span.get_or_init(|| SpanSite::register(&self.callsite)).open()
    }
}

fn level(level: Level) -> tracing::Level {
    match level {
        Level::Trace => tracing::Level::TRACE,
        Level::Debug => tracing::Level::DEBUG,
        Level::Info => tracing::Level::INFO,
        Level::Warn => tracing::Level::WARN,
        Level::Error => tracing::Level::ERROR,
    }
}

/// A call site as `tracing` knows them.
#[derive(Debug)]
struct SpanSite {
    metadata: OnceLock<Metadata<'static>>,
    /// What subscribers say of it: 0 never, 1 ask each time, 2 always.
    interest: AtomicU8,
}

impl SpanSite {
    /// Makes it known to `tracing`; it lives as long as the site it belongs to, which is static.
    fn register(site: &'static Callsite) -> &'static Self {
        let own: &'static Self =
            Box::leak(Box::new(Self { metadata: OnceLock::new(), interest: AtomicU8::new(1) }));
        own.metadata.get_or_init(|| {
            Metadata::new(
                site.operation,
                site.component,
                level(site.level),
                Some(site.file),
                Some(site.line),
                Some(site.component),
                FieldSet::new(&[], Identifier(own)),
                Kind::SPAN,
            )
        });
        callsite::register(own);
        own
    }

    fn open(&'static self) -> Span {
        let Some(metadata) = self.metadata.get() else { return Span::none() };
        let wanted = match self.interest.load(Ordering::Relaxed) {
            0 => false,
            1 => tracing::dispatcher::get_default(|dispatch| dispatch.enabled(metadata)),
            _ => true,
        };
        if wanted { Span::new(metadata, &metadata.fields().value_set(&[])) } else { Span::none() }
    }
}

impl TracingCallsite for SpanSite {
    fn set_interest(&self, interest: Interest) {
        let interest = match interest {
            interest if interest.is_never() => 0,
            interest if interest.is_always() => 2,
            _ => 1,
        };
        self.interest.store(interest, Ordering::Relaxed);
    }

    fn metadata(&self) -> &Metadata<'_> {
        self.metadata.get().unwrap_or(&UNKNOWN)
    }
}

/// Nobody is asked about a call site before its metadata is there.
static UNKNOWN: Metadata<'static> = Metadata::new(
    "operation",
    "audit",
    tracing::Level::TRACE,
    None,
    None,
    None,
    FieldSet::new(&[], Identifier(&NOWHERE)),
    Kind::SPAN,
);

static NOWHERE: SpanSite = SpanSite { metadata: OnceLock::new(), interest: AtomicU8::new(0) };
