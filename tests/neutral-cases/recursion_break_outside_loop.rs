//! A function that only calls itself has a `break` in no loop.

#[watched]
fn f(n: u32) -> Option<u32> {
    let m = f(n)?;
    if m == 1 {
        break;
    }
    return Some(m);
}

fn main() {
    drop(f(1));
}
