//! Functions and methods of every form: each compiles, does what it did, and is recorded.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::many_single_char_names,
    clippy::toplevel_ref_arg,
    clippy::question_mark,
    clippy::needless_return,
    clippy::unused_self,
    clippy::multiple_bound_locations,
    clippy::let_and_return,
    clippy::needless_pass_by_value,
    reason = "forms that people write, for better or worse"
)]

use std::{
    any::Any,
    collections::HashMap,
    fmt::{self, Debug},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard},
};

use audit_runtime::{audited, timed};
use serde_json::json;

use crate::log;

#[derive(Debug, PartialEq)]
struct E;

#[test]
fn coercions_at_the_end_and_on_the_way() {
    #[audited(operation = "FN_POINTER")]
    fn pointer() -> ([u8; 2], fn(u32) -> u32) {
        fn k(a: u32) -> u32 {
            a
        }
        ([1, 2], k)
    }
    #[audited(operation = "BOXED_DYN")]
    fn boxed(first: bool) -> Result<Box<dyn Debug>, E> {
        if first {
            return Ok(Box::new(1_u8));
        }
        Ok(Box::new(2_u16))
    }
    #[audited(operation = "BORROWED")]
    fn borrowed<'a>(map: &'a HashMap<u32, String>, key: &u32) -> Result<&'a str, E> {
        match map.get(key) {
            Some(text) => Ok(text),
            None => Err(E),
        }
    }
    log::start();
    assert_eq!(pointer().1(3), 3);
    assert_eq!(format!("{:?}", boxed(true).unwrap()), "1");
    assert_eq!(borrowed(&HashMap::new(), &1), Err(E));
    assert_eq!(log::audited("FN_POINTER")["outcome"], "success");
    assert_eq!(log::audited("BOXED_DYN")["outcome"], "success");
    assert_eq!(log::audited("BORROWED")["outcome"], "failure");
}

struct Shelf {
    bytes: Vec<u8>,
    next: Option<Box<Shelf>>,
}

impl Shelf {
    const SIZE: usize = 2;

    #[audited(operation = "REBORROW")]
    fn all(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    #[audited(operation = "REBORROW_RESULT")]
    fn fallible(&mut self) -> Result<&mut Vec<u8>, E> {
        if self.bytes.is_empty() {
            return Err(E);
        }
        Ok(&mut self.bytes)
    }

    #[audited(operation = "REBORROW_OPTION")]
    fn first(&mut self) -> Option<&mut u8> {
        self.bytes.first_mut()
    }

    #[audited(operation = "SELF_CONST")]
    fn sized() -> [u8; Self::SIZE] {
        [0; Self::SIZE]
    }

    #[audited(operation = "BY_VALUE", details(count = self.bytes.len()))]
    fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.push(9);
        self.bytes
    }

    #[audited(operation = "ARC_SELF")]
    fn shared(self: Arc<Self>) -> usize {
        self.bytes.len()
    }

    #[audited(operation = "BOX_SELF")]
    fn unboxed(self: Box<Self>) -> Vec<u8> {
        self.bytes
    }

    #[audited(operation = "LAST")]
    fn last(mut shelf: &mut Self) -> &mut Self {
        while shelf.next.is_some() {
            shelf = shelf.next.as_mut().unwrap();
        }
        shelf
    }
}

fn shelf(bytes: &[u8]) -> Shelf {
    Shelf { bytes: bytes.to_vec(), next: None }
}

