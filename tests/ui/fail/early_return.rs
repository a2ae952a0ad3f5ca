//! A future that is returned early.

use audit_runtime::audited;

use std::{future::Future, pin::Pin};

#[audited]
fn boxed(cached: Option<u32>) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    if let Some(n) = cached {
        return Box::pin(async move { n });
    }
    Box::pin(async move { 1 })
}

fn main() {}
