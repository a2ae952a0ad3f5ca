//! `?` on an error that the function's own cannot be made from.

struct Refused;

#[watched]
fn f(text: &str) -> Result<u32, Refused> {
    let number = text.parse::<u32>()?;
    Ok(number)
}

fn main() {
    drop(f("1"));
}
