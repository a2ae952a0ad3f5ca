//! The signature lacks a lifetime.

#[watched]
fn f(a: &str, b: &str) -> &str {
    if a.len() > b.len() { a } else { b }
}

fn main() {
    f("a", "b");
}
