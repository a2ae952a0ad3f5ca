//! A variable without `mut` is assigned twice.

#[watched]
fn f(n: u32) -> u32 {
    let sum = n;
    sum += 1;
    sum
}

fn main() {
    f(1);
}
