//! The block of an opaque future gives another type.

use std::future::Future;

#[watched]
fn length(text: &str) -> impl Future<Output = u32> + Send + '_ {
    async move { text.len() }
}

fn main() {
    drop(length(""));
}
