//! Arguments that need a value.

use audit_runtime::{audited, timed};

#[audited(operation, level("info"), agent(%"me"))]
fn one() {}

#[timed(slow, crate)]
fn two() {}

fn main() {}
