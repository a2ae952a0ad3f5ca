//! A method that does not exist.

#[watched]
fn f(text: &str) -> usize {
    text.length()
}

fn main() {
    f("");
}
