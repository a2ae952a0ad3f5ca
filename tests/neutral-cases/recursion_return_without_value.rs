//! A function that only calls itself returns nothing early.

#[watched]
fn f(n: u32) -> Option<u32> {
    let m = f(n)?;
    if m == 1 {
        return;
    }
    Some(m)
}

fn main() {
    drop(f(1));
}
