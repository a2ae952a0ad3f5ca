//! Arguments that need a list.

use audit_runtime::audited;

#[audited(resource = id, details, before())]
fn run(id: u32) {}

fn main() {}
