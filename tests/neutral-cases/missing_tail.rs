//! A semicolon takes the value away.

#[watched]
fn f(n: u32) -> u32 {
    n + 1;
}

fn main() {
    f(1);
}
