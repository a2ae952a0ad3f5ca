//! A function that only calls itself has `?` on an error that its own cannot be made from.

struct Refused;

#[watched]
fn f(text: &str) -> Result<u32, Refused> {
    let one = f(text)?;
    let number = text.parse::<u32>()?;
    Ok(number + one)
}

fn main() {
    drop(f("1"));
}
