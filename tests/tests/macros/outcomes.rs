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
fn a_function_that_calls_itself_is_recorded_each_time() {
    #[audited(operation = "COUNT_DOWN", details(n), ok(left = ret), err = %)]
    fn count_down(n: usize) -> Result<usize, String> {
        if n == 3 {
            Err([n].len().to_string())
        } else if n == 0 {
            Ok([0][n])
        } else {
            count_down(n - 1)
        }
    }
    log::start();
    assert_eq!(count_down(1), Ok(0));
    assert_eq!(count_down(3), Err("1".to_owned()));
    let records = log::records(audit_runtime::record::Category::Audit, "COUNT_DOWN");
    let told = records.iter().map(|r| (&r["details"]["n"], &r["outcome"], &r["details"]["left"]));
    let told: Vec<String> =
        told.map(|(n, outcome, left)| format!("{n} {outcome} {left}")).collect();
    assert_eq!(told, [r#"0 "success" 0"#, r#"1 "success" 0"#, r#"3 "failure" null"#]);
}

#[test]
fn what_the_body_changes_is_what_is_dropped() {
    struct Permits<'a>(u32, &'a std::cell::Cell<u32>);
    impl Drop for Permits<'_> {
        fn drop(&mut self) {
            self.1.set(self.0);
        }
    }
    impl Permits<'_> {
        #[audited(operation = "FORGET")]
        fn forget(mut self) {
            self.0 = 2;
        }

        #[audited(operation = "FORGET")]
        fn less(mut self, by: u32) -> u32 {
            self.0 -= by;
            by
        }
    }
    #[audited(operation = "FORGET")]
    fn taken(mut permits: Permits<'_>, (mut more, ()): (Permits<'_>, ())) {
        permits.0 = 4;
        more.0 += permits.0;
    }
    log::start();
    let left = std::cell::Cell::new(0);
    Permits(1, &left).forget();
    assert_eq!(left.get(), 2);
    assert_eq!((Permits(5, &left).less(2), left.get()), (2, 3));
    let other = std::cell::Cell::new(0);
    taken(Permits(1, &left), (Permits(5, &other), ()));
    assert_eq!((left.get(), other.get()), (4, 9));
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

#[test]
fn a_type_that_panics_when_it_is_asked_leaves_a_record() {
    struct Silent;
    impl audit_runtime::AuditOutcome for Silent {
        fn outcome(&self) -> audit_runtime::Outcome {
            std::panic::resume_unwind(Box::new("asked"))
        }
    }
    #[audited(operation = "ASKED")]
    fn silent() -> Result<Silent, u8> {
        Ok(Silent)
    }
    log::start();
    let caught = catch_unwind(silent).err().expect("it panics");
    assert_eq!(caught.downcast_ref(), Some(&"asked"));
    // The body came back, and nobody said how.
    assert_eq!(log::audited("ASKED")["outcome"], "cancelled");
}

#[test]
fn a_name_does_not_make_a_result() {
    mod own {
        pub(super) enum Result<T> {
            Ok(T),
        }
    }
    #[audited(operation = "OWN_RESULT", after(plain = matches!(ret, own::Result::Ok(1))))]
    fn own_result() -> own::Result<u32> {
        own::Result::Ok(1)
    }
    #[audited(operation = "ALIAS")]
    fn alias() -> std::io::Result<()> {
        Err(std::io::ErrorKind::NotFound.into())
    }
    #[audited(operation = "GENERIC_RETURN")]
    fn generic<T>(value: T) -> T {
        value
    }
    log::start();
    assert!(matches!(own_result(), own::Result::Ok(1)));
    assert!(alias().is_err());
    assert_eq!(generic(Err::<(), ()>(())), Err(()));
    let record = log::audited("OWN_RESULT");
    assert_eq!((&record["outcome"], &record["after"]["plain"]), (&"success".into(), &true.into()));
    assert_eq!(log::audited("ALIAS")["error"]["type"], "std::io::error::Error");
    // Within it, `T` may be anything.
    assert_eq!(log::audited("GENERIC_RETURN")["outcome"], "success");
}

#[test]
fn a_timed_future_tells_that_it_was_dropped_only_with_its_outcome() {
    #[timed(operation = "TIMED_DROPPED", outcome)]
    async fn with() {
        std::future::pending::<()>().await;
    }
    #[timed(operation = "TIMED_DROPPED_SPLICED")]
    async fn without() {
        std::future::pending::<()>().await;
    }
    log::start();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Box::pin(with()).as_mut().poll(&mut cx).is_pending());
    assert!(Box::pin(without()).as_mut().poll(&mut cx).is_pending());
    assert_eq!(log::timed("TIMED_DROPPED")["outcome"], "cancelled");
    assert!(log::timed("TIMED_DROPPED_SPLICED").get("outcome").is_none());
}

#[test]
fn a_call_during_a_panic_is_judged_by_itself() {
    struct Guard;
    impl Drop for Guard {
        #[audited(operation = "DURING_A_PANIC")]
        #[timed(operation = "DURING_A_PANIC")]
        fn drop(&mut self) {}
    }
    log::start();
    let caught = catch_unwind(|| {
        let _guard = Guard;
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(caught.is_err());
    assert_eq!(log::audited("DURING_A_PANIC")["outcome"], "success");
    assert!(log::timed("DURING_A_PANIC").get("outcome").is_none());
}

/// Tells what it was dropped with.
struct Told<'a> {
    n: u32,
    to: &'a std::cell::Cell<u32>,
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.to.set(self.n);
    }
}

impl Told<'_> {
    #[audited(operation = "FORGET")]
    fn forget(mut self) {
        self.n = 0;
    }
}

#[test]
fn what_the_body_assigns_to_its_own_parameter_is_assigned() {
    #[audited(operation = "SET")]
    async fn set(mut told: Told<'_>) {
        told.n = 1;
    }
    #[audited(operation = "RAISE")]
    fn raise(mut pair: (u32, u32)) -> (u32, u32) {
        pair.0 += 1;
        pair
    }
    log::start();
    let cell = std::cell::Cell::new(7);
    Told { n: 5, to: &cell }.forget();
    assert_eq!(cell.get(), 0);
    let mut future = pin!(set(Told { n: 5, to: &cell }));
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    assert_eq!(cell.get(), 1);
    assert_eq!(raise((1, 2)), (2, 2));
}
