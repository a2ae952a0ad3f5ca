//! operation, level, message, slow, crate; what is off is not evaluated.

use std::cell::Cell;

use audit_runtime::{audited, record::Category, timed};

use crate::log;

mod names {
    pub(super) const OPERATION: &str = "FROM_A_CONSTANT";
    pub(super) const MESSAGE: &str = "said by a constant";
}

#[test]
fn names_and_messages_may_be_constants() {
    #[audited(operation = names::OPERATION, message = names::MESSAGE, level = "warn")]
    fn constant() {}
    #[audited(operation = "LITERAL_MESSAGE", message = "said here")]
    fn literal() {}
    log::start();
    constant();
    literal();
    let record = log::audited("FROM_A_CONSTANT");
    assert_eq!(record["message"], "said by a constant");
    assert_eq!(record["level"], "WARN");
    assert_eq!(log::audited("LITERAL_MESSAGE")["message"], "said here");
}

#[test]
fn the_place_is_that_of_the_function() {
    #[audited(operation = "PLACE")]
    #[must_use]
    fn here() -> u32 {
        line!()
    }
    log::start();
    let line = here();
    let record = log::audited("PLACE");
    assert_eq!(record["function"], "here");
    assert_eq!(record["component"], "macros::settings");
    assert_eq!(record["file"], "tests/tests/macros/settings.rs");
    assert_eq!(record["line"], line - 1);
}

#[test]
fn a_slow_call_is_a_warning() {
    #[timed(operation = "SLOW", slow = "1ns", level = "debug")]
    fn slow() {}
    #[timed(operation = "FAST", slow = "3600s")]
    fn fast() {}
    #[timed(operation = "UNWANTED", slow = "3600s", level = "debug")]
    fn unwanted() {}
    #[audited(operation = "SLOW", slow = "1ns")]
    fn slow_audited() {}
    log::start();
    slow();
    fast();
    unwanted();
    slow_audited();
    let record = log::timed("SLOW");
    assert_eq!((record["event"].as_str(), record["level"].as_str()), (Some("slow"), Some("WARN")));
    let record = log::timed("FAST");
    assert_eq!(
        (record["event"].as_str(), record["level"].as_str()),
        (Some("timing"), Some("INFO"))
    );
    assert!(log::records(Category::Performance, "UNWANTED").is_empty(), "below the threshold");
    let record = log::audited("SLOW");
    assert_eq!(record["event"], "operation");
    assert_eq!(record["level"], "WARN");
}

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

fn evaluated() -> u32 {
    EVALUATED.set(EVALUATED.get() + 1);
    EVALUATED.get()
}

#[test]
fn what_is_off_is_not_evaluated() {
    #[timed(operation = "OFF", level = "debug", context(n = evaluated()))]
    fn off() -> u32 {
        1
    }
    #[timed(operation = "ON", context(n = evaluated()))]
    fn on() -> u32 {
        1
    }
    log::start();
    assert_eq!(off(), 1);
    assert_eq!(EVALUATED.get(), 0);
    assert_eq!(on(), 1);
    assert_eq!(EVALUATED.get(), 1);
    assert!(log::records(Category::Performance, "OFF").is_empty());
    log::timed("ON");
}

#[test]
fn audit_does_not_depend_on_a_level() {
    #[audited(operation = "TRACE", level = "trace")]
    fn trace() {}
    log::start();
    trace();
    assert_eq!(log::audited("TRACE")["level"], "TRACE");
}

#[test]
fn a_timed_function_tells_its_outcome_on_request() {
    #[timed(operation = "TIMED_OUTCOME", outcome)]
    fn outcome(ok: bool) -> Result<(), ()> {
        if ok { Ok(()) } else { Err(()) }
    }
    log::start();
    assert!(outcome(true).is_ok());
    assert!(outcome(false).is_err());
    let records = log::records(Category::Performance, "TIMED_OUTCOME");
    assert_eq!(records[0]["outcome"], "success");
    assert_eq!(records[1]["outcome"], "failure");
    assert_eq!(records[1]["level"], "INFO", "a duration is no alarm");
}

mod renamed {
    pub(crate) use audit_runtime as logs;
}

#[test]
fn the_runtime_may_have_another_name() {
    #[audited(operation = "RENAMED", crate = crate::settings::renamed::logs, details(n = 1))]
    fn renamed() {}
    log::start();
    renamed();
    assert_eq!(log::audited("RENAMED")["details"]["n"], 1);
}

#[test]
fn a_share_of_the_calls_is_timed_on_request() {
    #[timed(operation = "SAMPLED", sample = 1 / 4)]
    fn sampled() {}
    log::start();
    // Of so many, none or all are drawn once in 10^124 runs.
    for _ in 0..1_000 {
        sampled();
    }
    let records = log::records(Category::Performance, "SAMPLED");
    assert!((1..1_000).contains(&records.len()), "{}", records.len());
    assert_eq!(records[0]["sample"], 4);
}
