//! Calls to the kernel that fail. Each record is in some file once, or told on the standard error,
//! and nothing ends the process.

use std::{fs, path::Path};

use audit_tests::log_lines;

use crate::{
    recover,
    tools::{Scene, Script, can_trace, has, spools, traced},
};

/// A process that logs so often while calls fail, and ends; what it said on its standard error.
fn logged(scene: &Scene, records: u64, inject: &[&str]) -> String {
    let inner = scene.process("script", &[], "on");
    let mut script = Script::start(traced(&scene.path("told"), inject, &inner));
    for n in 1..=records {
        assert_eq!(script.log(1), n, "{inject:?}");
        if n % 5 == 0 {
            assert_eq!(script.tell("flush"), "true");
        }
    }
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{inject:?}: {status:?}\n{stderr}");
    stderr
}

/// How many lines of the audit file came through a spool.
fn through(logs: &Path) -> usize {
    let lines = log_lines(&logs.join("audit.log"));
    lines.iter().filter(|line| line["operation"] == "STEP" && line.get("n").is_some()).count()
}

/// How many calls were changed.
fn changed(scene: &Scene) -> usize {
    let told = fs::read_to_string(scene.path("told")).expect("read");
    told.lines().filter(|line| line.contains("(INJECTED)")).count()
}

/// Fault 17: a shim in front of the C library takes a part of each write only, and none of each
/// third one.
#[test]
fn short_and_interrupted_writes_are_gone_on_with() {
    if !has("cc") {
        return;
    }
    let scene = Scene::new();
    let shim = scene.shim("short");
    let mut command = scene.process("script", &[], "on");
    command.env("LD_PRELOAD", &shim);
    let mut script = Script::start(command);
    assert_eq!(script.log(40), 40);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    assert_eq!(through(&scene.logs()), 40, "{stderr}");
    assert_eq!(scene.lines(), 40);
    // So does who recovers.
    let held = scene.process("end", &["20", "hold"], "on").env("LD_PRELOAD", &shim).status();
    assert!(held.expect("started").success());
    let recovered = scene.process("recover", &[], "off").env("LD_PRELOAD", &shim).status();
    assert!(recovered.expect("started").success());
    assert_eq!((scene.lines(), spools(&scene.logs())), (60, 0));
}

/// Faults 17, 18, 24, 16: by the kernel, on the log file alone.
#[test]
fn a_log_file_that_cannot_be_written_diverts_what_waits_in_the_spool() {
    if !can_trace() {
        return;
    }
    for (error, when) in [
        ("EINTR", "1+2"),
        ("EIO", "1"),
        ("EIO", "1+"),
        ("EIO", "2+3"),
        ("EROFS", "2+"),
        ("ENOSPC", "2..4"),
        ("EDQUOT", "1..2"),
    ] {
        let scene = Scene::new();
        let log = scene.text("logs/audit.log");
        fs::create_dir(scene.logs()).expect("a directory");
        fs::write(&log, "").expect("a file");
        let inject = format!("inject=write:error={error}:when={when}");
        let stderr = logged(&scene, 30, &["-P", &log, "-e", "trace=write", "-e", &inject]);
        assert!(changed(&scene) > 0, "{error}");
        scene.check_everywhere(30, &format!("{error} {when}"), &stderr);
        let warns = stderr.matches("warning").count();
        assert_eq!(warns, usize::from(error != "EINTR"), "{error}: {stderr}");
    }
}

/// Fault 26.
#[test]
fn a_refused_mapping_leaves_the_process_in_direct_mode_or_with_fewer_streams() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    logged(&scene, 3, &["-e", "trace=mmap"]);
    let told = fs::read_to_string(scene.path("told")).expect("read");
    let mut calls = told.lines().filter(|line| line.contains(" mmap(")).collect::<Vec<_>>();
    let own = calls[0].split(' ').next().expect("a thread");
    calls.retain(|line| line.split(' ').next() == Some(own));
    let of_spool = |line: &&str| line.contains("/.spool/");
    let places = calls.iter().enumerate().filter(|(_, line)| of_spool(line));
    let places: Vec<_> = places.map(|(place, _)| place + 1).collect();
    assert_eq!(places.len(), 3, "{calls:#?}");
    for (when, spooled) in places.into_iter().zip([0, 0, 3]) {
        for error in ["ENODEV", "ENOMEM", "EACCES"] {
            let scene = Scene::new();
            let inject = format!("inject=mmap:error={error}:when={when}");
            let stderr = logged(&scene, 3, &["-e", "trace=mmap", "-e", &inject]);
            let told = scene.calls();
            let hit = told.iter().map(String::as_str).find(|line| line.contains("(INJECTED)"));
            assert!(hit.is_some_and(|line| of_spool(&line)), "{hit:?}");
            assert_eq!(through(&scene.logs()), spooled, "{error} {when}");
            scene.check_everywhere(3, &format!("{error} {when}"), &stderr);
            assert_eq!(spools(&scene.logs()), 0, "{error} {when}");
        }
    }
}

