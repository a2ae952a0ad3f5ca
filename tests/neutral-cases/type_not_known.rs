//! Nothing says which type is meant.

#[watched]
fn f() -> usize {
    let list = Vec::new();
    list.len()
}

fn main() {
    f();
}
