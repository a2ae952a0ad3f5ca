//! `taskmgr`: see the library.
fn main() {}
