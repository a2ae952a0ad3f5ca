//! An argument that goes on in an unknown way.

use audit_runtime::{audited, timed};

#[audited(operation: "RUN")]
fn one() {}

#[timed(level "info", slow["1s"])]
fn two() {}

fn main() {}
