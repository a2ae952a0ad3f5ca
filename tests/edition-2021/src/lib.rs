//! Functions of edition 2021, in a package that gives the runtime another name.
//!
//! `audit-tests` calls them and reads what they record.

use logs::{audited, timed, AuditError};

/// What `#[audited]` writes for a function with every kind of field.
///
/// # Errors
/// Zero, and where it cannot be recorded.
#[audited(
    operation = "EDITION_2021",
    crate = logs,
    required,
    change(n),
    after(ret),
    ok(double = *ret * 2),
    err = %,
    denied = Error::Zero,
)]
pub fn every_field(n: u32) -> Result<u32, Error> {
    if n == 0 {
        return Err(Error::Zero);
    }
    Ok(n)
}

/// The same, async and timed.
#[audited(operation = "EDITION_2021_ASYNC", crate = logs, ret(len = len(ret)))]
#[timed(operation = "EDITION_2021_ASYNC", crate = logs, outcome)]
pub async fn waits(text: &str) -> String {
    std::future::ready(text.to_owned()).await
}

/// An unsafe function, which in this edition needs no block for what is unsafe in it.
///
/// # Safety
/// None is needed.
#[expect(unsafe_code, reason = "the form is what is tested")]
#[audited(operation = "EDITION_2021_UNSAFE", crate = logs)]
pub unsafe fn not_safe() -> u32 {
    1
}

/// Why [`every_field`] failed.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// It was given zero.
    Zero,
    /// It could not be recorded.
    Unrecorded(AuditError),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no")
    }
}

impl From<AuditError> for Error {
    fn from(error: AuditError) -> Self {
        Self::Unrecorded(error)
    }
}
