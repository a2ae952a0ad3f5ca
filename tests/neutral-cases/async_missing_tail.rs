//! A semicolon takes the value of an async function away.

#[watched]
async fn f(n: u32) -> u32 {
    n + 1;
}

fn main() {
    drop(f(1));
}
