//! Functions that do nothing unless it can be recorded.

use std::{
    error::Error,
    fmt, io,
    sync::atomic::{AtomicU64, Ordering},
};

/// A function with `required` did not run, because what it was about to do could not be recorded.
///
/// ```
/// use audit_runtime::{AuditError, audited};
///
/// #[derive(Debug)]
/// enum Error {
///     Unrecorded(AuditError),
/// }
///
/// impl From<AuditError> for Error {
///     fn from(error: AuditError) -> Self {
///         Self::Unrecorded(error)
///     }
/// }
///
/// #[audited(operation = "ERASE", required)]
/// fn erase() -> Result<(), Error> {
///     unreachable!("logging is not set up")
/// }
///
/// let Err(Error::Unrecorded(error)) = erase() else { panic!("it ran") };
/// assert!(error.to_string().starts_with("`ERASE` was not run"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditError {
    operation: &'static str,
    cause: Cause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    NotSetUp,
    Off,
    NotWritten,
}

impl AuditError {
    pub(super) fn new(operation: &'static str, cause: Cause) -> Self {
        Self { operation, cause }
    }

    /// The operation that was not run.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, cause } = self;
        let (cause, remedy) = match cause {
            Cause::NotSetUp => ("logging is not set up", "call `audit_runtime::init` in `main`"),
            Cause::Off => ("the category `audit` is off", "switch it on, or leave `required` out"),
            Cause::NotWritten => {
                ("its record could not be written", "see that the log directory can be written")
            }
        };
        write!(f, "`{operation}` was not run, because {cause}; {remedy}")
    }
}

impl Error for AuditError {}

impl From<AuditError> for io::Error {
    fn from(error: AuditError) -> Self {
        Self::other(error)
    }
}

/// What a function returns in the place of its result.
#[inline]
pub fn refused<R: Refusable>(error: AuditError) -> R {
    R::refused(error)
}

/// A type that can say that a function did not run.
#[diagnostic::on_unimplemented(
    message = "`required` needs a function that returns a `Result`; this one returns `{Self}`",
    label = "there is no way to say that the body did not run",
    note = "leave `required` out, or return a `Result` whose error is made from `audit_runtime::AuditError`"
)]
pub trait Refusable {
    /// It says so.
    fn refused(error: AuditError) -> Self;
}

impl<T, E: Unrecorded> Refusable for Result<T, E> {
    #[inline]
    fn refused(error: AuditError) -> Self {
        Err(E::unrecorded(error))
    }
}

/// An error that an [`AuditError`] can become.
#[diagnostic::on_unimplemented(
    message = "`required` needs an error that an `AuditError` can become; `{Self}` is none",
    label = "the caller could not be told that the body did not run",
    note = "write `impl From<audit_runtime::AuditError> for {Self}`"
)]
pub trait Unrecorded {
    /// It becomes one.
    fn unrecorded(error: AuditError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<AuditError>> Unrecorded for E {
    #[inline]
    fn unrecorded(error: AuditError) -> Self {
        Self::from(error)
    }
}

/// A number that no other call of this process has.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        clock::Timestamp,
        context::Context,
        drain::{Drain, Files},
        frame::Capture,
        handoff::Road,
        health::{Counter, Counters},
        hooks::{Call, Site},
        record::{Callsite, Category, Level},
        redact::{KeyRules, PseudonymKey, Rules},
        render::{Line, Origin, Renderer},
        sink::Spot,
    };

    static SITE: Site = Site::new(Callsite {
        category: Category::Audit,
        level: Level::Info,
        event: "operation",
        operation: "ERASE",
        component: "tests",
        ..Callsite::BLANK
    });

    /// Takes no line, and counts those it was to take.
    #[derive(Debug, Default)]
    struct Full(Counter);

    impl Files for Full {
        fn append(
            &self,
            _category: Category,
            _lines: &[Line],
            _now: Timestamp,
            _begins: &mut dyn FnMut(Spot),
        ) -> bool {
            self.0.add_one();
            false
        }
    }

    #[test]
    fn an_intent_that_is_in_no_file_refuses_and_leaves_no_result() {
        let full = Arc::new(Full::default());
        let counters: Arc<Counters> = Counters::new().into();
        let renderer = Arc::new(Renderer::new(Origin::default(), 8_000));
        let drain = Drain::new(full.clone(), renderer, counters.clone(), [Some(Level::Trace); 5]);
        let rules = Rules::new(KeyRules::default(), PseudonymKey::new("key"));
        let road = Road::new(Capture { rules, counters }, drain, Context::default());
        let mut call = Call::of(&SITE, Box::leak(Box::new(road)));
        let error = call.intent("ERASE").expect_err("no file took it");
        assert_eq!(error.cause, Cause::NotWritten);
        drop(call);
        assert_eq!(full.0.value(), 1, "the intent, and nothing else");
    }
}
