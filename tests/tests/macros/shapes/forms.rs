//! Forms of signatures and bodies.
#![expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::many_single_char_names,
    clippy::toplevel_ref_arg,
    clippy::unused_self,
    clippy::multiple_bound_locations,
    clippy::needless_pass_by_value,
    reason = "forms that people write, for better or worse"
)]

use std::{
    fmt::{self, Debug},
    rc::Rc,
};

use audit_runtime::{audited, record::Category, timed};
use serde_json::json;

use super::E;
use crate::log;

struct Point {
    x: u32,
    y: u32,
}

#[test]
fn patterns() {
    #[audited(operation = "PATTERNS", details(a, g, h, yy, b = %b))]
    #[expect(clippy::too_many_arguments, reason = "one for each form of pattern")]
    fn patterns(
        (a, b): (u32, String),
        [c, .., d]: [u8; 4],
        &e: &u32,
        ref g: u32,
        h @ 0..: u32,
        Point { x, y: yy }: Point,
        _: u8,
        mut i: u32,
    ) -> u32 {
        i += a + u32::from(c) + u32::from(d) + e + g + h + x + yy;
        drop(b);
        i
    }
    log::start();
    let sum = patterns((1, "b".to_owned()), [2, 0, 0, 3], &4, 5, 6, Point { x: 7, y: 8 }, 0, 9);
    assert_eq!(sum, 45);
    let details = &log::audited("PATTERNS")["details"];
    assert_eq!(*details, json!({"a":1,"g":5,"h":6,"yy":8,"b":"b"}));
}

macro_rules! functions {
    ($name:ident, $block:block, $body:expr) => {
        #[audited(operation = "FROM_A_BLOCK")]
        fn $name() -> u32 $block

        #[timed(operation = "FROM_AN_EXPRESSION")]
        fn expression() -> u32 {
            $body
        }
    };
}

macro_rules! whole {
    ($attribute:meta, $item:item) => {
        #[$attribute]
        $item
    };
}

#[test]
fn functions_that_a_macro_writes() {
    functions!(block, { 1 }, 2);
    whole! {
        audited(operation = "WHOLE", after(twice = ret * 2)),
        fn whole(n: u32) -> u32 {
            n
        }
    }
    macro_rules! fields {
        ($name:ident, $value:expr) => {
            #[audited(operation = "MACRO_FIELDS", details($name, other = $value), after(ret))]
            fn fields($name: u32) -> u32 {
                $name
            }
        };
    }
    fields!(n, n + 1);
    log::start();
    assert_eq!((block(), expression(), whole(3), fields(4)), (1, 2, 3, 4));
    log::audited("FROM_A_BLOCK");
    log::timed("FROM_AN_EXPRESSION");
    assert_eq!(log::audited("WHOLE")["after"]["twice"], 6);
    let record = log::audited("MACRO_FIELDS");
    assert_eq!(record["details"], json!({"n":4,"other":5}));
    assert_eq!(record["after"]["ret"], 4);
}

#[test]
fn raw_and_foreign_names() {
    #[audited]
    fn r#match(r#type: u32) -> u32 {
        r#type
    }
    #[audited(details(länge, r#in))]
    fn größe(länge: u32, r#in: u32) -> u32 {
        länge + r#in
    }
    log::start();
    assert_eq!(r#match(1) + größe(2, 3), 6);
    assert_eq!(log::audited("match")["function"], "match");
    assert_eq!(log::audited("größe")["details"], json!({"länge":2,"in":3}));
}

#[test]
fn items_and_attributes_inside() {
    enum Bar {
        Left,
    }
    #[audited(operation = "GLOB")]
    fn glob() -> u32 {
        #![expect(unused_variables, reason = "an inner attribute is what is tested")]
        use Bar::*;
        fn helper() -> u32 {
            1
        }
        const K: u32 = 1;
        struct Shadow;
        impl Shadow {
            fn one(&self) -> u32 {
                1
            }
        }
        let unused = 1;
        match Left {
            Left => helper() + K + Shadow.one(),
        }
    }
    #[timed(operation = "GLOB_TIMED")]
    fn timed_glob() -> u32 {
        #![expect(unused_variables, reason = "an inner attribute is what is tested")]
        use Bar::*;
        let unused = 1;
        match Left {
            Left => 1,
        }
    }
    log::start();
    assert_eq!(glob() + timed_glob(), 4);
    log::audited("GLOB");
    log::timed("GLOB_TIMED");
}

#[test]
fn generics() {
    #[audited(operation = "GENERIC", details(%label, size = N))]
    fn generic<const N: usize, T: Clone, L: fmt::Display>(value: T, label: L) -> [T; N]
    where
        T: Debug,
    {
        assert!(!format!("{label}{value:?}").is_empty());
        std::array::from_fn(|_| value.clone())
    }
    #[audited(operation = "HIGHER_RANKED")]
    fn higher<'long: 'short, 'short, F>(f: F, text: &'long str) -> &'short str
    where
        F: for<'x> Fn(&'x str) -> &'x str,
    {
        f(text)
    }
    static POINTER: for<'a> fn(&'a str) -> Result<&'a str, E> = {
        #[audited(operation = "POINTER")]
        fn same(text: &str) -> Result<&str, E> {
            Ok(text)
        }
        same
    };
    log::start();
    assert_eq!(generic::<2, _, _>('x', "l"), ['x', 'x']);
    assert_eq!(higher(str::trim, " a "), "a");
    assert_eq!(POINTER("p"), Ok("p"));
    assert_eq!(log::audited("GENERIC")["details"], json!({"label":"l","size":2}));
    log::audited("HIGHER_RANKED");
    log::audited("POINTER");
}

#[test]
fn unusual_qualifiers() {
    #[audited(operation = "EXTERN")]
    extern "C" fn external(a: u32) -> u32 {
        a
    }
    #[audited(operation = "CFG")]
    fn configured(#[cfg(any())] _gone: u32, #[expect(unused_variables)] a: u32) -> u32 {
        1
    }
    #[audited(operation = "RECURSION")]
    fn recursion(n: u32) -> u32 {
        if n == 0 { 0 } else { recursion(n - 1) + 1 }
    }
    pub(in crate::shapes::forms) mod inner {
        #[audit_runtime::audited(operation = "VISIBILITY")]
        pub(in crate::shapes::forms) fn visible() -> u32 {
            1
        }
    }
    log::start();
    assert_eq!(external(1) + configured(2) + recursion(1) + inner::visible(), 4);
    for operation in ["EXTERN", "CFG", "VISIBILITY"] {
        log::audited(operation);
    }
    assert_eq!(log::records(Category::Audit, "RECURSION").len(), 2);
    assert_eq!(log::audited("VISIBILITY")["component"], "macros::shapes::forms::inner");
}

#[test]
fn drop_order_is_that_of_the_plain_function() {
    struct Named(&'static str, Rc<std::cell::RefCell<Vec<&'static str>>>);
    impl Drop for Named {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0);
        }
    }
    fn plain(a: Named, _: Named, _b: Named) {
        let _local = Named("local", a.1.clone());
    }
    #[timed(operation = "DROP_ORDER")]
    fn spliced(a: Named, _: Named, _b: Named) {
        let _local = Named("local", a.1.clone());
    }
    log::start();
    let order = |run: fn(Named, Named, Named)| {
        let order = Rc::default();
        let named = |name| Named(name, Rc::clone(&order));
        run(named("a"), named("_"), named("b"));
        Rc::clone(&order).take()
    };
    assert_eq!(order(plain), order(spliced));
    log::timed("DROP_ORDER");
}
