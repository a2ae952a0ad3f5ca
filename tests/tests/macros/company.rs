//! Attributes above, below and twice.

use std::panic::Location;

use audit_runtime::{audited, timed};

use crate::log;

#[test]
#[audited(operation = "ON_A_TEST")]
fn under_test() {
    log::start();
    audited_then_timed();
}

#[audited(operation = "TEST_BELOW")]
#[test]
fn above_test() {
    log::start();
}

#[tokio::test]
#[audited(operation = "ON_A_TOKIO_TEST")]
async fn under_tokio_test() {
    log::start();
    tokio::task::yield_now().await;
}

#[audited(operation = "TOKIO_TEST_BELOW")]
#[tokio::test]
async fn above_tokio_test() {
    log::start();
    tokio::task::yield_now().await;
}

#[test]
fn a_test_is_recorded_like_any_function() {
    log::start();
    under_test();
    above_test();
    under_tokio_test();
    above_tokio_test();
    for operation in ["ON_A_TEST", "TEST_BELOW", "ON_A_TOKIO_TEST", "TOKIO_TEST_BELOW"] {
        // The harness runs them as well.
        let records = log::records(audit_runtime::record::Category::Audit, operation);
        assert!(!records.is_empty(), "{operation}");
        assert!(records.iter().all(|record| record["outcome"] == "success"), "{operation}");
    }
}

#[test]
fn two_attributes_make_two_records() {
    log::start();
    assert_eq!(both() + both_the_other_way(), 2);
    log::audited("BOTH");
    log::timed("BOTH");
    log::audited("BOTH_OTHER");
    log::timed("BOTH_OTHER");
    assert_eq!(twice(), 1);
    assert_eq!(log::records(audit_runtime::record::Category::Audit, "TWICE").len(), 2);
}

#[audited]
#[timed]
fn audited_then_timed() {}

#[audited(operation = "BOTH")]
#[timed(operation = "BOTH")]
fn both() -> u32 {
    1
}

#[timed(operation = "BOTH_OTHER")]
#[audited(operation = "BOTH_OTHER")]
fn both_the_other_way() -> u32 {
    1
}

#[audited(operation = "TWICE")]
#[audited(operation = "TWICE")]
fn twice() -> u32 {
    1
}

/// How many performance records there are when the audit record is written.
fn timed_by_then(operation: &str) -> usize {
    log::records(audit_runtime::record::Category::Performance, operation).len()
}

#[test]
fn what_is_timed_is_the_body_in_either_order() {
    #[audited(operation = "TIMED_BELOW", ret(n = timed_by_then("TIMED_BELOW")))]
    #[must_use]
    #[timed(operation = "TIMED_BELOW")]
    fn below() -> u32 {
        1
    }
    #[timed(operation = "TIMED_ABOVE")]
    #[audited(operation = "TIMED_ABOVE", ret(n = timed_by_then("TIMED_ABOVE")))]
    fn above() -> u32 {
        1
    }
    #[audit_runtime::audited(operation = "TIMED_BELOW_ASYNC", ret(n = timed_by_then("TIMED_BELOW_ASYNC")))]
    #[audit_runtime::timed(operation = "TIMED_BELOW_ASYNC", outcome)]
    async fn below_async() -> u32 {
        std::future::ready(1).await
    }
    log::start();
    assert_eq!(below() + above() + crate::futures::drive(below_async()).0, 3);
    for operation in ["TIMED_BELOW", "TIMED_ABOVE", "TIMED_BELOW_ASYNC"] {
        assert_eq!(log::audited(operation)["details"]["n"], 1, "{operation}");
    }
}

#[test]
fn two_attributes_on_an_async_function() {
    #[audited(operation = "BOTH_ASYNC", details(n))]
    #[timed(operation = "BOTH_ASYNC", context(n))]
    async fn both(n: u32) -> u32 {
        n
    }
    log::start();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(both(1)), 1);
    log::audited("BOTH_ASYNC");
    log::timed("BOTH_ASYNC");
}

#[test]
fn built_in_attributes_and_documentation() {
    /// Documented.
    #[inline]
    #[must_use]
    #[audited(operation = "INLINE")]
    #[deprecated = "for the test"]
    #[cfg_attr(all(), cold)]
    fn inline() -> Option<u32> {
        Some(1)
    }
    log::start();
    #[expect(deprecated, reason = "an attribute of another is what is tested")]
    let one = inline();
    assert_eq!(one, Some(1));
    log::audited("INLINE");
}

#[test]
fn a_timed_function_can_track_its_caller() {
    #[timed(operation = "CALLER")]
    #[track_caller]
    fn caller() -> u32 {
        Location::caller().line()
    }
    log::start();
    assert_eq!((caller(), line!()).0, line!());
    log::timed("CALLER");
}

#[test]
fn a_main_function_of_tokio() {
    #[tokio::main(flavor = "current_thread")]
    #[audited(operation = "MAIN")]
    async fn main() -> Result<(), ()> {
        tokio::task::yield_now().await;
        Err(())
    }
    log::start();
    assert!(main().is_err());
    assert_eq!(log::audited("MAIN")["outcome"], "failure");
}
