//! Arguments that need a value.

use audit_runtime::{audited, timed};

#[audited(operation, level("info"), agent(%"me"))]
fn one() {}

#[audited(denied)]
fn three() -> Result<(), u8> {
    Ok(())
}

#[timed(slow, crate)]
fn two() {}

fn main() {}
