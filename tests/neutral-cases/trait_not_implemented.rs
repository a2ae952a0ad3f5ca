//! A value is boxed as a trait that it does not implement.

use std::fmt::Display;

struct Plain;

#[watched]
fn f(plain: Plain) -> Box<dyn Display> {
    Box::new(plain)
}

fn main() {
    f(Plain);
}
