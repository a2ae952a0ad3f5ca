//! When arguments and variables are dropped.
//!
//! `#[timed]` leaves the body where it is, and so the order. Under `#[audited]` the body is in a
//! closure or in an async block that owns what it uses: these arguments go with it, and those it
//! does not use go last.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

thread_local! {
    static DROPPED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Tells its name when it is dropped.
struct Loud(char);

impl Loud {
    fn look(&self) {
        std::hint::black_box(self.0);
    }
}

impl Drop for Loud {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

/// The names of what was dropped since.
fn dropped() -> String {
    DROPPED.take()
}

/// Waits once.
async fn pause() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Polls so often, then drops; `!` in what was dropped parts the two.
fn poll(future: impl Future<Output = ()>, times: usize) -> String {
    {
        let mut future = pin!(future);
        for _ in 0..times {
            let _ready = future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        }
        DROPPED.with_borrow_mut(|dropped| dropped.push('!'));
    }
    dropped()
}

/// What functions of its name hand their calls on to.
fn handed_on(leave: bool) -> Option<()> {
    (!leave).then_some(())
}

/// The same functions, each with these attributes.
macro_rules! twin {
    ($name:ident, $(#[$attribute:meta])*) => {
        mod $name {
            use super::{Loud, pause};

            $(#[$attribute])*
            pub(super) fn of_all(a: Loud, b: Loud, _: Loud, d: Loud) {
                let x = Loud('x');
                let _y = Loud('y');
                let _ = Loud('z');
                d.look();
                drop(b);
                a.look();
                x.look();
            }

            $(#[$attribute])*
            pub(super) fn unused(a: Loud, _b: Loud, _: Loud, (d, _): (Loud, Loud)) {
                a.look();
                d.look();
            }

            $(#[$attribute])*
            pub(super) fn early(a: Loud, b: Loud, leave: bool) -> Option<()> {
                let x = Loud('x');
                if leave {
                    drop(a);
                    return None;
                }
                x.look();
                b.look();
                Some(())
            }

            $(#[$attribute])*
            pub(super) fn panics(a: Loud, _b: Loud) {
                let _x = Loud('x');
                a.look();
                std::panic::resume_unwind(Box::new(()));
            }

            $(#[$attribute])*
            pub(super) fn temporaries(a: Loud) -> char {
                let _x = Loud('x');
                match (Loud('t'), &a) {
                    (t, a) => if t.0 > a.0 { Loud('u') } else { Loud('v') }.0,
                }
            }

            $(#[$attribute])*
            pub(super) fn handed_on(a: Loud, _b: Loud, c: Loud, leave: bool) -> Option<()> {
                let x = Loud('x');
                let () = super::handed_on(leave)?;
                a.look();
                let _y = Loud('y');
                drop(c);
                x.look();
                return Some(());
            }

            impl Loud {
                $(#[$attribute])*
                pub(super) fn $name(self, _b: Loud) {
                    let _x = Loud('x');
                    self.look();
                }
            }

            $(#[$attribute])*
            pub(super) async fn waits(a: Loud, _b: Loud, _: Loud, d: Loud) {
                let x = Loud('x');
                d.look();
                pause().await;
                let _y = Loud('y');
                drop(a);
                x.look();
            }
        }
    };
}

twin!(plain,);
twin!(under_timed, #[audit_runtime::timed]);
twin!(under_timed_twice, #[audit_runtime::timed] #[audit_runtime::timed]);
twin!(under_audited, #[audit_runtime::audited]);

/// What is dropped by each function of a twin.
macro_rules! orders {
    ($name:ident) => {{
        let [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(|name| move || Loud(name));
        let mut orders = Vec::new();
        $name::of_all(a(), b(), c(), d());
        orders.push(("of_all", dropped()));
        $name::unused(a(), b(), c(), (d(), e()));
        orders.push(("unused", dropped()));
        for leave in [true, false] {
            let _done = $name::early(a(), b(), leave);
            orders.push(("early", dropped()));
            let _done = $name::handed_on(a(), b(), c(), leave);
            orders.push(("handed_on", dropped()));
        }
        assert!(std::panic::catch_unwind(|| $name::panics(Loud('a'), Loud('b'))).is_err());
        orders.push(("panics", dropped()));
        $name::temporaries(a());
        orders.push(("temporaries", dropped()));
        a().$name(b());
        orders.push(("receiver", dropped()));
        for times in 0..3 {
            orders.push(("waits", poll($name::waits(a(), b(), c(), d()), times)));
        }
        orders
    }};
}

#[test]
fn timed_changes_nothing() {
    let plain = orders!(plain);
    assert_eq!(plain[0], ("of_all", "zbyxdca".to_owned()), "the order of the language");
    assert_eq!(orders!(under_timed), plain);
    assert_eq!(orders!(under_timed_twice), plain);
}

#[test]
fn audited_drops_what_the_body_does_not_use_last() {
    let (plain, audited) = (orders!(plain), orders!(under_audited));
    let differ: Vec<(&str, &str, &str)> = plain
        .iter()
        .zip(&audited)
        .filter(|(plain, audited)| plain != audited)
        .map(|((name, plain), (_, audited))| (*name, plain.as_str(), audited.as_str()))
        .collect();
    let expected = [
        // `_` arguments are used by nobody.
        ("of_all", "zbyxdca", "zbyxdac"),
        // `(d, _)` is the part `d`; the rest of the tuple stays behind.
        ("unused", "decba", "adecb"),
        ("early", "xba", "xab"),
        ("panics", "xba", "xab"),
        ("receiver", "xba", "xab"),
        // Dropped while it waits.
        ("waits", "!xdcba", "!xdacb"),
    ];
    assert_eq!(differ, expected);
}
