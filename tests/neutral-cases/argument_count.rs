//! A call with too few arguments.

fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[watched]
fn f(n: u32) -> u32 {
    add(n)
}

fn main() {
    f(1);
}
