//! A value is used after it was moved, in an async function.

#[watched]
async fn f(text: String) -> usize {
    drop(text);
    text.len()
}

fn main() {
    drop(f(String::new()));
}
