//! `Timing::Summary`: calls are counted, and told by summaries.
//!
//! Tests run at once, and whoever asks for summaries gets those of all: each test has operations
//! of its own and adds up what was told of them.

use std::{
    cell::Cell,
    panic,
    path::PathBuf,
    pin::pin,
    sync::LazyLock,
    task::{Context, Poll, Waker},
    thread,
};

use audit_runtime::{__private as hooks, Category, ConsoleTarget, Logs, Timing, timed};
use audit_tests::{log_lines, timed_site};
use serde_json::Value;
use tempfile::TempDir;

static LOG: LazyLock<(TempDir, Logs)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("summaries")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .console(ConsoleTarget::Off)
        .timing(Timing::Summary)
        .summary_every(None)
        .init();
    (dir, logs)
});

fn start() {
    LazyLock::force(&LOG);
}

fn file() -> PathBuf {
    LOG.1.file(Category::Performance).expect("a file")
}

/// The lines in which that member has that value, after all that was counted is told.
fn told(key: &str, value: &str) -> Vec<Value> {
    audit_runtime::flush_summaries();
    log_lines(&file()).into_iter().filter(|line| line[key] == value).collect()
}

fn sum(lines: &[Value], key: &str) -> u64 {
    lines.iter().map(|line| line[key].as_u64().expect(key)).sum()
}

#[test]
fn a_summary_has_count_and_percentiles_and_no_call_has_a_line() {
    #[timed(operation = "PLAIN", slow = "1ns")]
    fn plain() {}
    start();
    for _ in 0..100 {
        plain();
    }
    let lines = told("operation", "PLAIN");
    assert_eq!(sum(&lines, "count"), 100);
    assert_eq!(sum(&lines, "errors"), 0);
    for line in &lines {
        assert_eq!(line["event"], "summary");
        assert_eq!((&line["level"], &line["category"]), (&"INFO".into(), &"performance".into()));
        assert_eq!(line["function"], "plain");
        assert!(line.get("duration_ms").is_none() && line.get("sample").is_none());
        let names = ["min", "p50", "p90", "p99", "p999", "max"];
        let values = names.map(|name| line[name].as_f64().expect(name));
        assert!(values.is_sorted(), "{line}");
        let mean = line["mean"].as_f64().expect("mean");
        assert!(values[0] <= mean && mean <= values[5], "{line}");
        assert!(line["window_start"].as_str() <= line["window_end"].as_str(), "{line}");
        assert_eq!(line["window_end"], line["timestamp"]);
    }
}

#[test]
fn members_stand_in_the_order_of_the_format() {
    #[timed(operation = "ORDER")]
    fn order() {}
    start();
    order();
    audit_runtime::flush_summaries();
    let text = std::fs::read_to_string(file()).expect("the file");
    let line = text.lines().find(|line| line.contains("\"ORDER\"")).expect("a summary");
    let members = [
        "operation",
        "count",
        "min",
        "p50",
        "p90",
        "p99",
        "p999",
        "max",
        "mean",
        "errors",
        "window_start",
        "window_end",
        "host",
    ];
    let places = members.map(|name| line.find(&format!("\"{name}\":")).expect(name));
    assert!(places.is_sorted(), "{line}");
}

#[test]
fn failures_are_counted_where_the_outcome_is_known() {
    #[timed(operation = "OUTCOME", outcome)]
    fn outcome(n: u32) -> Result<(), ()> {
        assert!(n < 10, "too many");
        if n.is_multiple_of(2) { Ok(()) } else { Err(()) }
    }
    #[timed(operation = "UNKNOWN")]
    fn unknown(n: u32) -> Result<(), ()> {
        outcome(n)
    }
    start();
    for n in 0..10 {
        assert_eq!(unknown(n).is_ok(), n % 2 == 0);
    }
    let panicked = panic::catch_unwind(|| unknown(10));
    assert!(panicked.is_err());
    let lines = told("operation", "OUTCOME");
    assert_eq!((sum(&lines, "count"), sum(&lines, "errors")), (11, 6));
    let lines = told("operation", "UNKNOWN");
    assert_eq!((sum(&lines, "count"), sum(&lines, "errors")), (11, 1), "a panic is always known");
}

