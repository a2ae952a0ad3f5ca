//! The task manager as the tests run it.
fn main() {}
