//! `.await` in a function that is not async.

async fn one() -> u32 {
    1
}

#[watched]
fn f() -> u32 {
    one().await
}

fn main() {
    f();
}
