//! A function that never returns does.

#[watched]
fn f(n: u32) -> ! {
    println!("{n}");
}

fn main() {
    f(1);
}
