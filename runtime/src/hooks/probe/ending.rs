//! How a call ended.

use std::sync::Arc;

use crate::{record::Outcome, trap};

/// How a body ended.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    pub(crate) outcome: Outcome,
    /// The type of the error.
    pub(crate) error: Option<&'static str>,
}

impl Ending {
    pub(crate) const fn of(outcome: Outcome) -> Self {
        Self { outcome, error: None }
    }

    /// It was refused.
    #[must_use]
    pub fn denied(self) -> Self {
        Self { outcome: Outcome::Denied, ..self }
    }

    /// As `rule` says; where that panics, as it was.
    #[inline]
    #[must_use]
    pub fn judged<R>(self, returned: &R, rule: impl FnOnce(&R) -> Outcome) -> Self {
        let outcome = trap::contained(|| rule(returned)).unwrap_or(self.outcome);
        Self { outcome, ..self }
    }
}

/// A type that says itself how the call ended that returned it: an error of which some values mean
/// that the caller was refused, or a status.
///
/// It counts where an audited function returns it, inside `Ok`, `Err` or `Some` too.
///
/// ```
/// use audit_runtime::{AuditOutcome, Outcome, audited};
///
/// enum Error {
///     Forbidden,
///     Broken,
/// }
///
/// impl AuditOutcome for Error {
///     fn outcome(&self) -> Outcome {
///         match self {
///             Self::Forbidden => Outcome::Denied,
///             Self::Broken => Outcome::Failure,
///         }
///     }
/// }
///
/// struct Status(u16);
///
/// impl AuditOutcome for Status {
///     fn outcome(&self) -> Outcome {
///         match self.0 {
///             401 | 403 => Outcome::Denied,
///             400.. => Outcome::Failure,
///             _ => Outcome::Success,
///         }
///     }
/// }
///
/// #[audited]
/// fn open(status: u16) -> Result<Status, Error> {
///     if status == 0 { Err(Error::Broken) } else { Ok(Status(status)) }
/// }
/// # assert!(open(0).is_err() && open(1).is_ok());
/// # assert_eq!((Error::Forbidden.outcome(), Error::Broken.outcome()), (Outcome::Denied, Outcome::Failure));
/// # assert_eq!([200, 403, 500].map(|n| Status(n).outcome().name()), ["success", "denied", "failure"]);
/// ```
pub trait AuditOutcome {
    /// How the call ended.
    fn outcome(&self) -> Outcome;
}

macro_rules! through {
    ($($type:ty),+) => { $(
        impl<T: AuditOutcome + ?Sized> AuditOutcome for $type {
            fn outcome(&self) -> Outcome {
                (**self).outcome()
            }
        }
    )+ };
}

through! { &T, &mut T, Box<T>, Arc<T> }
