//! A change while a shared borrow lives.

#[watched]
fn f(mut list: Vec<u32>) -> usize {
    let first = &list[0];
    list.clear();
    *first as usize
}

fn main() {
    f(vec![1]);
}
