//! A break without a loop.

#[watched]
fn f(n: u32) -> u32 {
    if n > 1 {
        break;
    }
    n
}

fn main() {
    f(1);
}
