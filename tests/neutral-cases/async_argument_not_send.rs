//! A spawned future was given what cannot change threads.

use std::rc::Rc;

async fn pause() {}

#[watched]
async fn f(shared: Rc<u32>) -> u32 {
    pause().await;
    *shared
}

fn main() {
    drop(tokio::spawn(f(Rc::new(1))));
}
