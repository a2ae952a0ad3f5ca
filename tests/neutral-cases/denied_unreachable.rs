//! Code that is never reached, where warnings are errors.

#![deny(warnings)]

#[watched]
fn f(n: u32) -> u32 {
    return n;
    println!("{n}");
}

fn main() {
    f(1);
}
