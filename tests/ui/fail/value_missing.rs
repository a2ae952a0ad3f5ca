//! An argument that is half typed.

use audit_runtime::audited;

#[audited(operation = , details(a = ), agent = )]
fn run(_: u32) {}

fn main() {}
