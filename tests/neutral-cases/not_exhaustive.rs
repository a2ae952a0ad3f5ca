//! A match leaves a case out.

#[watched]
fn f(n: Option<u32>) -> u32 {
    match n {
        Some(n) => n,
    }
}

fn main() {
    f(None);
}
