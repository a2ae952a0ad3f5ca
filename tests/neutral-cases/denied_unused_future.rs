//! A future that nobody awaits, where warnings are errors.

#![deny(warnings)]

async fn one() -> u32 {
    1
}

#[watched]
async fn f() {
    one();
}

fn main() {
    drop(f());
}
