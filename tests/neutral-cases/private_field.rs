//! A private field is read.

mod inner {
    #[derive(Default)]
    pub struct Closed {
        n: u32,
    }
}

#[watched]
fn f(closed: &inner::Closed) -> u32 {
    closed.n
}

fn main() {
    f(&inner::Closed::default());
}
