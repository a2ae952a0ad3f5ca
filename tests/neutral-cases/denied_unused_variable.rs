//! An unused variable, where warnings are errors.

#![deny(warnings)]

#[watched]
fn f(n: u32) -> u32 {
    let twice = n * 2;
    n
}

fn main() {
    f(1);
}
