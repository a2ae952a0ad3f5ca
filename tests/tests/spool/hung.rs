//! A disk that hangs.

use std::{collections::BTreeSet, fs};

use audit_tests::until;

use crate::{
    locks::{files, records},
    tools::{Scene, Script, can_loop, has},
};

const THREADS: usize = 4;

fn told(script: &mut Script) -> Vec<u64> {
    let answer = script.tell("told");
    answer.split(' ').map(|count| count.parse().expect("a number")).collect()
}

/// Waits until all threads but so many came on.
fn go_on(script: &mut Script, but: usize, what: &str) {
    let before = told(script);
    until(what, || {
        let now = told(script);
        let on = now.iter().zip(&before).filter(|(now, before)| **now > **before + 50);
        on.count() >= THREADS - but
    });
}

/// A disk that is frozen while there is a file `freeze`, and thawed at the latest when the scene is
/// gone.
const DISK: &str = "truncate -s 256M $TOP/image; mkfs.ext4 -q $TOP/image >/dev/null; \
    mount -o loop $TOP/image $DIR; \
    { (cd $DIR; until [ -e $TOP/freeze ]; do [ -d $TOP ] || exit; sleep 0.05; done; \
     fsfreeze -f .; touch $TOP/frozen; while [ -e $TOP/freeze ]; do sleep 0.05; done; \
     fsfreeze -u .; touch $TOP/thawed) </dev/null >/dev/null 2>&1 & }";

/// Scenario 39 of the sinks: a disk that is frozen takes no write. Without a spool one thread waits
/// with it, and all others go on in the next place. With one, whoever stores into a page of it that
/// the disk has waits as well: the kernel holds the thread, as in a write. When the disk answers
/// again, no line is missing.
#[test]
fn a_frozen_disk_holds_up_one_thread_and_costs_no_line() {
    if !can_loop() || !has("fsfreeze") {
        return;
    }
    for (mode, hangs) in [("off", 1), ("on", THREADS)] {
        let scene = Scene::new();
        let mut script = Script::start(scene.mounted(DISK, &scene.process("script", &[], mode)));
        assert_eq!(script.tell(&format!("storm {THREADS}")), "begun");
        go_on(&mut script, 0, "the first lines");
        fs::write(scene.path("freeze"), "").expect("a file");
        until("a frozen disk", || scene.path("frozen").exists());
        for _ in 0..2 {
            go_on(&mut script, hangs, "lines while the disk hangs");
        }
        fs::remove_file(scene.path("freeze")).expect("removed");
        until("a disk that answers", || scene.path("thawed").exists());
        go_on(&mut script, 0, "lines when it answers");
        let logged = script.tell("calm");
        let logged = logged.split(' ').map(|count| count.parse().expect("a number"));
        assert_eq!(script.tell("flush"), "true");
        assert_eq!(script.count("lines_lost"), 0, "{mode}");
        assert!(script.count("lines_diverted") > 0 || hangs > 1);
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{mode}: {stderr}");
        let all =
            (0..).zip(logged).flat_map(|(thread, count)| (0..count).map(move |n| (thread, n)));
        let expected: BTreeSet<(u64, u64)> = all.collect();
        let found = records(&files(&scene.path("")), mode);
        let missing: Vec<_> = expected.difference(&found).collect();
        assert!(found == expected, "{mode}: {missing:?}\n{stderr}");
    }
}
