//! Async functions, and functions that return a future: the future is watched, not its making.

#![expect(
    clippy::unused_async,
    clippy::manual_async_fn,
    reason = "forms that people write, for better or worse"
)]

use std::{
    cell::Cell,
    fmt::Debug,
    future::Future,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, Waker},
};

use audit_runtime::{audited, record::Category, timed};

use crate::log;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[derive(Debug, PartialEq)]
struct E;

/// Polls a future until it is ready, and says how often that was.
pub(crate) fn drive<F: Future>(future: F) -> (F::Output, u32) {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for polls in 1.. {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return (value, polls);
        }
    }
    unreachable!("every future of these tests ends")
}

/// Waits for one poll.
async fn tick() {
    let mut polled = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

fn spawnable<T: Send>(future: T) -> T {
    future
}

#[test]
fn async_functions_keep_their_coercions() {
    #[audited(operation = "ASYNC_DYN")]
    async fn nested(first: bool) -> Result<Pin<Box<dyn Future<Output = u32> + Send>>, E> {
        if first {
            return Ok(Box::pin(async { 2 }));
        }
        Ok(Box::pin(async { 1 }))
    }
    #[audited(operation = "ASYNC_ARC")]
    async fn shared() -> Result<Arc<dyn Debug + Send + Sync>, E> {
        Ok(Arc::new(2_u16))
    }
    #[audited(operation = "ASYNC_OPTION")]
    async fn optional(some: bool) -> Option<Box<dyn Debug + Send>> {
        tick().await;
        if some { Some(Box::new(2_u16)) } else { None }
    }
    log::start();
    assert_eq!(drive(async { nested(true).await.unwrap().await }).0, 2);
    assert_eq!(format!("{:?}", drive(shared()).0.unwrap()), "2");
    assert_eq!(drive(optional(false)).1, 2);
    assert_eq!(log::audited("ASYNC_DYN")["outcome"], "success");
    assert_eq!(log::audited("ASYNC_ARC")["outcome"], "success");
    assert_eq!(log::audited("ASYNC_OPTION")["outcome"], "none");
}

#[test]
fn a_future_can_be_sent_when_its_arguments_can() {
    #[audited(operation = "NOT_SYNC", details(value = a.get()), after(ret))]
    async fn not_sync(a: Cell<u32>) -> Result<u32, E> {
        tick().await;
        Ok(a.get())
    }
    #[timed(operation = "NOT_SYNC_TIMED", context(value = a.get()))]
    async fn not_sync_timed(a: Cell<u32>) -> u32 {
        tick().await;
        a.get()
    }
    #[audited(operation = "NOT_SEND")]
    async fn not_send(a: Rc<u32>) -> u32 {
        tick().await;
        *a
    }
    log::start();
    assert_eq!(drive(spawnable(not_sync(Cell::new(1)))).0, Ok(1));
    assert_eq!(drive(spawnable(not_sync_timed(Cell::new(1)))).0, 1);
    assert_eq!(drive(not_send(Rc::new(1))).0, 1);
    assert_eq!(log::audited("NOT_SYNC")["details"]["value"], 1);
    assert_eq!(log::timed("NOT_SYNC_TIMED")["context"]["value"], 1);
    log::audited("NOT_SEND");
}

#[test]
fn a_future_that_is_never_polled_did_nothing() {
    #[audited(operation = "UNPOLLED")]
    async fn unpolled() {}
    #[timed(operation = "UNPOLLED")]
    async fn unpolled_timed() {}
    log::start();
    drop(unpolled());
    drop(unpolled_timed());
    assert!(log::records(Category::Audit, "UNPOLLED").is_empty());
    assert!(log::records(Category::Performance, "UNPOLLED").is_empty());
}

#[test]
fn a_panic_between_polls_of_others_is_not_taken_for_ones_own() {
    #[audited(operation = "OTHERS_PANIC")]
    async fn waiting() {
        std::future::pending::<()>().await;
    }
    #[audited(operation = "OWN_PANIC")]
    async fn panicking() {
        tick().await;
        std::panic::resume_unwind(Box::new(()));
    }
    log::start();
    let caught = std::panic::catch_unwind(|| {
        let mut future = Box::pin(waiting());
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        // It is dropped while this unwinds.
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(caught.is_err());
    assert!(std::panic::catch_unwind(|| drive(panicking())).is_err());
    assert_eq!(log::audited("OTHERS_PANIC")["outcome"], "cancelled");
    assert_eq!(log::audited("OWN_PANIC")["outcome"], "panicked");
}

#[test]
fn a_timed_future_that_panics_says_so() {
    #[timed(operation = "TIMED_PANIC")]
    async fn panicking() {
        tick().await;
        std::panic::resume_unwind(Box::new(()));
    }
    log::start();
    assert!(std::panic::catch_unwind(|| drive(panicking())).is_err());
    assert_eq!(log::timed("TIMED_PANIC")["outcome"], "panicked");
}

static MADE: AtomicU32 = AtomicU32::new(0);

struct Store {
    total: u32,
}

impl Store {
    /// What `#[async_trait]` makes of `async fn load(&self, key: K) -> Result<K, E>`.
    #[audited(operation = "ASYNC_TRAIT", details(total = self.total), after(%ret))]
    fn load<'life, 'async_trait, K>(
        &'life self,
        key: K,
    ) -> Pin<Box<dyn Future<Output = Result<K, E>> + Send + 'async_trait>>
    where
        'life: 'async_trait,
        K: std::fmt::Display + Send + Sync + 'async_trait,
        Self: 'async_trait,
    {
        MADE.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let __self = self;
            let key = key;
            tick().await;
            if __self.total == 0 {
                return Err(E);
            }
            Ok(key)
        })
    }

    #[timed(operation = "ASYNC_TRAIT_TIMED")]
    fn count(&self) -> BoxFuture<'_, u32> {
        Box::pin(async move {
            tick().await;
            self.total
        })
    }

    #[audited(operation = "MUTABLE", after(total = self.total))]
    async fn add(&mut self, more: u32) -> u32 {
        tick().await;
        self.total += more;
        more
    }
}

