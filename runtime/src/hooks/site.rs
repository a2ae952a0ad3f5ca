//! What is known about a watched function when the program is compiled, and its `tracing` span.

use std::sync::{
    OnceLock, RwLock,
    atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering},
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
    frame::{Capture, Hints},
    record::{Callsite, Category, Field, Lasts, Level, Outcome, Part},
    redact::Rules,
    timing::Slot,
    wait,
};

/// What is known about a watched function when the program is compiled.
#[derive(Debug)]
pub struct Site {
    pub(super) callsite: Callsite,
    /// Of a timed function, one in so many calls is watched.
    pub(super) sample: u32,
    /// Whether its calls have nothing that others lack: no limit, no share of calls, no wish how
    /// long a record lasts.
    pub(super) is_plain: bool,
    pub(super) slot: Slot,
    /// Of which rules it is known what they say of the fields' keys; and how many of the fields, from
    /// the first on, have keys that name no secret, of the first 32.
    judged: AtomicU64,
    /// The fields that are the agent, and the user: a bit for each of the first 32.
    agent: u32,
    user: u32,
    /// The number of its span in [`SPANS`], from 1; 0 until one is wanted. A `OnceLock` here would be
    /// one more type that the compiler looks into at each site.
    span: AtomicUsize,
}

/// The call sites that `tracing` knows.
static SPANS: RwLock<Vec<&'static SpanSite>> = RwLock::new(Vec::new());

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
        Self {
            sample: 1,
            is_plain: callsite.slow_nanos == 0 && callsite.lasts.is_none(),
            slot: Slot::new(),
            judged: AtomicU64::new(0),
            agent: of_part(callsite.fields, Part::Agent),
            user: of_part(callsite.fields, Part::User),
            span: AtomicUsize::new(0),
            callsite,
        }
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
        self.plain()
    }

    /// What holds when a call returns, whatever its category has.
    #[must_use]
    pub const fn lasts(mut self, lasts: Lasts) -> Self {
        self.callsite.lasts = Some(lasts);
        self.plain()
    }

    /// Watches one in `n` calls of a timed function, drawn at random; the others cost the drawing.
    ///
    /// Whether a call is slow is not known of those that are not watched.
    #[must_use]
    pub const fn sampled(mut self, n: u32) -> Self {
        self.sample = n;
        self.plain()
    }

    const fn plain(mut self) -> Self {
        let Callsite { slow_nanos, lasts, .. } = self.callsite;
        self.is_plain = slow_nanos == 0 && lasts.is_none() && self.sample <= 1;
        self
    }

    /// What is known of its fields under those rules.
    #[inline]
    pub(super) fn hints(&self, capture: &Capture) -> Hints {
        let [rules, harmless] = halves(self.judged.load(Ordering::Relaxed));
        let known = rules == capture.rules.number();
        let harmless = if known { harmless } else { self.judge(&capture.rules) };
        let [low, high, ..] = harmless.to_le_bytes();
        let harmless = u16::from_le_bytes([low, high]);
        Hints { harmless, agent: self.agent, user: self.user }
    }

    #[cold]
    fn judge(&self, rules: &Rules) -> u32 {
        let judged = self.callsite.fields.iter().take(32);
        let harmless = judged.take_while(|field| !rules.is_secret_key(field.key)).count();
        let harmless = u32::try_from(harmless).unwrap_or_default();
        self.judged.store(u64::from(rules.number()) << 32 | u64::from(harmless), Ordering::Relaxed);
        harmless
    }

    /// Whether a call that took so many nanoseconds is slow.
    pub(super) fn is_slow(&self, nanos: u64) -> bool {
        self.callsite.slow_nanos > 0 && nanos >= self.callsite.slow_nanos
    }

    /// Counts a call; whether it was slow.
    #[inline]
    pub(super) fn count(&'static self, nanos: u64, outcome: Option<Outcome>) -> bool {
        let failed = outcome.is_some_and(Outcome::is_error);
        self.slot.record(&self.callsite, self.sample, nanos, failed);
        self.is_slow(nanos)
    }

    /// Whether a subscriber of the program's own may want a span.
    pub(super) fn wants_span(&self) -> bool {
        !scope::is_subscriber_ours() && level(self.callsite.level) <= LevelFilter::current()
    }

    /// A span of the operation's name where a subscriber wants one.
    pub(super) fn span(&'static self) -> Span {
        let known = match self.span.load(Ordering::Relaxed).checked_sub(1) {
            Some(at) => wait::read(&SPANS).and_then(|spans| spans.get(at).copied()),
            None => self.first_span(),
        };
        known.map_or_else(Span::none, SpanSite::open)
    }

    /// None where nobody can be told of it.
    #[cold]
    fn first_span(&'static self) -> Option<&'static SpanSite> {
        drop(wait::write(&SPANS)?);
        // Without the lock, as a subscriber that is told of it may come here again.
        let own = SpanSite::register(&self.callsite);
        let mut spans = wait::write(&SPANS)?;
        // Another thread may have been first; either will do.
        spans.push(own);
        self.span.store(spans.len(), Ordering::Relaxed);
        Some(own)
    }
}

/// Which of the first 32 fields are of that part: a bit each.
const fn of_part(fields: &[Field], part: Part) -> u32 {
    let (mut bits, mut number) = (0, 0);
    while number < fields.len() && number < 32 {
        if fields[number].part as u8 == part as u8 {
            bits |= 1 << number;
        }
        number += 1;
    }
    bits
}

/// The upper half and the lower half.
fn halves(word: u64) -> [u32; 2] {
    [word >> 32, word & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_asks_for_something_is_not_plain() {
        let plain = || Site::audited("MOVE", "tests", "site.rs", 1, &[]);
        assert!(plain().is_plain && plain().sampled(1).slow(0).is_plain);
        for asking in [plain().lasts(Lasts::Spooled), plain().slow(1), plain().sampled(2)] {
            assert!(!asking.is_plain && !asking.level(Level::Warn).is_plain);
        }
        // Whatever is asked for last.
        assert!(!plain().lasts(Lasts::Written).slow(0).sampled(1).is_plain);
    }
}
