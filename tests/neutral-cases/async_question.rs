//! `?` on an error that an async function's own cannot be made from.

#[watched]
async fn f(text: &str) -> Result<u32, std::fmt::Error> {
    let number: u32 = text.parse()?;
    Ok(number)
}

fn main() {
    drop(f("1"));
}
