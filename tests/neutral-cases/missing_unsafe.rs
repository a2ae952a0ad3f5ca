//! An unsafe call outside an unsafe block.

#[watched]
fn f(bytes: &[u8]) -> &str {
    std::str::from_utf8_unchecked(bytes)
}

fn main() {
    f(&[]);
}
