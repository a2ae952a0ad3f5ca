//! What the compiler's lints say of async functions and of functions that make a future.

#![warn(unused, nonstandard_style, unused_results, missing_docs)]

use std::future::Future;
use std::pin::Pin;

async fn one() -> u32 {
    1
}

#[watched]
async fn unused_parameter(n: u32) {}

#[watched]
async fn unused_variable() {
    let n = 1;
    one().await;
}

#[watched]
async fn unused_mut(mut n: u32) -> u32 {
    let mut next = n;
    next
}

#[watched]
async fn unused_assignment(mut n: u32) {
    n = 1;
}

#[watched]
async fn overwritten(mut n: u32) -> u32 {
    n = 1;
    n
}

#[watched]
async fn assigned_after_use(mut n: u32) -> u32 {
    let m = n;
    n = 5;
    m
}

#[watched]
async fn neither(mut n: u32) {}

#[watched]
async fn unused_result() {
    "1".parse::<u32>();
}

#[watched]
async fn not_awaited() {
    one();
}

#[watched]
async fn unreachable() -> u32 {
    return 1;
    2
}

#[watched]
async fn never_called() {}

#[watched]
async fn diverges() -> u32 {
    panic!()
}

#[watched]
async fn parentheses() -> u32 {
    (1)
}

#[watched]
fn boxed(n: u32, unused: u32) -> Pin<Box<dyn Future<Output = u32>>> {
    let twice = n;
    Box::pin(async move {
        let mut m = n;
        m
    })
}

#[watched]
fn opaque(n: u32) -> impl Future<Output = u32> {
    async move {
        let m = 1;
        n
    }
}

#[watched]
#[must_use]
async fn must_use() -> u32 {
    1
}

fn main() {
    unused_parameter(1);
    drop(unused_variable());
    drop(unused_mut(1));
    drop(unused_assignment(1));
    drop((overwritten(1), assigned_after_use(1), neither(1)));
    drop(unused_result());
    drop(not_awaited());
    drop(unreachable());
    drop(diverges());
    drop(parentheses());
    drop(boxed(1, 2));
    drop(opaque(1));
    must_use();
}
