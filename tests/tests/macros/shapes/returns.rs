//! What functions return, and how they get there.
#![expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::question_mark,
    clippy::needless_return,
    clippy::let_and_return,
    reason = "forms that people write, for better or worse"
)]

use std::{
    any::Any,
    collections::HashMap,
    fmt::Debug,
    ops::ControlFlow,
    panic::catch_unwind,
    rc::Rc,
    sync::{Mutex, MutexGuard},
};

use audit_runtime::{audited, record::Category};

use super::E;
use crate::{futures::drive, log};

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
    #[audited(operation = "INFERRED_CLOSURE", details(n = start.len()))]
    fn inferred<'a>(start: &'a [u8]) -> impl Fn(&'a [u8]) -> usize + 'a {
        assert!(!start.is_empty());
        move |end| start.len() - end.len()
    }
    #[audited(operation = "INFERRED_AFTER", after(end = ret(1)))]
    fn inferred_after(n: u32) -> impl Fn(u32) -> u32 {
        move |m: u32| n + m
    }
    log::start();
    assert_eq!(inferred(&[1, 2])(&[1]), 1);
    assert!(catch_unwind(|| inferred(&[])).is_err());
    assert_eq!(inferred_after(1)(2), 3);
    let records = log::records(Category::Audit, "INFERRED_CLOSURE");
    assert_eq!(
        (&records[0]["outcome"], &records[1]["outcome"]),
        (&"success".into(), &"panicked".into())
    );
    assert_eq!(log::audited("INFERRED_AFTER")["after"]["end"], 2);
    assert_eq!(opaque(&|x| x, Box::new(()), |x| x * 2)(2), 5);
    assert_eq!(precise("ab", &1).collect::<Vec<_>>(), b"ab");
    assert_eq!(nested(2).unwrap().sum::<u32>(), 2);
    assert!(nested(0).is_err());
    assert_eq!(log::audited("OPAQUE")["outcome"], "success");
    assert_eq!(log::audited("PRECISE")["outcome"], "success");
    assert_eq!(log::records(Category::Audit, "OPAQUE_RESULT")[1]["outcome"], "failure");
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
fn async_functions_return_as_much() {
    struct Page(Vec<u8>);
    impl Page {
        #[audited(operation = "ASYNC_REBORROW")]
        async fn all(&mut self) -> &mut Vec<u8> {
            &mut self.0
        }
        #[audited(operation = "ASYNC_SELF")]
        async fn more(mut self) -> Result<Self, E> {
            self.0.push(1);
            Ok(self)
        }
    }
    #[audited(operation = "ASYNC_BORROW")]
    async fn trimmed(text: &str) -> &str {
        text.trim()
    }
    #[audited(operation = "ASYNC_OPAQUE")]
    async fn opaque<T: Clone>(value: T) -> impl Iterator<Item = T> {
        [value.clone(), value].into_iter()
    }
    #[audited(operation = "ASYNC_OPAQUE_RESULT")]
    async fn nested(n: u32) -> Result<impl Debug, Box<dyn std::error::Error + Send + Sync>> {
        if n == 0 {
            return Err("zero".into());
        }
        Ok("1".repeat(n as usize).parse::<u32>()?)
    }
    log::start();
    let mut page = drive(Page(Vec::new()).more()).0.unwrap();
    assert_eq!(drive(page.all()).0, &[1]);
    assert_eq!(drive(trimmed(" a ")).0, "a");
    assert_eq!(drive(opaque(1)).0.count(), 2);
    assert!(drive(nested(0)).0.is_err());
    for operation in ["ASYNC_REBORROW", "ASYNC_SELF", "ASYNC_BORROW", "ASYNC_OPAQUE"] {
        assert_eq!(log::audited(operation)["outcome"], "success", "{operation}");
    }
    let kind =
        "alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>";
    assert_eq!(log::audited("ASYNC_OPAQUE_RESULT")["error"]["type"], kind);
}
