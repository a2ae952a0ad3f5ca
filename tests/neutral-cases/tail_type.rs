//! The tail is of another type.

#[watched]
fn f() -> u32 {
    "one"
}

fn main() {
    f();
}
