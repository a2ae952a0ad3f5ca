//! Under a subscriber of the program's own, an operation is a `tracing` span that is entered at
//! each poll. In a process of its own: a subscriber is for all of it.

use std::{
    fs,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context as Task, Poll, Waker},
};

use audit_runtime::{audited, timed};
use tracing::{Id, Subscriber, span::Attributes};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// Writes down what becomes of spans.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn add(&self, what: &str, name: &str) {
        self.0.lock().expect("not poisoned").push(format!("{what} {name}"));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

fn name<S: Subscriber + for<'a> LookupSpan<'a>>(id: &Id, context: &Context<'_, S>) -> &'static str {
    context.span(id).expect("a span").name()
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Seen {
    fn on_new_span(&self, attributes: &Attributes<'_>, _id: &Id, _context: Context<'_, S>) {
        let metadata = attributes.metadata();
        assert_eq!((metadata.target(), metadata.fields().len()), ("spans_others", 0));
        self.add("new", metadata.name());
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        self.add("enter", name(id, &context));
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        self.add("exit", name(id, &context));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.add("close", name(&id, &context));
    }
}

#[audited(operation = "SYNC")]
fn sync() {
    tracing::info!("inside");
}

#[audited(operation = "ASYNC")]
async fn waits() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[audited(operation = "DETAIL", level = "trace")]
fn detail() {}

#[timed(outcome)]
fn timed_only() {}

#[test]
fn a_layer_of_the_program_sees_a_span_for_each_call() {
    let dir = tempfile::tempdir().expect("a directory");
    let seen = Seen::default();
    let filter = tracing_subscriber::filter::LevelFilter::INFO;
    let subscriber =
        tracing_subscriber::registry().with(seen.clone()).with(audit_runtime::layer()).with(filter);
    tracing::subscriber::set_global_default(subscriber).expect("the first");
    let logs = audit_runtime::builder("spans")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .without_subscriber()
        .init();
    sync();
    sync();
    let once = ["new SYNC", "enter SYNC", "exit SYNC", "close SYNC"];
    assert_eq!(seen.take(), [once, once].concat());
    {
        let mut task = Task::from_waker(Waker::noop());
        let mut future = pin!(waits());
        assert!(future.as_mut().poll(&mut task).is_pending());
        assert_eq!(seen.take(), ["new ASYNC", "enter ASYNC", "exit ASYNC"]);
        assert!(future.as_mut().poll(&mut task).is_ready());
    }
    assert_eq!(seen.take(), ["enter ASYNC", "exit ASYNC", "close ASYNC"]);
    detail();
    timed_only();
    assert!(seen.take().is_empty(), "nobody wants the one, and the other is no operation");
    drop(logs);
    let text = fs::read_to_string(dir.path().join("system.log")).expect("a file");
    assert_eq!(text.matches(r#""span":{"name":"SYNC"}"#).count(), 2, "{text}");
}
