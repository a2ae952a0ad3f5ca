//! A spawned future holds a lock while it waits.

use std::sync::Mutex;

async fn pause() {}

#[watched]
async fn f(lock: &'static Mutex<u32>) -> u32 {
    let guard = lock.lock().expect("no poison");
    pause().await;
    *guard
}

static LOCK: Mutex<u32> = Mutex::new(1);

fn main() {
    drop(tokio::spawn(f(&LOCK)));
}