#[test]
fn a_boxed_future_is_watched_and_its_making_is_not() {
    log::start();
    let store = Store { total: 1 };
    let future = spawnable(store.load("key"));
    assert_eq!(MADE.load(Ordering::Relaxed), 1);
    assert!(log::records(Category::Audit, "ASYNC_TRAIT").is_empty(), "nothing was done yet");
    assert_eq!(drive(future), (Ok("key"), 2));
    let record = log::audited("ASYNC_TRAIT");
    assert_eq!(record["outcome"], "success");
    assert_eq!(record["details"]["total"], 1);
    assert_eq!(record["after"]["ret"], "key");
    assert_eq!(drive(Store { total: 0 }.load("key")).0, Err(E));
    assert_eq!(log::records(Category::Audit, "ASYNC_TRAIT")[1]["outcome"], "failure");
    assert_eq!(drive(store.count()), (1, 2));
    log::timed("ASYNC_TRAIT_TIMED");
}

#[test]
fn the_duration_of_a_future_is_from_its_first_poll_to_its_end() {
    /// Ready when the clock has moved on by a millisecond; polled until then.
    #[audited(operation = "LONG")]
    fn audited_wait(polls: Rc<Cell<u32>>) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async move { later(&polls).await })
    }
    #[timed(operation = "LONG")]
    async fn timed_wait(polls: Rc<Cell<u32>>) {
        later(&polls).await;
    }
    async fn later(polls: &Cell<u32>) {
        let start = std::time::Instant::now();
        std::future::poll_fn(|_| {
            polls.set(polls.get() + 1);
            let done = polls.get() > 100 && start.elapsed().as_micros() > 1_000;
            if done { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    log::start();
    let polls = Rc::new(Cell::new(0));
    let ((), polled) = drive(audited_wait(Rc::clone(&polls)));
    assert_eq!(polled, polls.take());
    drive(timed_wait(Rc::clone(&polls)));
    assert!(polls.get() > 100);
    assert!(log::audited("LONG")["duration_ms"].as_f64().unwrap() >= 1.0);
    assert!(log::timed("LONG")["duration_ms"].as_f64().unwrap() >= 1.0);
}

trait FutureExt: Future + Sized + Send {
    fn boxed<'a>(self) -> BoxFuture<'a, Self::Output>
    where
        Self: 'a,
    {
        Box::pin(self)
    }
}

impl<F: Future + Send> FutureExt for F {}

#[test]
fn what_a_block_leaves_open_is_known_by_the_signature() {
    type Parsed = Result<u32, Box<dyn std::error::Error + Send + Sync>>;
    #[audited(operation = "OPEN_ERROR", err = %)]
    fn opaque(text: &str) -> impl Future<Output = Parsed> + Send + '_ {
        async move { Ok(text.parse::<u32>()?) }
    }
    log::start();
    assert!(drive(opaque("x")).0.is_err());
    assert_eq!(log::audited("OPEN_ERROR")["error"]["message"], "invalid digit found in string");
}

#[test]
fn every_form_of_a_future_at_the_end() {
    #[audited(operation = "STATEMENTS_FIRST", details(b = %"literal"))]
    fn statements(a: u32) -> Pin<Box<dyn Future<Output = u32>>> {
        let b = a + 1;
        Box::pin(async move { b })
    }
    #[audited(operation = "IMPL_FUTURE")]
    fn opaque(a: &str) -> impl Future<Output = usize> + Send + '_ {
        async move { a.len() }
    }
    #[audited(operation = "BOXED_METHOD")]
    fn method(a: u32) -> BoxFuture<'static, u32> {
        async move { a }.boxed()
    }
    #[timed(operation = "NOT_MOVE")]
    fn not_move() -> impl Future<Output = u32> {
        async { 1 }
    }
    #[audited(operation = "NEVER_FUTURE")]
    fn never() -> impl Future<Output = ()> {
        async { std::future::pending::<()>().await }
    }
    log::start();
    assert_eq!(drive(statements(1)).0, 2);
    assert_eq!(drive(opaque("abc")).0, 3);
    assert_eq!(drive(method(4)).0, 4);
    assert_eq!(drive(not_move()).0, 1);
    for operation in ["STATEMENTS_FIRST", "IMPL_FUTURE", "BOXED_METHOD"] {
        assert_eq!(log::audited(operation)["outcome"], "success", "{operation}");
    }
    log::timed("NOT_MOVE");
    {
        let mut future = pin!(never());
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(log::audited("NEVER_FUTURE")["outcome"], "cancelled");
}

#[test]
fn a_parameter_that_after_uses_is_left_to_it() {
    log::start();
    let mut store = Store { total: 1 };
    assert_eq!(drive(store.add(2)).0, 2);
    assert_eq!(log::audited("MUTABLE")["after"]["total"], 3);
}

#[test]
fn async_recursion_and_async_closures() {
    #[audited(operation = "ASYNC_RECURSION")]
    async fn recursion(n: u32) -> u32 {
        if n == 0 {
            return 0;
        }
        Box::pin(recursion(n - 1)).await + 1
    }
    #[audited(operation = "ASYNC_CLOSURE")]
    async fn closure(a: u32) -> u32 {
        let c = async |x: u32| x + a;
        c(1).await
    }
    log::start();
    assert_eq!(drive(recursion(2)).0, 2);
    assert_eq!(drive(closure(1)).0, 2);
    assert_eq!(log::records(Category::Audit, "ASYNC_RECURSION").len(), 3);
    log::audited("ASYNC_CLOSURE");
}

#[test]
fn an_async_function_that_never_returns() {
    #[audited(operation = "ASYNC_NEVER")]
    async fn never() -> ! {
        loop {
            tick().await;
        }
    }
    log::start();
    {
        let mut future = pin!(never());
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(log::audited("ASYNC_NEVER")["outcome"], "cancelled");
}

trait Load {
    fn load(&self) -> impl Future<Output = u32> + Send;

    #[audited(operation = "ASYNC_DEFAULT")]
    async fn twice(&self) -> u32 {
        self.load().await * 2
    }
}

impl Load for u32 {
    #[audited(operation = "ASYNC_IN_TRAIT")]
    async fn load(&self) -> u32 {
        tick().await;
        *self
    }
}

#[test]
fn async_functions_in_traits() {
    log::start();
    assert_eq!(drive(3.twice()).0, 6);
    log::audited("ASYNC_DEFAULT");
    log::audited("ASYNC_IN_TRAIT");
}

#[test]
fn a_field_can_wait() {
    #[audited(operation = "AWAITED", before(n = value(1).await), after(m = value(*ret).await))]
    async fn awaited() -> u32 {
        2
    }
    async fn value(n: u32) -> u32 {
        tick().await;
        n
    }
    log::start();
    assert_eq!(drive(spawnable(awaited())).0, 2);
    let record = log::audited("AWAITED");
    assert_eq!((&record["before"]["n"], &record["after"]["m"]), (&1.into(), &2.into()));
}
