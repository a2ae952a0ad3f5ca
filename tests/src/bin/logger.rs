//! A program that logs and then ends, forks or waits as its first argument says; the second is how
//! often it logs.

use std::{
    fs,
    io::{Read as _, Write as _},
    process::{self, ExitCode},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use audit_runtime::{AuditError, Category, Status, audited};
use fork::Fork;

#[audited(operation = "RECORD", resource(who), details(n))]
fn record(who: u64, n: u64) {}

#[audited(operation = "RECORD", durability = "spooled", details(n))]
fn spooled(n: u64) {}

#[audited(operation = "RECORD", durability = "written", details(n))]
fn written(n: u64) {}

#[audited(operation = "RECORD", durability = "synced", details(n))]
fn synced(n: u64) {}

#[audited(operation = "REQUIRED", required)]
fn required() -> Result<(), AuditError> {
    say("it ran");
    Ok(())
}

fn say(text: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).expect("somebody reads");
}

fn log(who: u64, count: u64) {
    for n in 0..count {
        record(who, n);
        tracing::info!(who, n, "note");
    }
}

/// Logs, then while a file stands in the place of the directory of logs, then when it is back.
fn outage(count: u64) -> std::io::Result<()> {
    log(0, count);
    fs::rename("logs", "away")?;
    fs::write("logs", "in the way")?;
    log(1, count);
    fs::remove_file("logs")?;
    fs::rename("away", "logs")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let number =
        |place: usize| arguments.get(place).map_or(0, |text| text.parse().expect("number"));
    let (how, count) = (arguments.get(1).map_or("", String::as_str), number(2));
    let logs = audit_runtime::init("logger");
    match how {
        "long" => {
            let [x, y] = ["x", "y"].map(|text| text.repeat(16 * 1024));
            tracing::info!(a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, "long");
        }
        "required" => {
            if let Err(error) = required() {
                say(&error.to_string());
            }
        }
        "told" => {
            for n in 0..count {
                record(0, n);
                say("returned");
            }
        }
        "spooled" | "written" | "synced" | "behind" => {
            for n in 0..count {
                match how {
                    "spooled" => spooled(n),
                    "written" => written(n),
                    "synced" => synced(n),
                    _ => {
                        record(0, n);
                        synced(n);
                    }
                }
                say("returned");
            }
        }
        "pipelined" => {
            log(0, count);
            let position = logs.position(Category::Audit);
            match logs.sync_up_to(&position, Duration::from_mins(1)) {
                Ok(()) if logs.synced_up_to(&position) => say("synced"),
                other => say(&format!("{other:?}")),
            }
        }
        "owes" => {
            log(0, count);
            say(&logs.health().unsynced_lines.to_string());
            let position = logs.position(Category::Audit);
            let synced = logs.sync_up_to(&position, Duration::from_mins(1));
            let health = logs.health();
            say(&format!("{synced:?} {} {}", health.unsynced_lines, health.unsynced_ms));
        }
        "soon" => {
            log(0, count);
            while logs.health().syncs == 0 {
                thread::yield_now();
            }
        }
        "outage" => {
            if let Err(error) = outage(count) {
                say(&error.to_string());
            }
        }
        "change" => {
            let changed = logs.set_filter("debug").and_then(|()| logs.reload());
            say(if changed.is_ok() { "changed" } else { "not changed" });
            log(0, count);
        }
        "forks" => return forks(count, number(3)),
        "daemon" => {
            log(0, count);
            if let Ok(Fork::Child) = fork::daemon(true, true) {
                log(1, count);
            }
        }
        _ => log(0, count),
    }
    match how {
        "exit" => process::exit(7),
        "abort" => process::abort(),
        "panic" => panic!("as asked"),
        "status" => {
            let status = logs.health().status();
            say(if status == Status::Ok { "ok" } else { "not ok" });
        }
        "peak" => {
            // In a file, as nobody may be reading the standard output.
            fs::write("peak", logs.health().queue_peak_bytes.to_string()).expect("a file");
        }
        "wait" => {
            say("ready");
            let _ = std::io::stdin().read(&mut [0]);
        }
        _ => {}
    }
    ExitCode::SUCCESS
}

/// Forks so often while two threads log, so many records at most for each fork; each child logs as
/// well.
fn forks(children: u64, count: u64) -> ExitCode {
    const BESIDE: u64 = 100;
    let (done, forked) = (AtomicBool::new(false), AtomicU64::new(0));
    let fine = thread::scope(|scope| {
        for who in [1_000_001, 1_000_002] {
            let (done, forked) = (&done, &forked);
            scope.spawn(move || {
                let mut n = 0;
                while !done.load(Ordering::Relaxed) {
                    if n < BESIDE * (1 + forked.load(Ordering::Relaxed)) {
                        record(who, n);
                        n += 1;
                    } else {
                        thread::yield_now();
                    }
                }
                say(&format!("{who} {n}"));
            });
        }
        let mut fine = true;
        for who in 0..children {
            forked.store(who, Ordering::Relaxed);
            match fork::fork() {
                Ok(Fork::Child) => {
                    for n in 0..count {
                        record(who, n);
                    }
                    process::exit(0);
                }
                Ok(Fork::Parent(child)) => fine &= fork::waitpid(child).is_ok_and(|code| code == 0),
                Err(_) => fine = false,
            }
        }
        done.store(true, Ordering::Relaxed);
        fine
    });
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
