//! A process that is killed while it writes through a spool, or while it recovers one.
//!
//! `write DIR THREADS`: threads that call an audited function without end, and say on the standard
//! output of each call that returned which one it was: number of the thread and of the call, 8 bytes
//! each. `end DIR RECORDS WAY`: ends in that way after so many. `recover DIR`: what a process does at its start.

use std::{env, fs::File, io::Write as _, os::fd::AsFd, path::Path, thread, time::Duration};

use audit_runtime::{ConsoleTarget, audited};
use audit_tests::spool_text;

#[audited(operation = "STEP", details(thread, n, text = %text))]
fn step(thread: u64, n: u64, text: &str) {
    std::hint::black_box((thread, n, text));
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", dir, threads] => write(Path::new(dir), threads.parse().expect("a number")),
        ["end", dir, records, way] => end(Path::new(dir), records.parse().expect("a number"), way),
        ["recover", dir] => recover(Path::new(dir)),
        other => panic!("what is {other:?}?"),
    }
}

fn write(dir: &Path, threads: u64) {
    let _logs = audit_runtime::builder("torture").dir(dir).console(ConsoleTarget::Off).init();
    let told = std::io::stdout().as_fd().try_clone_to_owned().expect("a descriptor");
    let told = File::from(told);
    thread::scope(|scope| {
        for thread in 0..threads {
            let mut told = &told;
            scope.spawn(move || {
                for n in 0.. {
                    step(thread, n, &spool_text(thread, n));
                    let ack = [thread.to_le_bytes(), n.to_le_bytes()].concat();
                    // One write of so few bytes into a pipe is never split.
                    told.write_all(&ack).expect("somebody listens");
                }
            });
        }
    });
}

/// Writes so many records and ends. To `hold` keeps the drain from its file, so that all of them are
/// still in the spool.
fn end(dir: &Path, records: u64, way: &str) {
    let held = (way == "hold").then(|| {
        std::fs::create_dir_all(dir).expect("a directory");
        let lock = File::create(dir.join(".audit.log.lock")).expect("a lock file");
        lock.lock().expect("locked");
        lock
    });
    let logs = audit_runtime::builder("torture").dir(dir).console(ConsoleTarget::Off).init();
    for n in 0..records {
        step(0, n, &spool_text(0, n));
    }
    match way {
        "return" => {
            assert!(logs.flush(Duration::from_mins(1)));
            drop(logs);
        }
        "exit" | "hold" => std::process::exit(i32::from(way == "hold" && held.is_none())),
        "abort" => std::process::abort(),
        "panic" => panic!("as asked for"),
        other => panic!("what is {other:?}?"),
    }
}

fn recover(dir: &Path) {
    let recovery = audit_runtime::recover_spools(dir).expect("a directory");
    assert_eq!((&recovery.damaged, &recovery.left), (&vec![], &vec![]), "{recovery:?}");
}
