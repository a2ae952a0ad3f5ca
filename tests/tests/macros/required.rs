//! `required`: the intent is recorded first, the result behind it.

use std::{error::Error, panic::catch_unwind};

use audit_runtime::{AuditError, audited, record::Category};
use serde_json::Value;

use crate::{futures::drive, log};

fn records(operation: &str) -> Vec<Value> {
    log::records(Category::Audit, operation)
}

#[test]
fn intent_and_result_are_two_records_of_one_call() {
    #[audited(operation = "REQUIRED", required, resource(id = n), after(written = *ret))]
    fn run(n: u32) -> Result<usize, AuditError> {
        assert!(n < 9);
        // What is recorded by now.
        Ok(records("REQUIRED").len())
    }
    log::start();
    assert_eq!((run(1), run(2)), (Ok(1), Ok(3)));
    let records = records("REQUIRED");
    let phases: Vec<_> = records.iter().map(|record| &record["phase"]).collect();
    assert_eq!(phases, ["intent", "result", "intent", "result"]);
    let ids: Vec<_> = records.iter().map(|record| record["call_id"].as_u64().unwrap()).collect();
    assert!(ids[0] == ids[1] && ids[2] == ids[3] && ids[0] != ids[2], "{ids:?}");
    let [intent, result, ..] = records.as_slice() else { panic!("there are four") };
    assert_eq!((&intent["id"], &result["id"]), (&1.into(), &1.into()));
    assert_eq!(intent["timestamp"], result["timestamp"]);
    assert_eq!(intent["message"], "REQUIRED is about to begin");
    assert_eq!(intent["user"], "ambient-user");
    assert!(intent.get("outcome").is_none() && intent.get("duration_ms").is_none());
    assert_eq!(result["outcome"], "success");
    assert_eq!(result["after"]["written"], 1);
}

#[test]
fn every_end_follows_its_intent() {
    #[audited(operation = "REQUIRED_PANIC", required)]
    fn fail() -> Result<(), AuditError> {
        std::panic::resume_unwind(Box::new(()))
    }
    #[audited(operation = "REQUIRED_ASYNC", required, err = %)]
    async fn wait(n: u32) -> Result<impl Copy, Box<dyn Error>> {
        std::future::ready(()).await;
        Ok(u8::try_from(n)?)
    }
    #[audited(operation = "REQUIRED_BOXED", required)]
    fn boxed() -> std::pin::Pin<Box<dyn Future<Output = Result<u8, AuditError>>>> {
        Box::pin(async { Ok(1) })
    }
    log::start();
    assert!(catch_unwind(fail).is_err());
    assert!(drive(wait(256)).0.is_err());
    assert_eq!(drive(boxed()).0, Ok(1));
    for (operation, outcome) in [
        ("REQUIRED_PANIC", "panicked"),
        ("REQUIRED_ASYNC", "failure"),
        ("REQUIRED_BOXED", "success"),
    ] {
        let records = records(operation);
        assert_eq!(records.len(), 2, "{operation}");
        assert_eq!(
            (&records[0]["phase"], &records[1]["phase"]),
            (&"intent".into(), &"result".into())
        );
        assert_eq!(records[1]["outcome"], outcome);
    }
}

#[test]
fn without_required_there_is_one_record() {
    #[audited(operation = "NOT_REQUIRED")]
    fn run() {}
    log::start();
    run();
    let record = log::audited("NOT_REQUIRED");
    assert!(record.get("phase").is_none() && record.get("call_id").is_none());
}
