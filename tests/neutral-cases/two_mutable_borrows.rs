//! Two exclusive borrows at once.

#[watched]
fn f(list: &mut Vec<u32>) {
    let first = &mut list[0];
    list.push(2);
    *first += 1;
}

fn main() {
    f(&mut vec![1]);
}
