//! A type parameter lacks the bound that the body needs.

#[watched]
fn f<T>(value: T) -> String {
    value.to_string()
}

fn main() {
    f(1);
}