/// Fault 27.
#[test]
fn without_locks_there_is_no_spool_and_no_lost_record() {
    if !can_trace() {
        return;
    }
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let scene = Scene::new();
        let inject = format!("inject=flock:error={error}");
        let stderr = logged(&scene, 10, &["-e", "trace=flock", "-e", &inject]);
        assert!(changed(&scene) > 0);
        assert_eq!(through(&scene.logs()), 0);
        scene.check_everywhere(10, error, &stderr);
    }
    // One that says yes to everybody.
    let scene = Scene::new();
    logged(&scene, 10, &["-e", "trace=flock", "-e", "inject=flock:retval=0"]);
    assert!(changed(&scene) > 0);
    assert_eq!((through(&scene.logs()), scene.lines(), spools(&scene.logs())), (0, 10, 0));
}

/// Fault 28: an old kernel does not know how to fill a mapping; one that cannot keep it from
/// children gets no spool. What is not there (`fallocate`) is not asked for.
#[test]
fn an_old_kernel_has_a_spool_all_the_same() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let populate = ["-e", "trace=madvise,fallocate", "-e", "inject=madvise:error=EINVAL:when=2+2"];
    logged(&scene, 10, &populate);
    let told = scene.calls();
    let refused =
        told.iter().filter(|line| line.contains("POPULATE_WRITE") && line.contains("EINVAL"));
    let asked = told.iter().any(|line| line.contains("fallocate"));
    assert!(refused.count() >= 2 && !asked, "{told:#?}");
    assert_eq!((through(&scene.logs()), scene.lines()), (10, 10));
    let scene = Scene::new();
    logged(&scene, 10, &["-e", "trace=madvise", "-e", "inject=madvise:error=EINVAL"]);
    assert_eq!((through(&scene.logs()), scene.lines()), (0, 10));
}

/// Fault 19: what the disk refused once is not believed to be there when it says yes the next time.
#[test]
fn a_sync_that_fails_once_acknowledges_nothing_of_that_file() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let mut inner = scene.process("script", &[], "on");
    inner.env("AUDIT_LOG_AUDIT_DURABILITY", "synced");
    let inject =
        ["-e", "trace=fdatasync,write,ftruncate", "-e", "inject=fdatasync:error=EIO:when=2"];
    let mut script = Script::start(traced(&scene.path("told"), &inject, &inner));
    assert_eq!(script.log(6), 6);
    assert_eq!(script.count("sync_errors") + script.count("write_errors"), 1);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    assert_eq!(changed(&scene), 1);
    // The one that the disk refused may stand in the file that is not trusted any more as well.
    let mut found = scene.everywhere(&stderr);
    assert!((6..=7).contains(&found.len()), "{found:?}");
    found.dedup();
    assert!(found.into_iter().eq(0..6));
    assert_eq!(through(&scene.logs()), 0);
}

/// Each call of the start, of one record and of the end that can fail, with each error that it has:
/// no record is lost, and the process ends well.
#[test]
fn any_call_may_fail_once() {
    if !can_trace() {
        return;
    }
    let errors = [
        ("openat", "EMFILE"),
        ("openat", "EACCES"),
        ("openat", "ENOSPC"),
        ("mkdir", "EACCES"),
        ("pwrite64", "ENOSPC"),
        ("pwrite64", "EIO"),
        ("renameat2", "EPERM"),
        ("renameat2", "EINVAL"),
        ("statfs", "ENOSYS"),
        ("unlink", "EPERM"),
        ("fcntl", "EINVAL"),
        ("write", "EIO"),
        ("clone3", "EAGAIN"),
        ("flock", "ENOLCK"),
        ("prlimit64", "EPERM"),
    ];
    for (call, error) in errors {
        let mut tried = 0;
        for n in 1..=25 {
            let scene = Scene::new();
            let inner = scene.process("end", &["5", "return"], "on");
            let trace = format!("trace={call}");
            let inject = format!("inject={call}:error={error}:when={n}");
            let arguments = ["-e", &trace, "-e", &inject];
            let output = traced(&scene.path("told"), &arguments, &inner).output().expect("strace");
            let stderr = String::from_utf8_lossy(&output.stderr);
            let told = format!("{call} {n} {error}: {stderr}");
            if changed(&scene) == 0 {
                break;
            }
            // A program that cannot load its library never gets to us.
            if stderr.contains("error while loading") {
                continue;
            }
            assert!(output.status.success(), "{told}");
            // What could not be removed or drained waits for whoever comes.
            recover(&scene.logs());
            scene.check_everywhere(5, &told, &stderr);
            tried += 1;
        }
        // Only the assertions of the standard library make this one.
        let made = call != "fcntl" || cfg!(debug_assertions);
        assert!(tried > 0 || !made, "{call}");
    }
}
