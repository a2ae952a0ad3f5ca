//! What the compiler's lints say of functions.

#![warn(unused, nonstandard_style, unused_results, unused_qualifications, unreachable_pub)]
#![warn(missing_docs, elided_lifetimes_in_paths, unused_lifetimes, single_use_lifetimes, let_underscore_drop)]

#[watched]
fn unused_parameter(n: u32) {}

#[watched]
fn unused_variable() {
    let n = 1;
}

#[watched]
fn unused_mut_parameter(mut n: u32) -> u32 {
    n
}

#[watched]
fn unused_assignment(mut n: u32) {
    n = 1;
}

#[watched]
fn unused_assignment_to_local() -> u32 {
    let mut n = 1;
    n = 2;
    n
}

#[watched]
fn unused_result() {
    "1".parse::<u32>();
    Vec::<u32>::new().len();
}

#[watched]
fn unreachable() -> u32 {
    return 1;
    2
}

#[watched]
fn never_called() {}

#[watched]
fn braces_and_parentheses() -> u32 {
    let n = (1);
    if (n > 1) { n } else { { n } }
}

#[watched]
fn returned_parentheses() -> u32 {
    (1)
}

#[watched]
fn camelCase(Upper: u32) -> u32 {
    Upper
}

#[watched]
fn unused_items() {
    use std::fmt::Debug;
    fn inner() {}
    const N: u32 = 1;
    struct Empty;
}

#[watched]
fn unused_label() {
    'outer: loop {
        break;
    }
}

#[watched]
fn unused_lifetime<'a>(n: u32) -> u32 {
    std::cmp::max(n, 1)
}

#[watched]
fn unused_unsafe() -> u32 {
    unsafe { 1 }
}

#[watched]
fn unconditional_recursion(n: u32) -> u32 {
    unconditional_recursion(n)
}

#[watched]
fn path_statement(n: u32) {
    n;
}

#[watched]
fn overflow() -> u8 {
    255_u8 + 1
}

#[watched]
fn allowed_inside() {
    #![allow(unused_variables)]
    let n = 1;
}

#[watched]
#[deprecated]
fn deprecated() {}

#[watched]
#[must_use]
fn must_use() -> u32 {
    1
}

#[watched]
#[expect(unused_variables)]
fn expected(n: u32) {}

#[watched]
#[expect(unused_variables)]
fn not_fulfilled() {}

#[watched]
pub fn undocumented() {}

struct Thing {
    read: u32,
    unread: u32,
}

impl Thing {
    #[watched]
    fn read(&self) -> u32 {
        self.read
    }

    #[watched]
    fn unused_self(self, other: u32) {}
}

fn main() {
    unused_parameter(1);
    unused_variable();
    unused_mut_parameter(1);
    unused_assignment(1);
    unused_assignment_to_local();
    unused_result();
    unreachable();
    braces_and_parentheses();
    returned_parentheses();
    camelCase(1);
    unused_items();
    unused_label();
    unused_lifetime(1);
    unused_unsafe();
    unconditional_recursion(1);
    path_statement(1);
    overflow();
    allowed_inside();
    deprecated();
    must_use();
    expected(1);
    not_fulfilled();
    undocumented();
    Thing { read: 1, unread: 2 }.read();
}
