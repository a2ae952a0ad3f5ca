//! A path that is none.

use audit_runtime::audited;

#[audited(crate = "audit_runtime")]
fn run() {}

fn main() {}
