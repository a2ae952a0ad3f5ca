//! A name without a character.

use audit_runtime::audited;

#[audited(operation = "", message = " ")]
fn run() {}

fn main() {}
