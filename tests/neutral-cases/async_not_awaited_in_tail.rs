//! A future stands where its value should.

async fn one() -> u32 {
    1
}

#[watched]
async fn f() -> u32 {
    one()
}

fn main() {
    drop(f());
}
