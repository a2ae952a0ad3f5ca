//! A boxed future holds what its type does not allow.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

async fn pause() {}

#[watched]
fn f(n: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(async move {
        let shared = Rc::new(n);
        pause().await;
        *shared
    })
}

fn main() {
    drop(f(1));
}
