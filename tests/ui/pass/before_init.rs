//! Functions work the same before anything is recorded, and their fields are not evaluated.

#![deny(warnings)]
#![forbid(unsafe_code)]

use audit_runtime::{audited, timed};

fn never() -> u32 {
    unreachable!("nothing is recorded")
}

#[audited(details(n = never(), %text), after(m = never(), ret), err = %)]
#[timed(outcome, slow = "1ns", context(n = never()))]
fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[timed(context(n = never()))]
fn double(n: u32) -> u32 {
    const TWO: u32 = 2;
    n * TWO
}

fn main() {
    assert_eq!(parse("2").map(double), Ok(4));
    assert!(parse("two").is_err());
}
