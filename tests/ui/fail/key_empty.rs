//! A key without a character.

use audit_runtime::audited;

#[audited(details("" = a, " " = a))]
fn run(a: u32) {}

fn main() {}
