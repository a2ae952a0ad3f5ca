//! Lints see through the attributes: what is expected here is found, and nothing else.

#![deny(warnings)]
#![deny(unused, nonstandard_style, rust_2018_idioms)]

use audit_runtime::{audited, timed};

#[expect(dead_code, reason = "an unused function is found")]
#[audited]
fn unused() {}

#[audited(details(used))]
#[expect(unused_variables, reason = "an argument that no field names is found")]
fn arguments(used: u32, unused: u32) {}

#[timed(context(used))]
#[expect(unused_mut, unused_variables, reason = "found in a spliced body")]
fn spliced(used: u32, mut unused: u32) {}

#[audited]
#[must_use]
fn important() -> u32 {
    1
}

#[audited]
#[expect(unreachable_code, reason = "found in a closure")]
fn unreachable() -> u32 {
    return 1;
    2
}

fn main() {
    arguments(1, 2);
    spliced(1, 2);
    #[expect(unused_must_use, reason = "found")]
    important();
    assert_eq!(unreachable(), 1);
}
