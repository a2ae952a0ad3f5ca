//! Who decides how a call ended: `outcome = rule`, `denied = pattern`, `AuditOutcome`.

use std::ops::ControlFlow;

use audit_runtime::{AuditOutcome, Outcome, audited, record::Category, timed};

use crate::log;

#[derive(Debug)]
enum Failed {
    Forbidden { by: &'static str },
    Auth(u8),
    Broken,
}

fn outcomes(operation: &str) -> Vec<String> {
    let records = log::records(Category::Audit, operation);
    records.iter().map(|record| record["outcome"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn errors_that_are_refusals() {
    #[audited(operation = "DENIED", denied = Failed::Forbidden { .. } | Failed::Auth(2..), err = ?)]
    fn refuse(error: Failed) -> Result<(), Failed> {
        Err(error)
    }
    #[audited(operation = "DENIED_ASYNC", denied = &"no")]
    async fn refuse_text(text: &'static str) -> Result<(), &'static str> {
        std::future::ready(Err(text)).await
    }
    log::start();
    for error in [Failed::Forbidden { by: "x" }, Failed::Auth(1), Failed::Auth(2), Failed::Broken] {
        assert!(refuse(error).is_err());
    }
    assert_eq!(outcomes("DENIED"), ["denied", "failure", "denied", "failure"]);
    let record = &log::records(Category::Audit, "DENIED")[0];
    assert_eq!(record["level"], "WARN");
    assert_eq!(record["error"]["message"], "Forbidden { by: \"x\" }");
    assert!(log::records(Category::Error, "DENIED").len() == 2, "a refusal is no failure");
    for text in ["no", "yes"] {
        assert!(crate::futures::drive(refuse_text(text)).0.is_err());
    }
    assert_eq!(outcomes("DENIED_ASYNC"), ["denied", "failure"]);
}

#[test]
fn a_rule_decides_for_any_type() {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as a rule gets it")]
    fn of_status(status: &u16) -> Outcome {
        match status {
            401 | 403 => Outcome::Denied,
            400.. => Outcome::Failure,
            _ => Outcome::Success,
        }
    }
    #[audited(operation = "RULE", outcome = of_status, after(status = *ret))]
    fn path(status: u16) -> u16 {
        status
    }
    #[audited(operation = "RULE_CLOSURE", outcome = |ret| if ret.is_err() { Outcome::None } else { Outcome::Success })]
    fn closure(ok: bool) -> Result<(), Failed> {
        if ok { Ok(()) } else { Err(Failed::Broken) }
    }
    #[timed(operation = "RULE_TIMED", outcome = of_status)]
    fn timed_path(status: u16) -> u16 {
        status
    }
    #[audited(operation = "RULE_PANICS", outcome = |_| std::panic::resume_unwind(Box::new(())))]
    fn panics() -> Option<u8> {
        None
    }
    log::start();
    assert_eq!(path(200) + path(403) + path(500) + timed_path(500), 1603);
    assert!(closure(true).is_ok() && closure(false).is_err() && panics().is_none());
    assert_eq!(outcomes("RULE"), ["success", "denied", "failure"]);
    let records = log::records(Category::Audit, "RULE");
    assert_eq!(records[0]["after"]["status"], 200);
    assert!(records[1].get("after").is_none(), "`after` is for success");
    assert_eq!(outcomes("RULE_CLOSURE"), ["success", "none"]);
    assert_eq!(log::timed("RULE_TIMED")["outcome"], "failure");
    assert_eq!(outcomes("RULE_PANICS"), ["none"]);
}

impl AuditOutcome for Failed {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Forbidden { by: "" } | Self::Auth(_) | Self::Broken => Outcome::Failure,
            Self::Forbidden { .. } => Outcome::Denied,
        }
    }
}

struct Status(u16);

impl AuditOutcome for Status {
    fn outcome(&self) -> Outcome {
        if self.0 == 403 { Outcome::Denied } else { Outcome::Success }
    }
}

#[test]
fn a_type_can_say_it_itself() {
    type Answer<T> = Result<T, Failed>;
    #[audited(operation = "SELF_ERROR")]
    fn error(n: u32) -> Answer<u32> {
        if n == 0 { Err(Failed::Forbidden { by: "x" }) } else { Ok(n) }
    }
    #[audited(operation = "SELF_BOTH")]
    fn both(n: u16) -> Answer<Status> {
        if n == 0 { Err(Failed::Forbidden { by: "x" }) } else { Ok(Status(n)) }
    }
    #[audited(operation = "SELF_VALUE")]
    fn value(n: u16) -> Result<Status, String> {
        if n == 0 { Err("zero".to_owned()) } else { Ok(Status(n)) }
    }
    #[audited(operation = "SELF_OPTION")]
    fn optional(n: u16) -> Option<Box<Status>> {
        (n > 0).then(|| Box::new(Status(n)))
    }
    #[audited(operation = "SELF")]
    async fn itself(n: u16) -> Status {
        std::future::ready(Status(n)).await
    }
    #[audited(operation = "SELF_GENERIC")]
    fn generic<T: AuditOutcome>(value: T) -> T {
        value
    }
    log::start();
    assert!(error(0).is_err() && error(1).is_ok());
    for n in [0, 200, 403] {
        let _ = (both(n).is_ok(), value(n).is_ok(), optional(n).is_some());
        let status = crate::futures::drive(itself(n)).0;
        assert_eq!(generic(status).0, n);
    }
    assert_eq!(outcomes("SELF_ERROR"), ["denied", "success"]);
    assert_eq!(outcomes("SELF_BOTH"), ["denied", "success", "denied"]);
    assert_eq!(outcomes("SELF_VALUE"), ["failure", "success", "denied"]);
    assert_eq!(outcomes("SELF_OPTION"), ["none", "success", "denied"]);
    assert_eq!(outcomes("SELF"), ["success", "success", "denied"]);
    assert_eq!(outcomes("SELF_GENERIC"), ["success", "success", "denied"]);
}

#[test]
fn a_way_out_is_no_failure() {
    #[audited(operation = "CONTROL_FLOW", after(broke = ret.is_break()))]
    fn flow(n: u32) -> ControlFlow<u32> {
        if n > 1 { ControlFlow::Break(n) } else { ControlFlow::Continue(()) }
    }
    log::start();
    assert!(flow(1).is_continue() && flow(2).is_break());
    assert_eq!(outcomes("CONTROL_FLOW"), ["success", "success"]);
    assert_eq!(log::records(Category::Audit, "CONTROL_FLOW")[1]["after"]["broke"], true);
}
