//! Counting from many threads, and what is left of them when they end.

use std::{cell::Cell, thread};

use super::{Slot, entry::Entry, slot};
use crate::{
    clock::Timestamp,
    record::{Callsite, Category, Level},
};

const fn site(operation: &'static str) -> Callsite {
    Callsite {
        category: Category::Performance,
        level: Level::Info,
        event: "timing",
        operation,
        component: "tests",
        ..Callsite::BLANK
    }
}

fn entry(operation: &str) -> &'static Entry {
    let mut all = slot::entries().into_iter().filter(|entry| entry.site.operation == operation);
    let entry = all.next().expect("it has counted a call");
    assert!(all.next().is_none(), "{operation} is registered once");
    entry
}

fn joined(threads: impl Iterator<Item = thread::JoinHandle<()>>) {
    threads.for_each(|thread| thread.join().expect("no thread panics"));
}

#[test]
fn threads_that_end_leave_their_counts_and_no_memory() {
    static SITE: Callsite = site("SHORT_LIVED");
    static SLOT: Slot = Slot::new();
    for batch in 0..100 {
        let threads: Vec<_> = (0..100)
            .map(|n| thread::spawn(move || SLOT.record(&SITE, 1, batch * 100 + n + 1, n == 0)))
            .collect();
        joined(threads.into_iter());
        assert_eq!(entry("SHORT_LIVED").threads(), 0);
    }
    let calls = entry("SHORT_LIVED").collect(Timestamp(0)).expect("calls").calls;
    assert_eq!((calls.count(), calls.errors()), (10_000, 100));
    assert_eq!(calls.sum(), 10_000 * 10_001 / 2);
    assert_eq!((calls.min(), calls.max()), (Some(1), Some(10_000)));
}

#[test]
fn readings_meanwhile_lose_nothing_and_tell_nothing_twice() {
    static SITE: Callsite = site("BUSY");
    static SLOT: Slot = Slot::new();
    const THREADS: u64 = 4;
    const CALLS: u64 = 20_000;
    let threads: Vec<_> = (0..THREADS)
        .map(|_| thread::spawn(|| (1..=CALLS).for_each(|n| SLOT.record(&SITE, 1, n, n % 2 == 0))))
        .collect();
    let (mut count, mut sum, mut errors) = (0, 0, 0);
    let mut take = |entry: &Entry| {
        if let Some(window) = entry.collect(Timestamp(0)) {
            let calls = window.calls;
            assert!(calls.max().is_some_and(|max| max <= CALLS + CALLS / 32));
            count += calls.count();
            sum += calls.sum();
            errors += calls.errors();
        }
    };
    while threads.iter().any(|thread| !thread.is_finished()) {
        slot::entries().iter().filter(|e| e.site.operation == "BUSY").for_each(|e| take(e));
    }
    joined(threads.into_iter());
    take(entry("BUSY"));
    assert_eq!((count, errors), (THREADS * CALLS, THREADS * CALLS / 2));
    assert_eq!(sum, u128::from(THREADS * CALLS * (CALLS + 1) / 2));
}

#[test]
fn a_window_is_what_came_since_the_one_before() {
    static SITE: Callsite = site("WINDOWS");
    static SLOT: Slot = Slot::new();
    SLOT.record(&SITE, 8, 1_000_000, true);
    SLOT.record(&SITE, 8, 10, false);
    let entry = entry("WINDOWS");
    assert_eq!(entry.sample, 8);
    let first = entry.collect(Timestamp(5)).expect("calls");
    assert_eq!(first.start, Timestamp(5), "made after the time that ends it");
    assert_eq!((first.calls.min(), first.calls.max()), (Some(10), Some(1_000_000)));
    assert!(entry.collect(Timestamp(7)).is_none());
    SLOT.record(&SITE, 8, 500, false);
    let second = entry.collect(Timestamp(9)).expect("calls");
    assert_eq!(second.start, Timestamp(7));
    assert_eq!((second.calls.count(), second.calls.errors()), (1, 0));
    assert_eq!((second.calls.min(), second.calls.max()), (Some(500), Some(500)));
}

#[test]
fn a_call_of_a_thread_that_is_ending_is_counted() {
    static SITE: Callsite = site("ENDING");
    static SLOT: Slot = Slot::new();
    struct Last(Cell<u64>);
    impl Drop for Last {
        fn drop(&mut self) {
            SLOT.record(&SITE, 1, self.0.get(), false);
        }
    }
    thread_local! {
        static LAST: Last = const { Last(Cell::new(0)) };
    }
    let run = || {
        // Made first, it ends after the table of cells.
        LAST.with(|last| last.0.set(7));
        SLOT.record(&SITE, 1, 3, false);
    };
    joined([thread::spawn(run)].into_iter());
    let entry = entry("ENDING");
    let calls = entry.collect(Timestamp(0)).expect("calls").calls;
    assert_eq!((calls.count(), calls.min(), calls.max()), (2, Some(3), Some(7)));
    assert_eq!(entry.threads(), 0);
}
