//! The block of a boxed future gives another type.

use std::future::Future;
use std::pin::Pin;

#[watched]
fn f(n: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    let next = n + 1;
    Box::pin(async move { next.to_string() })
}

fn main() {
    drop(f(1));
}
