//! Two arguments without a comma.

use audit_runtime::audited;

#[audited(operation = "RUN" level = "info", details(a b))]
fn run(a: u32, _: u32) {}

fn main() {}
