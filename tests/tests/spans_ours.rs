//! Under the runtime's own subscriber, events say inside which operation they are. In a process of
//! its own: a subscriber is for all of it.

use std::{
    fs,
    pin::pin,
    task::{Context, Poll, Waker},
};

use audit_runtime::audited;
use serde_json::Value;

#[audited(operation = "OUTER")]
fn outer() {
    tracing::info!("outer before");
    inner();
    let _span = tracing::info_span!("step").entered();
    tracing::info!("in a span inside");
    inner();
    tracing::info!("outer after");
}

#[audited(operation = "INNER")]
fn inner() {
    tracing::info!("inner");
}

#[audited(operation = "WAITS")]
async fn waits(name: &'static str) {
    tracing::info!("{name} first");
    let mut waited = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    tracing::info!("{name} second");
}

#[audited(operation = "PANICS")]
fn panics() {
    std::panic::resume_unwind(Box::new(()));
}

#[test]
fn an_event_says_inside_which_operation_it_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("spans")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .init();
    outer();
    let request = tracing::info_span!("request").entered();
    inner();
    tracing::info!("request");
    drop(request);
    let mut task = Context::from_waker(Waker::noop());
    let (mut a, mut b) = (pin!(waits("a")), pin!(waits("b")));
    assert!(a.as_mut().poll(&mut task).is_pending());
    tracing::info!("between");
    assert!(b.as_mut().poll(&mut task).is_pending());
    assert!(a.as_mut().poll(&mut task).is_ready() && b.as_mut().poll(&mut task).is_ready());
    assert!(std::panic::catch_unwind(panics).is_err());
    tracing::info!("end");
    drop(logs);

    let text = fs::read_to_string(dir.path().join("system.log")).expect("a file");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let events: Vec<(String, String)> = lines
        .filter(|line| line["event"] == "log")
        .map(|line| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            (text(&line["message"]), text(&line["span"]["name"]))
        })
        .collect();
    let expected = [
        ("outer before", "OUTER"),
        ("inner", "INNER"),
        ("in a span inside", "step"),
        ("inner", "INNER"),
        ("outer after", "step"),
        ("inner", "INNER"),
        ("request", "request"),
        ("a first", "WAITS"),
        ("between", "-"),
        ("b first", "WAITS"),
        ("a second", "WAITS"),
        ("b second", "WAITS"),
        ("end", "-"),
    ];
    assert_eq!(events, expected.map(|(message, name)| (message.to_owned(), name.to_owned())));
}
