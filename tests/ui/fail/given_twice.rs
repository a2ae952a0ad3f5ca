//! An argument that is given twice.

use audit_runtime::audited;

#[audited(level = "info", details(a), level = "warn", details(b))]
fn run(a: u32, b: u32) {}

fn main() {}
