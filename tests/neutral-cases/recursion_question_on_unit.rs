//! A function that only calls itself has `?` on what is no result.

#[watched]
fn f(n: u32) -> Option<u32> {
    let found = f(n)?;
    println!("{found}");
    f(found).is_some()?;
    None
}

fn main() {
    drop(f(1));
}