#[test]
fn what_is_borrowed_mutably_comes_back() {
    #[audited(operation = "SPLIT")]
    fn split(slice: &mut [u8]) -> (&mut [u8], &mut [u8]) {
        slice.split_at_mut(1)
    }
    #[audited(operation = "ENTRY")]
    fn entry(map: &mut HashMap<u32, String>, key: u32) -> &mut String {
        if map.contains_key(&key) {
            return map.get_mut(&key).unwrap();
        }
        map.entry(key).or_default()
    }
    struct Ref<'a>(&'a u8);
    // tokio-rs/tracing#2796
    #[audited(operation = "REF")]
    fn reference<'a>(shelf: &'a Shelf) -> Result<Option<Ref<'a>>, E> {
        Ok(shelf.bytes.first().map(Ref))
    }
    log::start();
    let mut one = shelf(&[1, 2]);
    one.all().push(3);
    one.fallible().unwrap().push(4);
    *one.first().unwrap() = 0;
    Shelf::last(&mut one).bytes.push(5);
    split(&mut one.bytes).1[0] = 7;
    assert_eq!(*reference(&one).unwrap().unwrap().0, 0);
    assert_eq!(one.bytes, [0, 7, 3, 4, 5]);
    entry(&mut HashMap::new(), 1).push('x');
    let names = ["REBORROW", "REBORROW_RESULT", "REBORROW_OPTION", "LAST", "SPLIT", "REF", "ENTRY"];
    for operation in names {
        assert_eq!(log::audited(operation)["outcome"], "success", "{operation}");
    }
}

#[test]
fn every_receiver() {
    log::start();
    assert_eq!(Shelf::sized(), [0, 0]);
    assert_eq!(shelf(&[1]).into_bytes(), [1, 9]);
    assert_eq!(Arc::new(shelf(&[1])).shared(), 1);
    assert_eq!(Box::new(shelf(&[1])).unboxed(), [1]);
    assert_eq!(log::audited("BY_VALUE")["details"]["count"], 1);
    assert_eq!(log::audited("BY_VALUE")["function"], "into_bytes");
    for operation in ["SELF_CONST", "ARC_SELF", "BOX_SELF"] {
        log::audited(operation);
    }
}

#[test]
fn opaque_types_and_types_without_debug() {
    #[audited(operation = "OPAQUE")]
    fn opaque(
        callback: &dyn Fn(u32) -> u32,
        _any: Box<dyn Any>,
        g: impl Fn(u32) -> u32,
    ) -> impl Fn(u32) -> u32 {
        let n = callback(1);
        move |x| g(x) + n
    }
    #[audited(operation = "PRECISE")]
    fn precise<'a>(a: &'a str, _b: &u32) -> impl Iterator<Item = u8> + use<'a> {
        a.bytes()
    }
    #[audited(operation = "OPAQUE_RESULT")]
    fn nested(n: u32) -> Result<impl Iterator<Item = u32>, E> {
        if n == 0 { Err(E) } else { Ok((0..n).map(|x| x * 2)) }
    }
    log::start();
    assert_eq!(opaque(&|x| x, Box::new(()), |x| x * 2)(2), 5);
    assert_eq!(precise("ab", &1).collect::<Vec<_>>(), b"ab");
    assert_eq!(nested(2).unwrap().sum::<u32>(), 2);
    assert!(nested(0).is_err());
    assert_eq!(log::audited("OPAQUE")["outcome"], "success");
    assert_eq!(log::audited("PRECISE")["outcome"], "success");
    let category = audit_runtime::record::Category::Audit;
    assert_eq!(log::records(category, "OPAQUE_RESULT")[1]["outcome"], "failure");
}

#[test]
fn what_never_returns() {
    #[audited(operation = "NEVER")]
    fn never() -> ! {
        std::panic::resume_unwind(Box::new(()))
    }
    #[audited(operation = "INFALLIBLE")]
    fn infallible() -> Result<std::convert::Infallible, E> {
        Err(E)
    }
    log::start();
    assert!(catch_unwind(|| never()).is_err());
    assert_eq!(infallible(), Err(E));
    assert_eq!(log::audited("NEVER")["outcome"], "panicked");
    assert_eq!(log::audited("INFALLIBLE")["outcome"], "failure");
}

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
fn ways_out_of_a_body() {
    #[audited(operation = "FLOW")]
    fn flow(n: u32) -> ControlFlow<u32> {
        if n > 1 {
            return ControlFlow::Break(n);
        }
        ControlFlow::Continue(())
    }
    #[audited(operation = "LABEL")]
    fn label(text: Option<&str>) -> Option<usize> {
        let Some(text) = text else { return None };
        let length = 'found: {
            if text.is_empty() {
                break 'found 0;
            }
            text.len()
        };
        let same = |n: usize| return n;
        Some(same(length) + text.parse::<usize>().ok()?)
    }
    log::start();
    assert!(flow(2).is_break());
    assert_eq!(label(Some("12")), Some(14));
    assert_eq!(log::audited("FLOW")["outcome"], "success");
    assert_eq!(log::audited("LABEL")["outcome"], "success");
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

