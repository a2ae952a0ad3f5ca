//! An async function returns a reference to a local value.

#[watched]
async fn f(n: u32) -> &'static str {
    let text = n.to_string();
    text.as_str()
}

fn main() {
    drop(f(1));
}
