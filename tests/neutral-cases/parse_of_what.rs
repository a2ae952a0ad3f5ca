//! Nothing says which type is parsed.

#[watched]
fn f(text: &str) -> Result<(), std::num::ParseIntError> {
    let number = text.parse()?;
    Ok(())
}

fn main() {
    drop(f("1"));
}
