//! Shares that are none.

use audit_runtime::timed;

#[timed(sample = 0.5)]
fn one() {}

#[timed(sample = 2 / 64)]
fn two() {}

#[timed(sample = 1 / 0)]
fn three() {}

fn main() {}
