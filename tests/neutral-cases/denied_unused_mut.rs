//! A needless `mut`, where warnings are errors.

#![deny(warnings)]

#[watched]
fn f(n: u32) -> u32 {
    let mut twice = n * 2;
    twice
}

fn main() {
    f(1);
}
