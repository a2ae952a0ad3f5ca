//! Something that is no argument.

use audit_runtime::{audited, timed};

#[audited("STATUS_CHANGE")]
fn one() {}

#[timed(= 1, level = "info")]
fn two() {}

fn main() {}
