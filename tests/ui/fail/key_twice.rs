//! A key that is given twice.

use audit_runtime::audited;

#[audited(details(a, "a" = b), before(b), after(b))]
fn run(a: u32, b: u32) {}

fn main() {}
