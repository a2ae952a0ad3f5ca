//! A value that is no variable, without a key.

use audit_runtime::audited;

#[audited(details(%a.len(), mask(a.trim()), "literal", 1, &a))]
fn run(a: &str) {}

fn main() {}
