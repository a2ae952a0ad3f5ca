//! Two exclusive borrows at once, in an async function.

#[watched]
async fn f(list: &mut Vec<u32>) {
    let first = &mut list[0];
    list.push(2);
    *first += 1;
}

fn main() {
    drop(f(&mut vec![1]));
}
