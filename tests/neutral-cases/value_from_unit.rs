//! A function without a result returns one.

#[watched]
fn f(n: u32) {
    if n > 1 {
        return n;
    }
}

fn main() {
    f(1);
}
