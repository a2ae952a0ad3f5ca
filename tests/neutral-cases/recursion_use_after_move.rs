//! A function that only calls itself uses what it gave away.

#[watched]
fn f(name: String) -> Option<String> {
    let found = f(name)?;
    if found.is_empty() {
        return Some(name);
    }
    Some(found)
}

fn main() {
    drop(f(String::new()));
}
