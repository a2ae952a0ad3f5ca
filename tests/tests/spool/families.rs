//! Forks, programs that are started, and processes that stand still.

use std::{fs, process::Command};

use audit_tests::until;

use crate::{
    check, recover,
    tools::{Scene, Script, can_trace, spools, traced},
};

fn signal(signal: &str, id: u32) {
    let done = Command::new("kill").args([signal, &id.to_string()]).status();
    assert!(done.expect("kill").success());
}

/// Fault 30.
#[test]
fn a_parent_that_dies_first_is_recovered_while_its_child_lives_and_logs() {
    let scene = Scene::new();
    for round in 1..=3 {
        let mut parent = scene.script("on");
        assert_eq!(parent.log(10), 10);
        // Both of them answer.
        let answers = [parent.tell("fork 5"), parent.answer().expect("an answer")];
        let child = answers.iter().find(|answer| *answer != "logged").expect("its number");
        assert!(answers.iter().any(|answer| answer == "logged"), "{answers:?}");
        let lock = fs::File::open(scene.path("logs/.audit.log.lock")).expect("a lock file");
        lock.lock().expect("locked");
        assert_eq!(parent.log(10), 20);
        parent.kill();
        drop(lock);
        recover(&scene.logs());
        assert_eq!((spools(&scene.logs()), scene.lines()), (0, round * 26 - 1));
        fs::write(scene.path("go"), "").expect("a file");
        until("the end of the child", || {
            !fs::exists(format!("/proc/{child}/mem")).unwrap_or(true) || is_dead(child)
        });
        assert_eq!(scene.lines(), round * 26);
        fs::remove_file(scene.path("go")).expect("removed");
    }
}

/// Whether it ended, and nobody asked how.
fn is_dead(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .is_none_or(|rest| rest.trim_start().starts_with(['Z', 'X']) || rest.is_empty())
}

/// Fault 31; a daemon: `a_daemon_leaves_the_spool_of_its_parent_to_whoever_recovers`.
#[test]
fn a_program_that_was_started_does_not_keep_the_lock() {
    let scene = Scene::new();
    let mut script = scene.script("on");
    assert_eq!(script.log(10), 10);
    let child = script.tell("exec").parse().expect("a number");
    assert_eq!(script.log(10), 20);
    script.kill();
    recover(&scene.logs());
    signal("-KILL", child);
    check(&scene.logs(), &[20], "a program that lives on");
}

/// Fault 30: in the middle of making the spool, which the tracer makes long.
#[test]
fn a_child_that_is_forked_while_the_spool_is_made_has_no_file_of_it() {
    if !can_trace() {
        return;
    }
    for delayed in [
        "pwrite64:delay_exit=3000:when=1..3",
        "renameat2:delay_exit=30000",
        "madvise:delay_exit=3000:when=1..4",
    ] {
        let scene = Scene::new();
        let name = delayed.split(':').next().expect("a call");
        let (trace, inject) = (format!("trace={name}"), format!("inject={delayed}"));
        let inner = scene.process("forks", &[], "on");
        let mut command = traced(&scene.path("told"), &["-e", &trace, "-e", &inject], &inner);
        let output = command.output().expect("strace");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{delayed}: a child had it\n{stderr}");
        let told = fs::read_to_string(scene.path("told")).expect("read");
        assert!(told.contains("(DELAYED)"), "{told}");
        assert_eq!((scene.lines(), spools(&scene.logs())), (1, 0), "{delayed}");
    }
}

/// Fault 33: somebody holds the lock of the log and does not go on.
#[test]
fn a_holder_of_the_lock_who_stands_still_is_waited_for_by_nobody_for_ever() {
    let scene = Scene::new();
    let mut script = scene.script("on");
    assert_eq!(script.log(5), 5);
    assert_eq!(script.tell("flush"), "true");
    let mut holder = scene.script("off");
    holder.log(1);
    let lock = fs::File::open(scene.path("logs/.audit.log.lock")).expect("a lock file");
    lock.lock().expect("locked");
    signal("-STOP", holder.id());
    // More than the ring has room for: what finds none goes another way, and all comes back.
    let logged = script.log(1_500);
    assert_eq!(logged, 1_505);
    drop(lock);
    signal("-CONT", holder.id());
    assert!(holder.end("return").0.success());
    assert_eq!(script.tell("flush"), "true");
    assert_eq!(script.count("lines_lost"), 0);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    // The holder's own is number 0 as well.
    let found = scene.everywhere(&stderr);
    assert!(found.iter().copied().eq([0].into_iter().chain(0..logged)), "{found:?}\n{stderr}");
}

/// Fault 33: a process that stands still keeps its spool.
#[test]
fn a_process_that_stands_still_is_not_taken_for_dead() {
    let scene = Scene::new();
    let mut script = scene.script("on");
    assert_eq!(script.log(10), 10);
    signal("-STOP", script.id());
    recover(&scene.logs());
    assert_eq!(spools(&scene.logs()), 1);
    signal("-CONT", script.id());
    assert_eq!(script.log(10), 20);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    check(&scene.logs(), &[20], "it went on");
}

/// Fault 29: its number is 1 where it lives, and that of somebody else outside.
#[test]
fn a_process_of_another_namespace_is_told_by_its_lock() {
    let scene = Scene::new();
    let wrapper = ["unshare", "--pid", "--fork", "--kill-child"];
    let inner = scene.process("script", &[], "on");
    let probe = Command::new(wrapper[0]).args(&wrapper[1..]).arg("true").output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        return audit_tests::skipped("a namespace of processes cannot be made here");
    }
    let mut script = Script::start(crate::tools::wrapped(&wrapper, &inner));
    assert_eq!(script.log(10), 10);
    recover(&scene.logs());
    assert_eq!(spools(&scene.logs()), 1, "it lives");
    script.kill();
    // Its parent is killed, and it by the kernel, some time later.
    until("its end", || {
        let recovery = audit_runtime::recover_spools(&scene.logs()).expect("a directory");
        recovery.alive == 0
    });
    check(&scene.logs(), &[10], "dead");
    let line = scene.audit().remove(0);
    assert_eq!(line["pid"], 1);
}
