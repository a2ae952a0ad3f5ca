//! A type that does not exist, in the signature.

#[watched]
fn f(count: Cuont) -> u32 {
    1
}

fn main() {}
