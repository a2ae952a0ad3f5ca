//! A function that only calls itself returns the wrong parameter.

#[watched]
fn f<'a, 'b>(one: &'a str, other: &'b str) -> Option<&'a str> {
    let found = f(one, other)?;
    if found.is_empty() {
        return Some(other);
    }
    Some(found)
}

fn main() {
    drop(f("", ""));
}
