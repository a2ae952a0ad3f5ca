//! A variable is read before it has a value.

#[watched]
fn f(n: u32) -> u32 {
    let sum: u32;
    if n > 1 {
        sum = n;
    }
    sum
}

fn main() {
    f(1);
}
