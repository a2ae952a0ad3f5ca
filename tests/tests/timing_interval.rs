//! Summaries come by themselves while the program runs.

use std::{
    thread,
    time::{Duration, Instant},
};

use audit_runtime::{Category, Timing, timed, timing};
use audit_tests::log_lines;

/// How long a broken program would be waited for.
const PATIENCE: Duration = Duration::from_mins(1);

#[timed(operation = "WORK")]
fn work() {}

#[test]
fn summaries_are_written_at_the_interval_and_end_with_the_guard() {
    let dir = tempfile::tempdir().expect("a directory");
    let logs = audit_runtime::builder("interval")
        .environment(Vec::<(String, String)>::new())
        .dir(dir.path())
        .init();
    // Settings begin at a second, which is long for a test.
    timing::configure(Timing::Summary, Some(Duration::from_millis(1)));
    let file = logs.file(Category::Performance).expect("a file");
    let counted = || -> u64 {
        let lines = log_lines(&file).into_iter().filter(|line| line["operation"] == "WORK");
        lines.map(|line| line["count"].as_u64().expect("a count")).sum()
    };
    let deadline = Instant::now() + PATIENCE;
    for round in 1..=3 {
        work();
        while counted() < round {
            assert!(Instant::now() < deadline, "no summary of call {round}");
            thread::yield_now();
        }
    }
    work();
    #[cfg(target_os = "linux")]
    assert!(is_running());
    drop(logs);
    assert_eq!(counted(), 4);
    #[cfg(target_os = "linux")]
    while is_running() {
        assert!(Instant::now() < deadline, "the thread outlives the guard");
        thread::yield_now();
    }
}

/// Whether the thread that writes summaries is there.
#[cfg(target_os = "linux")]
fn is_running() -> bool {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the threads of this process");
    // A thread may end while it is looked at.
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).ok();
    tasks.flatten().filter_map(name).any(|name| name.trim() == "audit-summaries")
}
