//! Rotation at a signal, for programs that asked for it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use audit_runtime::config::RotateSignal;
use audit_runtime::record::Category;
use audit_tests::{Sandbox, until};

/// Sends the signal to this process, as an operator does.
fn send(signal: &str) {
    let kill = format!("kill {signal} {}", std::process::id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

fn archives(dir: &Path, category: Category) -> usize {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with(&format!("{category}.log."))).count()
}

#[test]
fn files_that_are_not_empty_are_rotated_at_the_signal() {
    // What the program itself does at that signal it goes on doing.
    let own = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGUSR1, Arc::clone(&own)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let logs = audit_runtime::builder("tests")
        .console(audit_runtime::ConsoleTarget::Off)
        .rotate_signal(RotateSignal::Hup)
        .environment([("AUDIT_LOG_ROTATE_SIGNAL", "SIGUSR1")])
        .dir(folder.path())
        .init();
    assert_eq!(logs.problems(), []);
    tracing::info!("before");
    send("-USR1");
    until("the rotation", || archives(folder.path(), Category::System) == 1);
    until("the program's own handler", || own.load(Ordering::Relaxed));
    assert_eq!(archives(folder.path(), Category::Audit), 0, "an empty file stays");
    assert!(!folder.path().join("audit.log").exists());
    tracing::info!("after");
    let text = fs::read_to_string(folder.path().join("system.log")).unwrap();
    assert!(text.contains("after") && !text.contains("before"), "{text}");
    send("-USR1");
    until("the second rotation", || archives(folder.path(), Category::System) == 2);
    drop(logs);
    // Without the logs the signal does what the program says, and nothing else.
    own.store(false, Ordering::Relaxed);
    let count = archives(folder.path(), Category::System);
    send("-USR1");
    until("the program's own handler", || own.load(Ordering::Relaxed));
    assert_eq!(archives(folder.path(), Category::System), count);
}

/// In a process of its own, as a process has one set of logs.
#[test]
fn a_hang_up_rotates_where_that_is_set() {
    let program = env!("CARGO_BIN_EXE_logger-under-test");
    let sandbox = Sandbox::new(program).with_env("AUDIT_LOG", "staging");
    // The lines are to be in their files by then.
    let sandbox = sandbox.with_env("AUDIT_LOG_SPOOL", "off");
    let sandbox = sandbox.with_env("AUDIT_LOG_ROTATE_SIGNAL", "SIGHUP");
    let mut command = sandbox.command(["wait", "3"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program");
    let mut ready = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut ready).expect("a line");
    assert_eq!(archives(&sandbox.path("logs"), Category::Audit), 0);
    let kill = Command::new("kill").args(["-HUP", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    until("the rotation", || archives(&sandbox.path("logs"), Category::Audit) == 1);
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success(), "the signal ends nothing");
}
