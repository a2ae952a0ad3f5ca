//! A signature of a later Rust than the attribute knows.

use audit_runtime::{audited, timed};

#[audited]
#[timed]
async gen fn numbers() -> u32 {
    yield 1;
}

fn main() {}
