//! `outcome` on `#[audited]`.

use audit_runtime::audited;

#[audited(outcome)]
fn run() {}

fn main() {}
