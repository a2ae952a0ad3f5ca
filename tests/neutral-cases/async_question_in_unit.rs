//! `?` in an async function that returns nothing.

#[watched]
async fn f(text: &str) {
    let number: u32 = text.parse()?;
    drop(number);
}

fn main() {
    drop(f("1"));
}
