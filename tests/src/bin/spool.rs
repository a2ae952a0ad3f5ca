//! A process that is killed while it writes through a spool, or while it recovers one.
//!
//! `write DIR THREADS`: threads that call an audited function without end, and say on the standard
//! output of each call that returned which one it was: number of the thread and of the call, 8 bytes
//! each. `recover DIR`: what a process does at its start.

use std::{env, fs::File, io::Write as _, os::fd::AsFd, path::Path, thread};

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

fn recover(dir: &Path) {
    let recovery = audit_runtime::recover_spools(dir).expect("a directory");
    assert_eq!((&recovery.damaged, &recovery.left), (&vec![], &vec![]), "{recovery:?}");
}
