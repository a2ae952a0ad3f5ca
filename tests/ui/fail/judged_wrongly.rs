//! Rules, patterns and ends that do not fit what the function returns.

use audit_runtime::{Outcome, audited};

enum Error {
    Forbidden,
}

#[audited(denied = 1)]
fn no_result() -> u32 {
    1
}

#[audited(denied = Error::Forbiden)]
fn no_variant() -> Result<(), Error> {
    Err(Error::Forbidden)
}

fn judge(_: &u32) -> Outcome {
    Outcome::Success
}

#[audited(outcome = judge)]
fn no_rule() -> Result<(), Error> {
    Ok(())
}

#[audited(ok(n = 1))]
fn no_ok() -> Option<u32> {
    None
}

#[audited(err(n = 1))]
fn no_err() -> u32 {
    1
}

#[audited(err = json)]
fn no_json() -> Result<(), Error> {
    Ok(())
}

fn main() {}
