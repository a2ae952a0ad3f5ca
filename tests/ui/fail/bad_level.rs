//! Levels that do not exist.

use audit_runtime::{audited, timed};

#[audited(level = "warning")]
fn one() {}

#[timed(level = INFO)]
fn two() {}

#[timed(level = 3)]
fn three() {}

fn main() {}
