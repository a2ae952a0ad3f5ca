//! A value is used after it was moved.

#[watched]
fn f(text: String) -> usize {
    drop(text);
    text.len()
}

fn main() {
    f(String::new());
}
