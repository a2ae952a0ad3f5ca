//! A name that is known only when the program runs.

use audit_runtime::audited;

#[audited(operation = format!("RUN_{id}"), message = 1)]
fn run(id: u32) {}

fn main() {}
