//! `?` on an option, in a function that returns a result.

#[watched]
fn f(text: &str) -> Result<char, String> {
    let first = text.chars().next()?;
    Ok(first)
}

fn main() {
    drop(f("a"));
}
