//! A way of deciding the outcome that does not exist.

use audit_runtime::{audited, timed};

#[audited(outcome = "denied")]
fn one() {}

#[audited(outcome = %judge)]
fn two() {}

#[timed(outcome(judge))]
fn three() {}

fn main() {}
