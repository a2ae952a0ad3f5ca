//! Durations that are none.

use audit_runtime::{audited, timed};

#[timed(slow = "50")]
fn one() {}

#[timed(slow = "0ms")]
fn two() {}

#[timed(slow = 50)]
fn three() {}

#[audited(slow = "1.5s")]
fn four() {}

fn main() {}
