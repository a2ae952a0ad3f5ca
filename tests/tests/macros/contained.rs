//! User code that runs for a record: its panics stay there, and it may call audited functions.

use std::{cell::Cell, fmt};

use audit_runtime::{audited, record::Category, timed};
use serde_json::json;

use crate::{futures::drive, log};

fn bomb() -> u32 {
    std::panic::resume_unwind(Box::new("a field"))
}

#[test]
fn a_panic_in_an_expression_is_said_in_its_place() {
    #[audited(
        operation = "BOMBS",
        resource(id = bomb()),
        before(a = 1, b = bomb(), c = n),
        after(d = bomb(), e = *ret),
        ret(f = bomb(), g = 7),
    )]
    fn bombs(n: u32) -> u32 {
        n + 1
    }
    #[timed(operation = "BOMBS", context(a = bomb(), b = 2))]
    async fn bombs_timed() {
        std::future::ready(()).await;
    }
    log::start();
    assert_eq!(bombs(1), 2);
    drive(bombs_timed());
    let record = log::audited("BOMBS");
    assert_eq!(record["outcome"], "success");
    assert_eq!(record["id"], "[panicked]");
    assert_eq!(record["before"], json!({ "a": 1, "b": "[panicked]", "c": 1 }));
    assert_eq!(record["after"], json!({ "d": "[panicked]", "e": 2 }));
    assert_eq!(record["details"], json!({ "f": "[panicked]", "g": 7 }));
    assert_eq!(log::timed("BOMBS")["context"], json!({ "a": "[panicked]", "b": 2 }));
    assert!(audit_runtime::health().values_panicked >= 4);
}

#[test]
fn fields_that_wait_stand_among_fields_that_panic() {
    #[audited(operation = "BOMBS_ASYNC", details(a = bomb(), b = later(2).await, c = 3, d = bomb()))]
    async fn waiting() -> u32 {
        1
    }
    async fn later(n: u32) -> u32 {
        std::future::ready(n).await
    }
    log::start();
    assert_eq!(drive(waiting()).0, 1);
    let details = &log::audited("BOMBS_ASYNC")["details"];
    assert_eq!(*details, json!({ "a": "[panicked]", "b": 2, "c": 3, "d": "[panicked]" }));
}

struct Loud(&'static str);

impl fmt::Display for Loud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(shown(self.0))
    }
}

#[audited(operation = "WHILE_SHOWN", details(%text))]
fn shown(text: &str) -> &str {
    text
}

#[test]
fn a_value_may_call_what_is_audited_while_it_is_written() {
    #[audited(operation = "SHOWS", details(%loud), after(again = mask(loud)), err = %)]
    fn shows(loud: &Loud) -> Result<usize, Loud> {
        Ok(loud.0.len())
    }
    log::start();
    assert_eq!(shows(&Loud("long enough")).ok(), Some(11));
    let record = log::audited("SHOWS");
    assert_eq!(record["details"]["loud"], "long enough");
    assert_eq!(record["after"]["again"], "l***h");
    let inner = log::records(Category::Audit, "WHILE_SHOWN");
    assert_eq!(inner.len(), 2);
    assert_eq!(inner[0]["details"]["text"], "long enough");
}

thread_local! {
    static SHOWN: Cell<u32> = const { Cell::new(0) };
}

struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SHOWN.set(SHOWN.get() + 1);
        endless(self);
        f.write_str("endless")
    }
}

#[audited(operation = "ENDLESS", details(%value))]
fn endless(value: &Endless) -> usize {
    size_of_val(value)
}

#[test]
fn a_value_that_calls_what_writes_it_comes_to_an_end() {
    log::start();
    assert_eq!(endless(&Endless), 0);
    let recorded = log::records(Category::Audit, "ENDLESS");
    assert_eq!(recorded.len(), SHOWN.get() as usize);
    assert!(recorded.iter().all(|record| record["details"]["value"] == "endless"));
    assert!(audit_runtime::health().calls_too_deep > 0);
}
