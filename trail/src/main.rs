//! `trail`: see the library.
fn main() {}
