//! Files and rights that somebody else changes while a process writes through a spool, and while one
//! recovers.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use audit_tests::{skipped, until};

use crate::{
    check, recover,
    tools::{Scene, Script, has, spools, wrapped},
};

/// Fault 22.
#[test]
fn a_deleted_directory_of_spools_sends_the_process_into_direct_mode() {
    let scene = Scene::new();
    let mut script = scene.script("on");
    assert_eq!(script.log(10), 10);
    fs::remove_dir_all(scene.path("logs/.spool")).expect("removed");
    until("a look at the file", || script.count("spools_gone") == 1);
    assert_eq!(script.log(10), 20);
    assert_eq!(script.tell("flush"), "true");
    script.kill();
    assert_eq!(scene.lines(), 20);
    let lines = scene.audit();
    let through = lines.iter().filter(|line| line.get("n").is_some());
    assert_eq!(through.count(), 10, "the others were written directly");
}

/// Fault 22.
#[test]
fn a_deleted_directory_of_logs_is_made_anew_and_what_waits_is_written_there() {
    let scene = Scene::new();
    let mut script = scene.script("on");
    assert_eq!(script.log(5), 5);
    assert_eq!(script.tell("flush"), "true");
    fs::rename(scene.logs(), scene.path("before")).expect("moved");
    assert_eq!(script.log(5), 10);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    scene.check_everywhere(10, "moved away", &stderr);
    assert!(scene.lines() >= 5);
}

/// Fault 25.
#[test]
fn spools_of_another_user_are_counted_and_left() {
    if !fs::metadata("/proc/self").is_ok_and(|own| own.permissions().mode() > 0) {
        return skipped("there is no /proc");
    }
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|it| it.stdout == b"0\n");
    if !is_root || !has("setpriv") {
        return skipped("only root can become another user");
    }
    let scene = Scene::new();
    assert!(scene.process("end", &["10", "hold"], "on").status().expect("started").success());
    let open = |path: &Path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("opened");
    };
    // All but the spools, which stay closed to others.
    let top = scene.path("");
    for name in ["", "home", "temp", "logs"] {
        open(&top.join(name));
    }
    for entry in fs::read_dir(scene.logs()).expect("a directory").flatten() {
        if entry.path().is_file() {
            open(&entry.path());
        }
    }
    let copy = scene.text("program");
    let inner = scene.process("script", &[], "on");
    assert!(Command::new("cp").arg(inner.get_program()).arg(&copy).status().expect("cp").success());
    open(Path::new(&copy));
    let other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", &copy];
    let mut command = wrapped(&other, &inner);
    command = without_program(&command, &inner, &other);
    let mut script = Script::start(command);
    assert_eq!(script.log(5), 5);
    until("the recovery at the start", || script.count("spools_left") == 1);
    assert_eq!(script.count("spool_refused"), 1, "the directory is not its own");
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    assert_eq!((spools(&scene.logs()), scene.lines()), (1, 5), "{stderr}");
    recover(&scene.logs());
    assert_eq!((spools(&scene.logs()), scene.lines()), (0, 15));
}

/// The same command with a copy of the program in its place.
fn without_program(command: &Command, inner: &Command, words: &[&str]) -> Command {
    let mut other = Command::new(words[0]);
    other.args(&words[1..]).args(inner.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        other.env(name, value.unwrap_or_default());
    }
    other
}

/// Fault 35.
#[test]
fn a_log_that_may_only_be_appended_to_or_not_at_all_is_recovered_when_it_can_be() {
    for (flag, torn) in [("a", true), ("i", false)] {
        let scene = Scene::new();
        let mut first = scene.script("on");
        assert_eq!(first.log(5), 5);
        assert!(first.end("return").0.success());
        let log = scene.path("logs/audit.log");
        if torn {
            let text = fs::read(&log).expect("read");
            fs::write(&log, [&text, &br#"{"timest"#[..]].concat()).expect("written");
        }
        let chattr = |change: &str| {
            let done = Command::new("chattr").arg(change).arg(&log).output();
            done.is_ok_and(|done| done.status.success())
        };
        assert!(scene.process("end", &["10", "hold"], "on").status().expect("started").success());
        if !chattr(&format!("+{flag}")) {
            return skipped("`chattr` is not there, or may not change files here");
        }
        let recovery = audit_runtime::recover_spools(&scene.logs()).expect("a directory");
        assert!(chattr(&format!("-{flag}")));
        if torn {
            // The torn line was closed by a line feed, as the file cannot be cut.
            assert_eq!((recovery.spools, recovery.lines), (1, 10), "{recovery:?}");
            let text = fs::read_to_string(&log).expect("read");
            assert!(text.contains("{\"timest\n"), "{text}");
            assert!(text.contains(r#""event":"torn_line""#), "{text}");
        } else {
            assert_eq!((recovery.spools, recovery.left.len()), (0, 1), "{recovery:?}");
            recover(&scene.logs());
            assert_eq!(scene.lines(), 15);
        }
        assert_eq!(spools(&scene.logs()), 0);
    }
}

/// Fault 38.
#[test]
fn what_others_do_to_the_log_file_costs_nothing_that_waits() {
    for how in ["rename", "copytruncate", "delete"] {
        let scene = Scene::new();
        let mut script = scene.script("on");
        assert_eq!(script.log(10), 10);
        assert_eq!(script.tell("flush"), "true");
        let (log, other) = (scene.path("logs/audit.log"), scene.path("logs/audit.log.1"));
        match how {
            "rename" => fs::rename(&log, &other).expect("renamed"),
            "copytruncate" => {
                fs::copy(&log, &other).expect("copied");
                fs::File::options()
                    .write(true)
                    .open(&log)
                    .expect("opened")
                    .set_len(0)
                    .expect("cut");
            }
            _ => {
                fs::copy(&log, &other).expect("copied");
                fs::remove_file(&log).expect("removed");
            }
        }
        assert_eq!(script.log(10), 20);
        script.kill();
        recover(&scene.logs());
        check(&scene.logs(), &[20], how);
        assert_eq!(scene.lines(), 10, "{how}");
        let lines = scene.audit();
        let told = lines.iter().find(|line| line["event"] == "file_reopened");
        // Of the two that may have noticed, only the process that wrote before can tell.
        let by_writer = lines.iter().any(|line| line["operation"] == "STEP");
        assert!(told.is_some() || by_writer, "{how}");
    }
}
