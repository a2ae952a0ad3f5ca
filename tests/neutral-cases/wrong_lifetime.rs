//! The result lives as long as the other parameter.

#[watched]
fn f<'a>(a: &'a str, b: &str) -> &'a str {
    if a.is_empty() { b } else { a }
}

fn main() {
    f("a", "b");
}
