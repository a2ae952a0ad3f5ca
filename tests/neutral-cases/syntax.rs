//! An expression is missing.

#[watched]
fn f(n: u32) -> u32 {
    let sum = n + ;
    sum
}

fn main() {
    f(1);
}
