//! A future is used as the value that it will give.

async fn one() -> u32 {
    1
}

#[watched]
async fn f() -> u32 {
    one() + 1
}

fn main() {
    drop(f());
}
