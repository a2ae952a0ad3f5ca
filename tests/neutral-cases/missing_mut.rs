//! A parameter without `mut` is changed.

#[watched]
fn f(list: Vec<u32>) -> usize {
    list.push(1);
    list.len()
}

fn main() {
    f(Vec::new());
}
