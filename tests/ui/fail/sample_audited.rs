//! A trail with holes.

use audit_runtime::audited;

#[audited(sample = 1 / 64)]
fn run() {}

fn main() {}
