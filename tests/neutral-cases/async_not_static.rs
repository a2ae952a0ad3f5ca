//! A spawned future borrows a local value.

#[watched]
async fn f(text: &str) -> usize {
    text.len()
}

fn main() {
    let text = String::new();
    drop(tokio::spawn(f(&text)));
}