struct Loud(Arc<Mutex<Vec<&'static str>>>);

impl Drop for Loud {
    #[audited(operation = "DROP")]
    fn drop(&mut self) {
        self.0.lock().unwrap().push("dropped");
    }
}

impl Iterator for Shelf {
    type Item = u8;

    #[audited(operation = "NEXT")]
    fn next(&mut self) -> Option<u8> {
        self.bytes.pop()
    }
}

impl fmt::Display for Shelf {
    #[audited(operation = "FMT")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

#[test]
fn traits_of_the_standard_library() {
    log::start();
    let dropped = Arc::default();
    drop(Loud(Arc::clone(&dropped)));
    assert_eq!(*dropped.lock().unwrap(), ["dropped"]);
    let mut one = shelf(&[1]);
    assert_eq!(one.to_string(), "1 bytes");
    assert_eq!((Iterator::next(&mut one), Iterator::next(&mut one)), (Some(1), None));
    log::audited("DROP");
    assert_eq!(log::audited("FMT")["outcome"], "success");
    let category = audit_runtime::record::Category::Audit;
    assert_eq!(log::records(category, "NEXT")[1]["outcome"], "none");
}

trait Area {
    #[audited(operation = "DEFAULT_METHOD", details(factor))]
    fn scaled(&self, factor: u32) -> u32 {
        self.area() * factor
    }

    fn area(&self) -> u32;
}

impl Area for Point {
    #[timed(operation = "TRAIT_METHOD")]
    fn area(&self) -> u32 {
        self.x * self.y
    }
}

impl<T: Area + ?Sized> Area for &T {
    #[timed(operation = "GENERIC_IMPL")]
    fn area(&self) -> u32 {
        (**self).area()
    }
}

#[test]
fn traits_and_their_objects() {
    log::start();
    let object: &dyn Area = &Point { x: 2, y: 3 };
    assert_eq!(object.scaled(2), 12);
    log::timed("TRAIT_METHOD");
    assert_eq!(log::audited("DEFAULT_METHOD")["details"]["factor"], 2);
    assert_eq!((&object).area(), 6);
    log::timed("GENERIC_IMPL");
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
fn guards_temporaries_and_moves() {
    #[audited(operation = "GUARD")]
    fn guard(mutex: &Mutex<u32>) -> MutexGuard<'_, u32> {
        mutex.lock().unwrap()
    }
    #[audited(operation = "TEMPORARY")]
    fn temporary(mutex: &Mutex<Vec<u32>>) -> usize {
        mutex.lock().unwrap().len()
    }
    #[audited(operation = "MOVED")]
    fn moved(rc: Rc<str>) -> Rc<str> {
        let other = rc;
        other
    }
    log::start();
    assert_eq!(*guard(&Mutex::new(1)), 1);
    assert_eq!(temporary(&Mutex::new(vec![1])), 1);
    assert_eq!(&*moved("x".into()), "x");
    for operation in ["GUARD", "TEMPORARY", "MOVED"] {
        log::audited(operation);
    }
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
    pub(in crate::shapes) mod inner {
        #[audit_runtime::audited(operation = "VISIBILITY")]
        pub(in crate::shapes) fn visible() -> u32 {
            1
        }
    }
    log::start();
    assert_eq!(external(1) + configured(2) + recursion(1) + inner::visible(), 4);
    for operation in ["EXTERN", "CFG", "VISIBILITY"] {
        log::audited(operation);
    }
    let category = audit_runtime::record::Category::Audit;
    assert_eq!(log::records(category, "RECURSION").len(), 2);
    assert_eq!(log::audited("VISIBILITY")["component"], "macros::shapes::inner");
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
    assert!(catch_unwind(AssertUnwindSafe(|| order(plain))).is_ok());
    log::timed("DROP_ORDER");
}
