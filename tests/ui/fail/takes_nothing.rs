//! A flag with a value.

use audit_runtime::timed;

#[timed(outcome = true)]
fn run() {}

fn main() {}
