//! A function that only calls itself returns a reference to its own variable.

#[watched]
fn f(n: &u32) -> Option<&u32> {
    let found = *f(n)?;
    return Some(&found);
}

fn main() {
    drop(f(&1));
}
