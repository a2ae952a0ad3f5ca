//! Other people's attributes and crates: `async-trait`, `#[instrument]`, edition 2021.

use std::{
    future::poll_fn,
    process::Command,
    task::Poll,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use audit_runtime::{audited, record::Category, timed};
use tracing::instrument;

use crate::{futures::drive, log};

/// Pending until the clock has moved on by 20 ms.
async fn twenty_milliseconds() {
    let start = Instant::now();
    poll_fn(|_| {
        let done = start.elapsed() >= Duration::from_millis(20);
        if done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[async_trait]
trait Store {
    async fn load(&self, key: &str) -> Result<usize, String>;

    #[timed(operation = "ASYNC_TRAIT_DEFAULT")]
    async fn twice(&self, key: &str) -> usize {
        self.load(key).await.unwrap_or_default() * 2
    }

    #[audited(operation = "ASYNC_TRAIT_TODO")]
    async fn later(&self) -> u32 {
        std::panic::resume_unwind(Box::new(()))
    }

    async fn keep<K: Send + 'static>(&mut self, key: K) -> Option<K>
    where
        Self: Sized;
}

struct Memory(usize);

#[async_trait]
impl Store for Memory {
    #[audited(operation = "REAL_ASYNC_TRAIT", details(%key, size = self.0), ok(n = *ret), err = %)]
    #[timed(operation = "REAL_ASYNC_TRAIT")]
    async fn load(&self, key: &str) -> Result<usize, String> {
        twenty_milliseconds().await;
        if key.is_empty() {
            return Err("no key".to_owned());
        }
        Ok(key.len() + self.0)
    }

    #[audited(operation = "ASYNC_TRAIT_GENERIC", change(size = self.0))]
    async fn keep<K: Send + 'static>(&mut self, key: K) -> Option<K>
    where
        Self: Sized,
    {
        self.0 += 1;
        std::future::ready(Some(key)).await
    }
}

#[test]
fn a_method_of_async_trait_is_timed_to_its_end() {
    log::start();
    let mut memory = Memory(1);
    let store: &dyn StoreObject = &memory;
    assert_eq!(drive(store.loaded("abc")).0, Ok(4));
    assert_eq!(drive(memory.twice("")).0, 0);
    assert_eq!(drive(memory.keep("k")).0, Some("k"));
    assert!(std::panic::catch_unwind(|| drive(Memory(0).later())).is_err());
    let records = log::records(Category::Audit, "REAL_ASYNC_TRAIT");
    for record in records.iter().chain(&log::records(Category::Performance, "REAL_ASYNC_TRAIT")) {
        assert!(record["duration_ms"].as_f64().unwrap() >= 20.0, "{record}");
    }
    assert_eq!(records[0]["details"], serde_json::json!({ "key": "abc", "size": 1, "n": 4 }));
    assert_eq!(records[1]["error"]["message"], "no key");
    let kept = log::audited("ASYNC_TRAIT_GENERIC");
    assert_eq!((&kept["before"]["size"], &kept["after"]["size"]), (&1.into(), &2.into()));
    assert_eq!(log::audited("ASYNC_TRAIT_TODO")["outcome"], "panicked");
    assert!(log::timed("ASYNC_TRAIT_DEFAULT")["duration_ms"].as_f64().unwrap() >= 20.0);
}

/// The part of [`Store`] that objects can have.
#[async_trait]
trait StoreObject: Sync {
    async fn loaded(&self, key: &str) -> Result<usize, String>;
}

#[async_trait]
impl StoreObject for Memory {
    async fn loaded(&self, key: &str) -> Result<usize, String> {
        self.load(key).await
    }
}

#[test]
fn instrument_stands_above_and_below() {
    #[audited(operation = "INSTRUMENT_BELOW", details(n), ret(out = *ret))]
    #[instrument(ret)]
    fn below(n: u32) -> u32 {
        n + 1
    }
    #[instrument(skip_all, err(Debug))]
    #[audited(operation = "INSTRUMENT_ABOVE", err = %)]
    #[timed(operation = "INSTRUMENT_ABOVE")]
    fn above(n: u32) -> Result<u32, String> {
        if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
    }
    #[audited(operation = "INSTRUMENT_BELOW_ASYNC")]
    #[instrument(skip_all)]
    async fn below_async(n: u32) -> u32 {
        std::future::ready(n).await
    }
    #[instrument(skip_all, ret)]
    #[timed(operation = "INSTRUMENT_ABOVE_ASYNC", outcome)]
    #[audited(operation = "INSTRUMENT_ABOVE_ASYNC")]
    async fn above_async(n: u32) -> Option<u32> {
        twenty_milliseconds().await;
        Some(n)
    }
    log::start();
    assert_eq!((below(1), above(0).is_err()), (2, true));
    assert_eq!((drive(below_async(1)).0, drive(above_async(1)).0), (1, Some(1)));
    assert_eq!(log::audited("INSTRUMENT_BELOW")["details"], serde_json::json!({"n": 1, "out": 2}));
    assert_eq!(log::audited("INSTRUMENT_ABOVE")["error"]["message"], "zero");
    log::timed("INSTRUMENT_ABOVE");
    assert_eq!(log::audited("INSTRUMENT_BELOW_ASYNC")["polls"], 1);
    for record in [log::audited("INSTRUMENT_ABOVE_ASYNC"), log::timed("INSTRUMENT_ABOVE_ASYNC")] {
        assert_eq!(record["outcome"], "success");
        assert!(record["duration_ms"].as_f64().unwrap() >= 20.0, "{record}");
    }
}

#[test]
fn edition_2021_under_another_name() {
    log::start();
    assert_eq!(audit_tests_2021::every_field(2), Ok(2));
    assert_eq!(audit_tests_2021::every_field(0), Err(audit_tests_2021::Error::Zero));
    assert_eq!(drive(audit_tests_2021::waits("abc")).0, "abc");
    let records = log::records(Category::Audit, "EDITION_2021");
    assert_eq!(records.len(), 4);
    assert_eq!(
        (&records[1]["details"]["double"], &records[1]["after"]["ret"]),
        (&4.into(), &2.into())
    );
    assert_eq!(
        (&records[3]["outcome"], &records[3]["error"]["message"]),
        (&"denied".into(), &"no".into())
    );
    assert_eq!(log::audited("EDITION_2021_ASYNC")["details"]["len"], 3);
    assert_eq!(log::timed("EDITION_2021_ASYNC")["outcome"], "success");
}

#[audited(operation = "TOKIO_MAIN_BELOW", err = %)]
#[tokio::main(flavor = "current_thread")]
async fn main_below() -> Result<(), String> {
    tokio::task::yield_now().await;
    Err("ended".to_owned())
}

#[test]
fn a_main_function_of_tokio_below() {
    log::start();
    assert!(main_below().is_err());
    assert_eq!(log::audited("TOKIO_MAIN_BELOW")["error"]["message"], "ended");
}

#[audited(operation = "EXTERN_PANIC")]
extern "C" fn panicking() {
    panic!("it stays inside");
}

/// Run by the test below in a process of its own: a panic does not leave an `extern "C"` function.
#[test]
fn extern_panic_child() {
    if std::env::var_os("AUDIT_TESTS_EXTERN_PANIC").is_none() {
        return;
    }
    log::start();
    panicking();
}

#[test]
fn a_panic_in_an_extern_function_is_recorded_before_the_process_ends() {
    let target = env!("CARGO_TARGET_TMPDIR");
    let dir = tempfile::tempdir_in(target).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "neighbours::extern_panic_child", "--nocapture"])
        .env("AUDIT_TESTS_EXTERN_PANIC", "1")
        .env("AUDIT_TESTS_DIR", dir.path())
        .output()
        .unwrap();
    assert!(!child.status.success());
    let text = std::fs::read_to_string(dir.path().join("audit.log")).unwrap();
    let record: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(
        (&record["operation"], &record["outcome"]),
        (&"EXTERN_PANIC".into(), &"panicked".into())
    );
}

#[test]
fn arguments_that_are_configured_away() {
    #[audited(operation = "CFG_ARGUMENTS", details(a), ret(sum = *ret))]
    fn some(
        #[cfg(not(windows))] a: u32,
        #[cfg(any())] b: Missing,
        #[cfg_attr(not(windows), expect(unused_variables))] c: u8,
    ) -> u32 {
        a + 1
    }
    #[audited(operation = "TRACKED")]
    #[track_caller]
    fn tracked() -> u32 {
        1
    }
    log::start();
    assert_eq!(some(1, 2) + tracked(), 3);
    assert_eq!(log::audited("CFG_ARGUMENTS")["details"], serde_json::json!({"a": 1, "sum": 2}));
    log::audited("TRACKED");
}
