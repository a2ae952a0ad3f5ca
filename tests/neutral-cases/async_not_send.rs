//! A spawned future holds what cannot change threads.

use std::rc::Rc;

async fn pause() {}

#[watched]
async fn f(n: u32) -> u32 {
    let shared = Rc::new(n);
    pause().await;
    *shared
}

fn main() {
    drop(tokio::spawn(f(1)));
}
