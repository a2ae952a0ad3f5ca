//! A function that only calls itself returns another type early.

#[watched]
fn f(n: u32) -> Result<u32, u32> {
    if f(n).is_ok() {
        return "one";
    }
    Ok(2)
}

fn main() {
    drop(f(1));
}
