//! How a call ends.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
};

use audit_runtime::{audited, timed};

use crate::log;

#[derive(Debug)]
pub(crate) struct Refused;

#[test]
fn a_result_is_success_or_failure() {
    #[audited(operation = "RESULT")]
    fn halve(n: u32) -> Result<u32, Refused> {
        if n % 2 == 1 {
            return Err(Refused);
        }
        Ok(n / 2)
    }
    log::start();
    assert_eq!(halve(4).unwrap(), 2);
    assert!(halve(5).is_err());
    let records = log::records(audit_runtime::record::Category::Audit, "RESULT");
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["outcome"], "success");
    assert_eq!(records[0]["level"], "INFO");
    assert_eq!(records[0]["event"], "operation");
    assert!(records[0].get("error").is_none());
    assert_eq!(records[1]["outcome"], "failure");
    assert_eq!(records[1]["level"], "ERROR");
    assert_eq!(records[1]["error"]["type"], "macros::outcomes::Refused");
    assert!(records[1]["error"].get("message").is_none());
}

#[test]
fn a_future_that_is_dropped_was_cancelled() {
    #[audited(operation = "DROPPED")]
    async fn wait() {
        std::future::pending::<()>().await;
    }
    log::start();
    {
        let mut future = pin!(wait());
        let mut cx = Context::from_waker(Waker::noop());
        assert_eq!(future.as_mut().poll(&mut cx), Poll::Pending);
    }
    let record = log::audited("DROPPED");
    assert_eq!(record["outcome"], "cancelled");
    assert_eq!(record["level"], "WARN");
}

#[test]
fn a_timed_call_is_recorded_with_its_duration() {
    #[timed]
    fn measured_call() -> u32 {
        7
    }
    log::start();
    assert_eq!(measured_call(), 7);
    let record = log::timed("measured_call");
    assert_eq!(record["event"], "timing");
    assert!(record["duration_ms"].as_f64().unwrap() >= 0.0);
    assert!(record.get("outcome").is_none());
}

#[test]
fn a_panic_goes_on() {
    #[audited(operation = "PANIC")]
    fn fail() -> u32 {
        std::panic::resume_unwind(Box::new("lost"))
    }
    log::start();
    let caught = catch_unwind(AssertUnwindSafe(fail)).unwrap_err();
    assert_eq!(caught.downcast_ref(), Some(&"lost"));
    assert_eq!(log::audited("PANIC")["outcome"], "panicked");
}
