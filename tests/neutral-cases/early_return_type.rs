//! An early return is of another type.

#[watched]
fn f(short: bool) -> u32 {
    if short {
        return "one";
    }
    2
}

fn main() {
    f(true);
}
