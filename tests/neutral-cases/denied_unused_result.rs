//! A result that nobody looks at, where warnings are errors.

#![deny(warnings)]

#[watched]
fn f(text: &str) {
    text.parse::<u32>();
}

fn main() {
    f("1");
}
