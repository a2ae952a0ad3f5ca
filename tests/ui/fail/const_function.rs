//! A `const fn`.

use audit_runtime::{audited, timed};

#[audited]
const fn double(n: u32) -> u32 {
    n * 2
}

#[timed]
pub const unsafe fn triple(n: u32) -> u32 {
    n * 3
}

// The function stays, so that this is no second mistake.
pub fn used() -> u32 {
    double(1)
}

fn main() {}
