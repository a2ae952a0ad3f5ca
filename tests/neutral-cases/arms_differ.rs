//! The arms of a match are of different types.

#[watched]
fn f(n: u32) -> String {
    match n {
        0 => String::new(),
        _ => n,
    }
}

fn main() {
    f(1);
}
