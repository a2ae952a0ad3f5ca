//! A value that is no expression.

use audit_runtime::audited;

#[audited(details(a = a +, b = fn), agent = %self.)]
fn run(_: u32) {}

fn main() {}
