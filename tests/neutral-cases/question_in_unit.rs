//! `?` in a function that returns nothing.

#[watched]
fn f(text: &str) {
    let number: u32 = text.parse()?;
    drop(number);
}

fn main() {
    f("1");
}
