//! A word with no or with two expressions.

use audit_runtime::audited;

#[audited(details(a = mask(), b = hash(a, b)))]
fn run(_: &str, _: &str) {}

fn main() {}
