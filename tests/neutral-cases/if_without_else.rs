//! A branch is missing.

#[watched]
fn f(n: u32) -> u32 {
    if n > 1 {
        n
    }
}

fn main() {
    f(1);
}
