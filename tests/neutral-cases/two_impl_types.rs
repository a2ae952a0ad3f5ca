//! Two types behind one `impl Trait`.

use std::fmt::Display;

#[watched]
fn f(short: bool) -> impl Display {
    if short {
        return 1_u8;
    }
    "two"
}

fn main() {
    f(true);
}
