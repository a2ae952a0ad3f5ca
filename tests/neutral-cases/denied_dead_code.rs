//! A function that nobody calls, where warnings are errors.

#![deny(warnings)]

#[watched]
fn f(n: u32) -> u32 {
    n
}

fn main() {}
