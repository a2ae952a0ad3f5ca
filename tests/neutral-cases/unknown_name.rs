//! A name that does not exist.

#[watched]
fn f(count: u32) -> u32 {
    cuont + 1
}

fn main() {
    f(1);
}
