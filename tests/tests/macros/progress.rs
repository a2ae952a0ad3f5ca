//! How far a future came, and in which context and span it is polled.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::{Context as Task, Poll, Waker},
};

use audit_runtime::{Context, audited, record::Category, timed, with_context};

use crate::{futures::drive, log};

/// Waits for that many polls.
async fn wait(mut polls: u32) {
    poll_fn(|_| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        Poll::Pending
    })
    .await;
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Task::from_waker(Waker::noop()))
}

#[test]
fn a_future_says_how_often_it_was_polled_and_how_long() {
    #[audited(operation = "POLLS")]
    async fn audited_wait() {
        wait(2).await;
    }
    #[timed(operation = "POLLS", outcome)]
    async fn timed_wait() {
        wait(4).await;
    }
    #[audited(operation = "NOT_POLLED")]
    fn sync() {}
    log::start();
    drive(audited_wait());
    drive(timed_wait());
    sync();
    let record = log::audited("POLLS");
    assert_eq!(record["polls"], 3);
    let ms = |key: &str| record[key].as_f64().unwrap();
    // Each of the three is cut to microseconds.
    assert!((ms("busy_ms") + ms("idle_ms") - ms("duration_ms")).abs() <= 0.002, "{record}");
    assert_eq!(log::timed("POLLS")["polls"], 5);
    assert!(log::audited("NOT_POLLED").get("polls").is_none());
}

#[test]
fn a_cancelled_future_says_how_far_it_came() {
    #[audited(operation = "CANCELLED_AFTER")]
    async fn cancelled() {
        wait(9).await;
    }
    log::start();
    {
        let mut future = pin!(cancelled());
        for _ in 0..4 {
            assert!(poll(future.as_mut()).is_pending());
        }
    }
    let record = log::audited("CANCELLED_AFTER");
    assert_eq!((&record["outcome"], &record["polls"]), (&"cancelled".into(), &4.into()));
    assert!(record["busy_ms"].is_number());
}

fn user() -> Option<String> {
    Context::current().member("user").map(str::to_owned)
}

#[test]
fn a_future_keeps_the_context_of_its_first_poll_and_gives_it_to_nobody() {
    #[audited(operation = "CONTEXTS", ret(seen = json(ret)))]
    async fn seen() -> [Option<String>; 2] {
        let first = user();
        wait(1).await;
        [first, user()]
    }
    log::start();
    let (mut jane, mut nobody) = (pin!(seen()), pin!(seen()));
    with_context(Context::default().user("jane"), || {
        assert!(poll(jane.as_mut()).is_pending());
    });
    assert_eq!(user(), None);
    assert!(poll(nobody.as_mut()).is_pending());
    // Each goes on in the context of somebody else.
    with_context(Context::default().user("john"), || {
        assert_eq!(poll(nobody.as_mut()), Poll::Ready([None, None]));
        assert_eq!(user().as_deref(), Some("john"));
        let jane_s = Some("jane".to_owned());
        assert_eq!(poll(jane.as_mut()), Poll::Ready([jane_s.clone(), jane_s]));
        assert_eq!(user().as_deref(), Some("john"));
    });
    let records = log::records(Category::Audit, "CONTEXTS");
    assert_eq!(records[0]["user"], "ambient-user");
    assert_eq!(records[1]["user"], "jane");
}

#[test]
fn a_panic_leaves_no_context_behind() {
    #[audited(operation = "CONTEXT_PANIC")]
    async fn fail() {
        wait(0).await;
        std::panic::resume_unwind(Box::new(()));
    }
    log::start();
    let caught = std::panic::catch_unwind(|| {
        let mut future = pin!(fail());
        let jane = Context::default().user("jane");
        let _ = with_context(jane, || poll(future.as_mut()));
    });
    assert!(caught.is_err());
    assert_eq!(user(), None);
    assert_eq!(log::audited("CONTEXT_PANIC")["polls"], 1);
}

/// Not `Copy`: what is copied into the body stays where it was, too.
struct Page([u8; 1024]);

impl Page {
    fn first(&self) -> u8 {
        self.0[0]
    }
}

#[test]
fn a_future_grows_by_little() {
    async fn plain(page: Page, n: u32) -> Result<u8, audit_runtime::AuditError> {
        wait(n).await;
        Ok(page.first())
    }
    #[timed(operation = "SIZE", context(first = page.first()))]
    async fn timed_one(page: Page, n: u32) -> Result<u8, audit_runtime::AuditError> {
        wait(n).await;
        Ok(page.first())
    }
    #[audited(operation = "SIZE", required, details(n, more = n + 1), ok(first = *ret), err = %)]
    async fn audited_one(page: Page, n: u32) -> Result<u8, audit_runtime::AuditError> {
        wait(n).await;
        Ok(page.first())
    }
    let page = || Page([0; 1024]);
    let size = size_of_val(&plain(page(), 1));
    let timed = size_of_val(&timed_one(page(), 1));
    let audited = size_of_val(&audited_one(page(), 1));
    assert!(timed <= size + 8, "{timed} is more than {size} and a pointer");
    assert!(audited <= size + 80, "{audited} is more than {size} + 80");
}
