//! A function that only calls itself changes what is not `mut`.

#[watched]
fn f(name: String) -> Option<String> {
    let found = f(String::new())?;
    name.push('a');
    return Some(found);
}

fn main() {
    drop(f(String::new()));
}
