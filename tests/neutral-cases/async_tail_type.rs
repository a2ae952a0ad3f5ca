//! The tail of an async function is of another type.

#[watched]
async fn f() -> u32 {
    "one"
}

fn main() {
    drop(f());
}
