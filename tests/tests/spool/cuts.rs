//! A spool whose file somebody else makes shorter: seen in time it costs nothing but the spool, and
//! else its process. Fault 23.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    process::{Command, ExitStatus},
};

use crate::tools::{Scene, Script};

const SIGBUS: i32 = 7;

fn cut(scene: &Scene) {
    let spool = fs::read_dir(scene.path("logs/.spool")).expect("spools").next();
    let spool = spool.expect("one").expect("an entry").path();
    let file = fs::File::options().write(true).open(spool).expect("a file");
    file.set_len(4096).expect("cut");
}

/// A process that logged so often, all of it in its file.
fn writer(scene: &Scene, records: u64) -> Script {
    let mut script = scene.script("on");
    assert_eq!(script.log(records), records);
    assert_eq!(script.tell("flush"), "true");
    script
}

/// What was flushed stands there once, the next process is not troubled, and how this one ended.
fn after(scene: &Scene, script: Script, logged: u64) -> ExitStatus {
    let (status, stderr) = script.end("return");
    audit_runtime::recover_spools(&scene.logs()).expect("a directory");
    scene.check_everywhere(logged, &format!("{status:?}"), &stderr);
    let (next, stderr) = writer(scene, 3).end("return");
    assert!(next.success(), "{stderr}");
    status
}

#[test]
fn a_process_that_sees_in_time_that_its_spool_was_cut_goes_on() {
    // Its thread may be about to look into the spool: then it is ended, one time in thousands.
    let alive = (0..3).filter(|_| {
        let scene = Scene::new();
        let mut script = writer(&scene, 5);
        cut(&scene);
        let gone = loop {
            match script.ask("count spools_gone").as_deref() {
                Some("0") => {}
                told => break told == Some("1"),
            }
        };
        let logged = if gone { script.log(5) } else { 5 };
        let status = after(&scene, script, logged);
        assert_eq!(gone, status.success(), "{status:?}");
        assert!(gone || status.signal() == Some(SIGBUS), "{status:?}");
        gone
    });
    assert!(alive.count() > 0);
}

#[test]
fn one_that_stores_into_it_before_is_ended_and_loses_what_waited_alone() {
    let signal = |signal: &str, script: &Script| {
        let done = Command::new("kill").args([signal, &script.id().to_string()]).status();
        assert!(done.expect("kill").success());
    };
    // Which of its threads is first when it goes on is the kernel's choice.
    let ended = (0..20).any(|_| {
        let scene = Scene::new();
        let mut script = writer(&scene, 5);
        signal("-STOP", &script);
        script.order("log 1");
        cut(&scene);
        signal("-CONT", &script);
        let told = script.answer();
        let logged = if told.is_some() { 6 } else { 5 };
        after(&scene, script, logged).signal() == Some(SIGBUS)
    });
    assert!(ended);
}
