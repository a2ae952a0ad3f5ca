//! A returned future that is built elsewhere.

use audit_runtime::{audited, timed};

use std::{future::Future, pin::Pin};

#[audited]
fn boxed() -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(std::future::ready(1))
}

#[timed]
fn opaque() -> impl Future<Output = u32> {
    std::future::ready(1)
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[timed]
fn alias(first: bool) -> BoxFuture<'static, u32> {
    match first {
        true => Box::pin(async { 1 }),
        false => Box::pin(async { 2 }),
    }
}

fn main() {}
