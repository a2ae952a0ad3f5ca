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
fn overwritten(mut n: u32) -> u32 {
    n = 1;
    n
}

#[watched]
fn assigned_after_use(mut n: u32) -> u32 {
    let m = n;
    n = 5;
    m
}

#[watched]
fn parts(mut pair: (u32, u32), (mut a, b): ((u32, u32), u32)) {
    let mut n = b;
    n = 2;
    pair.0 = 1;
    a.0 += n;
}

#[watched]
fn neither(mut n: u32) {}

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
fn recursion_behind_a_macro(n: u32) -> u32 {
    println!("{n}");
    recursion_behind_a_macro(n)
}

#[watched]
fn recursion_without_a_value(n: u32) {
    loop {
        recursion_without_a_value(n);
    }
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

struct Named {
    name: String,
    length: u32,
}

impl Named {
    #[watched]
    fn renamed(mut self, name: &str) -> u32 {
        let mut length = 1;
        length = self.length;
        self.name = name.to_owned();
        self.length = 1;
        length
    }
}

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

    #[watched]
    fn forget(mut self) {
        let mut n = 1;
        n = 2;
        self.unread = n;
    }

    #[watched]
    fn changed(mut self) -> Self {
        self.unread += 1;
        self
    }

    #[watched]
    fn with(mut self, n: u32) -> u32 {
        let mut m = 1;
        m = n;
        self.read = m;
        m
    }

    #[watched]
    fn with_each(mut self, n: u32) -> u32 {
        let mut m = 1;
        match n {
            0 => self.read = 1,
            1 => self.unread -= 1,
            _ => {}
        }
        let mut change = |n| self.read = n;
        change(2);
        m = n;
        if n > 1 {
            self.unread = n
        }
        (self.read = n);
        self.read
    }

    #[watched]
    fn with_nothing(mut self, n: u32) {
        let mut m = 1;
        m = n;
        self.read = m;
    }

    #[watched]
    fn recursion(&self) -> u32 {
        let n = 1;
        self.recursion() + n
    }
}

fn main() {
    unused_parameter(1);
    unused_variable();
    unused_mut_parameter(1);
    unused_assignment(1);
    unused_assignment_to_local();
    overwritten(1);
    assigned_after_use(1);
    parts((1, 2), ((3, 4), 5));
    neither(1);
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
    recursion_behind_a_macro(1);
    recursion_without_a_value(1);
    path_statement(1);
    overflow();
    allowed_inside();
    deprecated();
    must_use();
    expected(1);
    not_fulfilled();
    undocumented();
    Thing { read: 1, unread: 2 }.read();
    Thing { read: 1, unread: 2 }.forget();
    Thing { read: 1, unread: 2 }.changed().recursion();
    Thing { read: 1, unread: 2 }.with(1);
    Thing { read: 1, unread: 2 }.with_each(1);
    Thing { read: 1, unread: 2 }.with_nothing(1);
    Named { name: String::new(), length: 1 }.renamed("n");
}
