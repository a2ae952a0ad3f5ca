//! What is written of a call.

use std::{fmt, num::NonZero, time::Duration};

use audit_runtime::{
    AuditValue, Context, Sensitive, Value, audited, record::Outcome, timed, with_context,
};
use serde_json::json;

use crate::log;

#[derive(Clone)]
struct TaskId(String);

impl AuditValue for TaskId {
    fn value(&self) -> Value<'_> {
        Value::Display(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
enum Status {
    Open,
    Done,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Open { "open" } else { "done" })
    }
}

struct Task {
    status: Status,
}

impl Task {
    #[audited(
        operation = "STATUS_CHANGE",
        resource(task_id = id, "project" = %"atms"),
        agent = %"tester",
        user = hash(user),
        before(status = %self.status),
        after(status = %ret.status, was = ?self.status),
        details(%title, notes = mask(notes), priority, "due date" = "none"),
        context(attempt = 2),
    )]
    fn change(
        &mut self,
        id: &TaskId,
        user: &str,
        new: Status,
        title: &str,
        notes: Option<&str>,
        priority: u8,
    ) -> Result<Self, Outcome> {
        if self.status == new {
            return Err(Outcome::Denied);
        }
        assert!(!id.0.is_empty() && !user.is_empty() && !title.is_empty());
        assert!(notes.is_none() || priority > 0);
        self.status = new;
        Ok(Self { status: new })
    }
}

#[test]
fn every_part_of_a_record() {
    log::start();
    let mut task = Task { status: Status::Open };
    let id = TaskId("T-1".to_owned());
    let notes = Some("a long story");
    assert!(task.change(&id, "jane", Status::Done, "Fix it", notes, 3).is_ok());
    assert!(task.change(&id, "jane", Status::Done, "Again", None, 0).is_err());
    let records = log::records(audit_runtime::record::Category::Audit, "STATUS_CHANGE");
    let first = &records[0];
    assert_eq!(first["task_id"], "T-1");
    assert_eq!(first["project"], "atms");
    assert_eq!(first["agent"], "tester");
    assert_eq!(first["user"].as_str().unwrap().len(), 16);
    assert_eq!(first["before"], json!({ "status": "open" }));
    assert_eq!(first["after"], json!({ "status": "done", "was": "Done" }));
    assert_eq!(
        first["details"],
        json!({ "title": "Fix it", "notes": "a***y", "priority": 3, "due date": "none" })
    );
    assert_eq!(first["context"], json!({ "attempt": 2 }));
    let second = &records[1];
    assert_eq!(second["user"], first["user"], "one pseudonym for one person");
    assert_eq!(second["outcome"], "failure");
    assert!(second.get("after").is_none(), "there is none without success");
    assert!(second["details"].get("notes").is_none(), "there were none");
}

#[test]
fn every_word() {
    #[derive(Debug, serde::Serialize)]
    struct Point {
        x: u8,
    }
    #[audited(
        operation = "WORDS",
        details(
            display = %card,
            debug = ?point,
            json = json(point),
            mask = mask(card),
            hash = hash(card),
            last4 = last4(card),
            redact = redact(card),
            len = len(card),
            unsized_text = mask(card[..8]),
            expression = %card.len() + 1,
        )
    )]
    fn words(card: &str, point: &Point) -> usize {
        card.len() + usize::from(point.x)
    }
    log::start();
    assert_eq!(words("card-of-jane", &Point { x: 1 }), 13);
    let details = &log::audited("WORDS")["details"];
    assert_eq!(details["display"], "card-of-jane");
    assert_eq!(details["debug"], "Point { x: 1 }");
    assert_eq!(details["json"], json!({ "x": 1 }));
    assert_eq!(details["mask"], "c***e");
    assert_eq!(details["hash"].as_str().unwrap().len(), 16);
    assert_eq!(details["last4"], "***jane");
    assert_eq!(details["redact"], "[redacted]");
    assert_eq!(details["len"], 12);
    assert_eq!(details["unsized_text"], "c***-");
    assert_eq!(details["expression"], "13");
}

#[test]
fn every_cleared_type() {
    #[audited(
        operation = "CLEARED",
        details(
            bool = true,
            char = 'c',
            signed = -1_i8,
            unsigned = u64::MAX,
            wide = i128::MIN,
            float = 1.5,
            nan = f64::NAN,
            duration = Duration::from_millis(1500),
            time = std::time::SystemTime::UNIX_EPOCH,
            non_zero = NonZero::<u16>::MIN,
            outcome = Outcome::Denied,
            some = Some(&&1_u8),
            none = None::<u8>,
            boxed = Box::new(1_usize),
        )
    )]
    fn cleared() {}
    log::start();
    cleared();
    let details = &log::audited("CLEARED")["details"];
    assert_eq!(details["bool"], true);
    assert_eq!(details["char"], "c");
    assert_eq!(details["signed"], -1);
    assert_eq!(details["unsigned"], u64::MAX.to_string());
    assert_eq!(details["wide"], i128::MIN.to_string());
    assert_eq!(details["float"], 1.5);
    assert_eq!(details["nan"], "NaN");
    assert_eq!(details["duration"].as_f64(), Some(1500.0));
    assert_eq!(details["time"], "1970-01-01T00:00:00.000000Z");
    assert_eq!(details["non_zero"], 1);
    assert_eq!(details["outcome"], "denied");
    assert_eq!(details["some"], 1);
    assert!(details.get("none").is_none());
    assert_eq!(details["boxed"], 1);
}

