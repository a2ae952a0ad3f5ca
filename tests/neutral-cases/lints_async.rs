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

struct Thing(u32);

#[watched]
async fn part(mut thing: Thing, n: u32) -> u32 {
    let mut m = 1;
    m = n;
    thing.0 = m;
    thing.0
}

#[watched]
async fn part_after_use(mut thing: Thing, n: u32) -> u32 {
    let m = thing.0;
    thing.0 = n;
    m
}

#[watched]
async fn part_overwritten(mut thing: Thing, n: u32) -> u32 {
    thing.0 = 1;
    thing.0 = n;
    thing.0
}

#[watched]
async fn part_only_written(mut thing: Thing, n: u32) -> u32 {
    thing.0 = n;
    n
}

struct Named(String, u32);

#[watched]
async fn part_of_what_is_dropped(mut named: Named, n: u32) -> u32 {
    let mut m = named.1;
    named.1 = n;
    named.0 = String::new();
    m = named.1;
    n
}

impl Thing {
    #[watched]
    async fn with(mut self, n: u32) -> u32 {
        let mut m = 1;
        m = n;
        self.0 = m;
        m
    }
}

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
    drop((part(Thing(1), 1), part_after_use(Thing(1), 1), part_overwritten(Thing(1), 1)));
    drop((part_only_written(Thing(1), 1), part_of_what_is_dropped(Named(String::new(), 1), 1)));
    drop(Thing(1).with(1));
    drop(unused_result());
    drop(not_awaited());
    drop(unreachable());
    drop(diverges());
    drop(parentheses());
    drop(boxed(1, 2));
    drop(opaque(1));
    must_use();
}
