//! Arguments of `#[audited]` on `#[timed]`.

use audit_runtime::timed;

#[timed(details(id), agent = %"me")]
fn run(id: u32) {}

fn main() {}