#[test]
fn a_secret_is_never_written() {
    #[derive(Debug)]
    struct Login {
        password: Sensitive<&'static str>,
    }
    #[audited(
        operation = "SECRET",
        resource(account = login.password),
        agent = redact(login.password),
        before(account = Some(&login.password)),
        after(account = login.password),
        details(bare = login.password, ?login, last4 = last4(login.password), password = %text),
        context(hash = hash(login.password)),
    )]
    #[timed(operation = "SECRET", context(bare = login.password, ?login))]
    fn secret(login: &Login, text: &str) -> usize {
        login.password.expose().len() + text.len()
    }
    log::start();
    let login = Login { password: Sensitive::new("correct horse") };
    assert_eq!(secret(&login, "hunter2"), 20);
    let record = log::audited("SECRET");
    for text in [record.to_string(), log::timed("SECRET").to_string()] {
        assert!(!text.contains("correct") && !text.contains("hunter2"), "{text}");
    }
    assert_eq!(record["account"], "[redacted]");
    assert_eq!(record["details"]["login"], "Login { password: [redacted] }");
    assert_eq!(record["details"]["last4"], "***orse");
    assert_eq!(record["details"]["password"], "[redacted]", "by its key");
}

#[test]
fn the_error_text_is_written_on_request() {
    #[derive(Debug)]
    struct Locked(u32);
    impl fmt::Display for Locked {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "task {} is locked", self.0)
        }
    }
    type Alias<T> = Result<T, Locked>;
    #[audited(operation = "ERR_DISPLAY", err = %)]
    fn display(n: u32) -> Alias<()> {
        Err(Locked(n))
    }
    #[audited(operation = "ERR_DEBUG", err = ?)]
    async fn debug(n: u32) -> Alias<()> {
        Err(Locked(n))
    }
    log::start();
    assert!(display(7).is_err());
    let mut future = std::pin::pin!(debug(8));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut cx).is_ready());
    assert_eq!(log::audited("ERR_DISPLAY")["error"]["message"], "task 7 is locked");
    assert_eq!(log::audited("ERR_DEBUG")["error"]["message"], "Locked(8)");
}

#[test]
fn who_acts_comes_from_the_call_site_then_from_the_context() {
    #[audited(operation = "WHO", agent = %name)]
    fn who(name: &str) {
        assert!(!name.is_empty());
    }
    log::start();
    with_context(Context::default().agent("context").user("jane").request_id("r-1"), || {
        who("site");
    });
    let record = log::audited("WHO");
    assert_eq!(record["agent"], "site");
    assert_eq!(record["user"], "jane");
    assert_eq!(record["request_id"], "r-1");
}

#[test]
fn after_sees_what_came_back_by_reference() {
    #[audited(operation = "AFTER_OPTION", after(len = ret.len()))]
    fn option(text: Option<String>) -> Option<String> {
        text
    }
    #[audited(operation = "AFTER_PLAIN", after(%ret, "n" = n))]
    fn plain(n: u32) -> String {
        format!("{n}!")
    }
    #[audited(operation = "AFTER_FORMAT", after(text = %format!("{n}/{ret}")))]
    fn format(n: u32) -> u32 {
        n + 1
    }
    log::start();
    assert_eq!(option(Some("abc".to_owned())).as_deref(), Some("abc"));
    assert_eq!((plain(1).as_str(), format(1)), ("1!", 2));
    assert_eq!(log::audited("AFTER_OPTION")["after"]["len"], 3);
    assert_eq!(log::audited("AFTER_PLAIN")["after"], json!({ "ret": "1!", "n": 1 }));
    assert_eq!(log::audited("AFTER_FORMAT")["after"]["text"], "1/2");
}

#[test]
fn before_is_taken_before_the_body() {
    #[audited(operation = "BEFORE", before(total), after(total))]
    fn add(total: &mut u32) {
        *total += 1;
    }
    log::start();
    let mut total = 1;
    add(&mut total);
    let record = log::audited("BEFORE");
    assert_eq!((&record["before"]["total"], &record["after"]["total"]), (&1.into(), &2.into()));
}

#[test]
fn a_value_that_panics_does_not_end_the_call() {
    struct Bomb;
    impl fmt::Display for Bomb {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            std::panic::resume_unwind(Box::new(()))
        }
    }
    #[audited(operation = "BOMB", details(%bomb))]
    fn survive(bomb: &Bomb) -> usize {
        size_of_val(bomb)
    }
    log::start();
    assert_eq!(survive(&Bomb), 0);
    let record = log::audited("BOMB");
    assert_eq!(record["outcome"], "success");
    assert_eq!(record["details"]["bomb"], "[panicked while formatting]");
}