#[test]
fn a_future_is_one_call_whether_it_ends_or_is_dropped() {
    #[timed(operation = "FUTURE", outcome)]
    async fn future(polls: u32) -> Result<(), ()> {
        let mut left = polls;
        std::future::poll_fn(|_| {
            left = left.saturating_sub(1);
            if left == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Err(())
    }
    start();
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut ended = pin!(future(2));
        assert!(ended.as_mut().poll(&mut context).is_pending());
        assert_eq!(ended.as_mut().poll(&mut context), Poll::Ready(Err(())));
        let mut dropped = pin!(future(2));
        assert!(dropped.as_mut().poll(&mut context).is_pending());
    }
    let lines = told("operation", "FUTURE");
    assert_eq!((sum(&lines, "count"), sum(&lines, "errors")), (2, 1), "to be dropped is no error");
}

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

#[test]
fn fields_are_not_evaluated() {
    fn evaluated() -> u32 {
        EVALUATED.set(EVALUATED.get() + 1);
        EVALUATED.get()
    }
    #[timed(operation = "FIELDS", slow = "1ns", outcome, context(n = evaluated()))]
    fn fields() -> Option<u32> {
        None
    }
    start();
    assert_eq!(fields(), None);
    let lines = told("operation", "FIELDS");
    assert_eq!((sum(&lines, "count"), sum(&lines, "errors")), (1, 0));
    assert_eq!(EVALUATED.get(), 0);
}

#[test]
fn the_calls_of_all_threads_are_in_the_summaries() {
    #[timed(operation = "THREADS")]
    fn work() {}
    start();
    let threads: Vec<_> =
        (0..8).map(|_| thread::spawn(|| (0..1_000).for_each(|_| work()))).collect();
    // In the middle of their work, and when it is done.
    audit_runtime::flush_summaries();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    assert_eq!(sum(&told("operation", "THREADS"), "count"), 8_000);
}

#[test]
fn a_timer_is_an_operation_by_name() {
    start();
    for n in 0..10 {
        let timer = audit_runtime::timer("IMPORT");
        if n % 5 == 0 {
            timer.fail();
        }
    }
    let lines = told("operation", "IMPORT");
    assert_eq!((sum(&lines, "count"), sum(&lines, "errors")), (10, 2));
    assert_eq!(lines[0]["component"], "timer");
}

#[test]
fn a_sampled_site_tells_of_one_call_in_so_many() {
    static SITE: hooks::Site = timed_site("SAMPLED").sampled(4);
    start();
    for _ in 0..4_000 {
        drop(hooks::Timed::enter(&SITE, hooks::Level::Info));
    }
    let lines = told("operation", "SAMPLED");
    // 1,000 are expected; seven standard deviations to either side.
    let counted = sum(&lines, "count");
    assert!((808..=1_192).contains(&counted), "{counted}");
    assert!(lines.iter().all(|line| line["sample"] == 4));
}

#[test]
fn a_cache_tells_hits_and_misses() {
    start();
    let tasks = audit_runtime::cache("tasks");
    tasks.miss();
    audit_runtime::cache("tasks").hit();
    tasks.hit();
    let lines = told("cache", "tasks");
    assert_eq!((sum(&lines, "hits"), sum(&lines, "misses")), (2, 1));
    for line in &lines {
        let (hits, misses) = (line["hits"].as_f64().unwrap(), line["misses"].as_f64().unwrap());
        let ratio = line["ratio"].as_f64().expect("ratio");
        assert!((ratio - hits / (hits + misses)).abs() < 1e-4, "{line}");
        assert_eq!((&line["event"], &line["level"]), (&"cache".into(), &"INFO".into()));
        assert!(line["window_start"].as_str() <= line["window_end"].as_str());
    }
    let told_once = lines.len();
    assert_eq!(told("cache", "tasks").len(), told_once, "no line without a question");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_told_once_it_is_wanted() {
    start();
    assert!(told("event", "memory").is_empty());
    audit_runtime::memory();
    let lines = told("event", "memory");
    assert!(!lines.is_empty());
    // A test process takes more than a page and less than all.
    assert!(
        lines.iter().all(|line| (4_096..1 << 40).contains(&line["rss_bytes"].as_u64().unwrap()))
    );
}
