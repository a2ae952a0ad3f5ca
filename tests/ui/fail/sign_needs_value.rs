//! A sign without a value.

use audit_runtime::audited;

#[audited(agent = %, details(%, id = ?))]
fn run(_: u32) {}

fn main() {}
