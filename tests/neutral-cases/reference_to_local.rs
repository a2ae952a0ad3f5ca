//! A reference to a local value is returned.

#[watched]
fn f(n: u32) -> &'static str {
    let text = n.to_string();
    text.as_str()
}

fn main() {
    f(1);
}
