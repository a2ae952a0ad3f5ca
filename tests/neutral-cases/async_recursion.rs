//! An async function calls itself without a box.

#[watched]
async fn f(n: u32) -> u32 {
    if n == 0 { 0 } else { f(n - 1).await + 1 }
}

fn main() {
    drop(f(1));
}
