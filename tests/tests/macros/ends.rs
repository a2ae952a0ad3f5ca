//! What is written of the end of a call: `ok`, `err`, `ret`, `change`, the error and its causes.

use std::{error::Error, fmt, future::ready, task::Poll};

use audit_runtime::{audited, record::Category};
use serde_json::json;

use crate::{futures::drive, log};

#[derive(Debug, serde::Serialize)]
struct Refusal {
    code: u16,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with {}", self.code)
    }
}

#[test]
fn each_list_is_written_on_its_own_end_only() {
    #[audited(
        operation = "ENDS",
        after(id = *ret),
        ok(doubled = ret * 2, code = 0),
        err(code = err.code),
        ret(is_ok = ret.is_ok()),
        details(given = n),
    )]
    fn ends(n: u32) -> Result<u32, Refusal> {
        if n == 0 { Err(Refusal { code: 7 }) } else { Ok(n) }
    }
    log::start();
    assert!(ends(3).is_ok() && ends(0).is_err());
    let records = log::records(Category::Audit, "ENDS");
    assert_eq!(
        records[0]["details"],
        json!({ "given": 3, "doubled": 6, "code": 0, "is_ok": true })
    );
    assert_eq!(records[0]["after"], json!({ "id": 3 }));
    assert_eq!(records[1]["details"], json!({ "given": 0, "code": 7, "is_ok": false }));
    assert!(records[1].get("after").is_none());
}

#[test]
fn what_came_back_is_had_from_any_type() {
    #[audited(operation = "RET_PLAIN", ret(len = len(ret)))]
    async fn text(text: &str) -> String {
        ready(text.to_owned()).await
    }
    #[audited(operation = "RET_OPTION", ret(some = ret.is_some()), err = %)]
    fn poll(n: u8) -> Poll<Result<u8, Refusal>> {
        match n {
            0 => Poll::Pending,
            1 => Poll::Ready(Err(Refusal { code: 1 })),
            _ => Poll::Ready(Ok(n)),
        }
    }
    trait Some {
        fn is_some(&self) -> bool;
    }
    impl Some for Poll<Result<u8, Refusal>> {
        fn is_some(&self) -> bool {
            self.is_ready()
        }
    }
    log::start();
    assert_eq!(drive(text("abc")).0, "abc");
    assert_eq!(log::audited("RET_PLAIN")["details"]["len"], 3);
    assert!(poll(0).is_pending() && poll(1).is_ready() && poll(2).is_ready());
    let records = log::records(Category::Audit, "RET_OPTION");
    let outcomes: Vec<_> = records.iter().map(|record| &record["outcome"]).collect();
    assert_eq!(outcomes, ["none", "failure", "success"]);
    assert_eq!(records[0]["details"]["some"], false);
    assert_eq!(records[1]["error"]["message"], "refused with 1");
}

struct Account {
    total: i64,
}

impl Account {
    #[audited(operation = "CHANGE", change(total = self.total, same = 1), before(was = 0))]
    fn add(&mut self, more: i64) -> Result<(), Refusal> {
        self.total += more;
        if more < 0 { Err(Refusal { code: 1 }) } else { Ok(()) }
    }
}

#[test]
fn a_change_is_taken_before_and_after() {
    log::start();
    let mut account = Account { total: 1 };
    assert!(account.add(2).is_ok() && account.add(-1).is_err());
    let records = log::records(Category::Audit, "CHANGE");
    assert_eq!(records[0]["before"], json!({ "total": 1, "same": 1, "was": 0 }));
    assert_eq!(records[0]["after"], json!({ "total": 3, "same": 1 }));
    assert_eq!(records[0]["changed"], json!(["total"]));
    assert_eq!(records[1]["before"]["total"], 3);
    assert!(records[1].get("after").is_none());
}

#[derive(Debug)]
struct Layer(&'static str, Option<Box<Layer>>);

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Layer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

fn layers() -> Layer {
    Layer("outer", Some(Box::new(Layer("middle", Some(Box::new(Layer("inner", None)))))))
}

#[test]
fn an_error_is_written_with_its_causes() {
    #[audited(operation = "CHAIN", err = %)]
    fn plain() -> Result<(), Layer> {
        Err(layers())
    }
    #[audited(operation = "CHAIN_BOXED", err = %)]
    fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
        Err(Box::new(layers()))
    }
    #[audited(operation = "CHAIN_GENERIC", err = ?)]
    fn generic<E: Error>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[audited(operation = "CHAIN_NONE", err = %)]
    fn none() -> Result<(), &'static str> {
        Err("no error type")
    }
    #[audited(operation = "CHAIN_UNNAMED")]
    fn unnamed() -> Result<(), Layer> {
        Err(layers())
    }
    log::start();
    assert!(plain().is_err() && boxed().is_err() && generic(layers()).is_err());
    assert!(none().is_err() && unnamed().is_err());
    let chain = json!(["middle", "inner"]);
    assert_eq!(log::audited("CHAIN")["error"]["message"], "outer");
    for operation in ["CHAIN", "CHAIN_BOXED", "CHAIN_GENERIC"] {
        assert_eq!(log::audited(operation)["error"]["chain"], chain, "{operation}");
    }
    assert_eq!(log::audited("CHAIN_NONE")["error"]["message"], "no error type");
    assert!(log::audited("CHAIN_NONE")["error"].get("chain").is_none());
    assert!(log::audited("CHAIN_UNNAMED")["error"].get("chain").is_none(), "it was not named");
}

#[test]
fn an_error_can_be_written_as_json() {
    #[audited(operation = "ERR_JSON", err = json, err(code = err.code))]
    fn refuse() -> Result<(), Refusal> {
        Err(Refusal { code: 9 })
    }
    log::start();
    assert!(refuse().is_err());
    let record = log::audited("ERR_JSON");
    assert_eq!(record["error"]["value"], json!({ "code": 9 }));
    assert!(record["error"].get("message").is_none());
    assert_eq!(record["details"]["code"], 9);
}
