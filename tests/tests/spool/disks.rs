//! File systems that are full, cut off, read-only, or of another kind. Each is mounted for one
//! process, out of sight of all others.

use std::{fs, path::Path};

use audit_tests::{log_lines, skipped};

use crate::{
    process, recover,
    tools::{Scene, Script, can_loop, can_mount, can_trace, has, spools, traced, wrapped},
};

const TMPFS: &str = "mount -t tmpfs -o size=2m,nr_inodes=200 tmpfs $DIR";

/// A file system of that kind in a file of so many bytes, most of them never written.
fn image(kind: &str, size: &str, options: &str) -> String {
    format!(
        "truncate -s {size} $TOP/image; mkfs.{kind} -q {options} $TOP/image >/dev/null; \
         mount -o loop $TOP/image $DIR"
    )
}

/// How many lines of the audit file that was copied came through a spool.
fn through(scene: &Scene) -> usize {
    let lines = log_lines(&scene.path("copy/audit.log"));
    lines.iter().filter(|line| line.get("n").is_some()).count()
}

/// Fault 14.
#[test]
fn a_disk_that_is_full_from_the_start_leaves_the_process_in_direct_mode() {
    if !can_mount() {
        return;
    }
    let scene = Scene::new();
    let full = format!("{TMPFS}; head -c 1900k /dev/zero >$DIR/filler");
    let inner = scene.process("script", &[], "on");
    let mut script = Script::start(scene.mounted(&full, &inner));
    assert_eq!(script.log(20), 20);
    assert_eq!(script.count("spool_refused"), 1);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    assert_eq!((through(&scene), spools(&scene.path("copy"))), (0, 0));
    scene.check_everywhere(20, "full", &stderr);
}

/// Faults 15 and 16: what the spool has is written in advance, so that no store into it needs space.
#[test]
fn a_disk_that_fills_ends_nothing_and_all_lines_come_back() {
    if !can_loop() {
        return;
    }
    let ext4 = image("ext4", "24M", "");
    let mut kinds = vec![("tmpfs", TMPFS.to_owned()), ("ext4", ext4)];
    if has("mkfs.xfs") {
        kinds.push(("xfs", image("xfs", "300M", "")));
    }
    for (kind, mount) in kinds {
        let scene = Scene::new();
        let inner = scene.process("script", &[], "on");
        let mut script = Script::start(scene.mounted(&mount, &inner));
        assert_eq!(script.log(20), 20, "{kind}");
        assert_eq!(script.tell("flush"), "true");
        let logs = scene.text("logs");
        assert_eq!(script.tell(&format!("fill {logs}/filler")), "full");
        // All of its pages, round after round, each time behind what the disk was brought.
        let mut logged = 20;
        for _ in 0..4 {
            logged = script.log(400);
            script.tell(&format!("run sync -f {logs}"));
        }
        assert_eq!(script.tell("flush"), "true");
        assert!(script.count("lines_diverted") > 0, "{kind}");
        assert_eq!((script.count("lines_lost"), script.count("spools_gone")), (0, 0), "{kind}");
        assert_eq!(script.tell(&format!("run rm {logs}/filler")), "true");
        // Its file is tried again when the guard is dropped, at the latest.
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{kind}: {stderr}");
        scene.check_everywhere(logged, kind, &stderr);
        assert!(through(&scene) > 0, "{kind}");
        assert_eq!(spools(&scene.path("copy")), 0, "{kind}");
    }
}

/// What is done when the machine loses power: the disk has what it was told to keep.
const POWER_CUT: &str = "xfs_io -x -c shutdown $DIR; umount $DIR; mount -o loop $TOP/image $DIR";

/// The file systems with a power that can be cut.
fn disks() -> Vec<(&'static str, String)> {
    if !can_loop() || !has("xfs_io") || !has("mkfs.xfs") {
        return Vec::new();
    }
    vec![("ext4", image("ext4", "24M", "")), ("xfs", image("xfs", "300M", ""))]
}

/// What a scene has after that, taken up by the next process.
fn after_power_cut(scene: &Scene, told: &str) -> Vec<u64> {
    let copy = scene.path("copy");
    let spooled = spools(&copy);
    // A spool whose pages the disk never got is put aside, or holds nothing.
    let dir = copy.to_str().expect("UTF-8");
    let recovery = audit_runtime::recover_spools(&copy).expect("a directory");
    assert_eq!(recovery.left, [], "{told}: {spooled} spools");
    assert!(process(&["end", dir, "0", "return"], "on").status().expect("started").success());
    let mut names: Vec<_> = fs::read_dir(&copy).expect("a directory").flatten().collect();
    names.retain(|entry| entry.file_name().to_string_lossy().starts_with("audit.log"));
    let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).expect("read")).into_owned();
    let texts: Vec<_> = names.iter().map(|entry| read(&entry.path())).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let lines = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut found: Vec<_> = lines
        .filter(|line| line["operation"] == "STEP")
        .map(|line| line["details"]["n"].as_u64().expect("a number"))
        .collect();
    found.sort_unstable();
    found
}

/// Fault 20.
#[test]
fn a_power_cut_costs_nothing_that_was_synced_and_leaves_no_harmful_spool() {
    for (kind, mount) in disks() {
        for durability in ["synced", "written"] {
            let scene = Scene::new();
            let mut inner = scene.process("script", &[], "on");
            inner.env("AUDIT_LOG_AUDIT_DURABILITY", durability);
            let mut script = Script::start(scene.remounted(&mount, POWER_CUT, &inner));
            assert_eq!(script.log(20), 20);
            script.end("kill");
            let found = after_power_cut(&scene, kind);
            if durability == "synced" {
                assert!(found.iter().copied().eq(0..20), "{kind}: {found:?}");
            } else {
                // What the disk was not told to keep may be missing, and nothing is there twice.
                assert!(found.iter().copied().eq(0..found.len() as u64), "{kind}: {found:?}");
            }
        }
    }
}

/// Fault 21: killed at each rename of a rotation, and then the power is cut.
#[test]
fn a_power_cut_within_a_rotation_costs_nothing_that_was_synced() {
    let disks = disks();
    if disks.is_empty() || !can_trace() {
        return;
    }
    for (kind, mount) in disks {
        for n in 1..=5 {
            let scene = Scene::new();
            let mut inner = scene.process("script", &[], "off");
            inner.env("AUDIT_LOG_AUDIT_DURABILITY", "synced").env("AUDIT_LOG_ROTATE_SIZE", "4KiB");
            let inject = format!("inject=renameat2:signal=KILL:when={n}");
            let inject = ["-e", "trace=renameat2", "-e", &inject];
            let traced = traced(&scene.path("told"), &inject, &inner);
            let mut script = Script::start(scene.remounted(&mount, POWER_CUT, &traced));
            let mut synced = 0;
            while let Some(logged) = script.ask("log 1") {
                synced = logged.parse().expect("a number");
                assert!(synced < 200, "{kind} {n}: it rotates");
            }
            script.end("kill");
            let found = after_power_cut(&scene, kind);
            let count = found.len() as u64;
            assert!(found.iter().copied().eq(0..count), "{kind} {n}: {found:?}");
            assert!(count == synced || count == synced + 1, "{kind} {n}: {count} of {synced}");
        }
    }
}

/// Fault 24: read-only from the start.
#[test]
fn a_read_only_directory_diverts_without_a_spool() {
    if !can_mount() {
        return;
    }
    let scene = Scene::new();
    let inner = scene.process("script", &[], "on");
    let read_only = format!("{TMPFS}; mount -o remount,ro $DIR");
    let mut script = Script::start(scene.mounted(&read_only, &inner));
    assert_eq!(script.log(10), 10);
    assert_eq!(script.count("spool_refused"), 1);
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    assert_eq!(stderr.matches("warning").count(), 1, "{stderr}");
    scene.check_everywhere(10, "read-only", &stderr);
}

/// Fault 24: the kernel makes the file system read-only beneath a process that logs, as it does where
/// the disk has an error. By hand nobody can while a file is open for writing.
#[test]
fn a_disk_that_becomes_read_only_midway_diverts_each_line_once() {
    if !can_loop() {
        return;
    }
    for mode in ["on", "off"] {
        let scene = Scene::new();
        let inner = scene.process("script", &[], mode);
        let mount = image("ext4", "24M", "").replace("-o loop", "-o loop,errors=remount-ro");
        let mut script = Script::start(scene.mounted(&mount, &inner));
        assert_eq!(script.log(20), 20);
        assert_eq!(script.tell("flush"), "true");
        let logs = scene.text("logs");
        assert_eq!(script.tell(&format!("run mount -o remount,ro {logs}")), "false", "busy");
        let trigger = scene.path("trigger");
        let find = format!(
            "set -e; disk=$(findmnt -no SOURCE {logs}); \
             echo 1 >/sys/fs/ext4/${{disk##*/}}/trigger_fs_error; ! touch {logs}/probe"
        );
        fs::write(&trigger, find).expect("written");
        if script.tell(&format!("run sh {}", trigger.display())) != "true" {
            script.end("return");
            return skipped("the kernel cannot be told of an error of a disk");
        }
        assert_eq!(script.log(400), 420);
        assert_eq!(script.tell("flush"), "true");
        assert!(script.count("lines_diverted") > 0, "{mode}");
        assert_eq!(script.count("lines_lost"), 0, "{mode}");
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{mode}: {stderr}");
        assert_eq!(stderr.matches("warning: cannot write").count(), 1, "{mode}: {stderr}");
        scene.check_everywhere(420, mode, &stderr);
    }
}

/// Fault 24: a mount of the directory that is read-only, over the one that the process began in, and
/// away again.
#[test]
fn a_directory_that_is_mounted_read_only_and_writable_again_costs_no_line() {
    if !can_mount() {
        return;
    }
    for mode in ["on", "off"] {
        let scene = Scene::new();
        let mut inner = scene.process("script", &[], mode);
        inner.env("AUDIT_LOG_ROTATE_SIZE", "8KiB");
        let mut script = Script::start(scene.mounted(TMPFS, &inner));
        assert_eq!(script.log(20), 20);
        assert_eq!(script.tell("flush"), "true");
        let logs = scene.text("logs");
        for change in ["--bind {} {}", "-o remount,bind,ro {}"] {
            let change = change.replace("{}", &logs);
            assert_eq!(script.tell(&format!("run mount {change}")), "true", "{mode}");
        }
        let rotations = script.count("rotations");
        assert_eq!(script.log(60), 80);
        assert_eq!(script.tell("flush"), "true");
        // What is open goes on; a new file cannot be made, and the old one stays.
        assert_eq!(script.count("rotations"), rotations, "{mode}");
        assert!(script.count("rotation_errors") > 0, "{mode}");
        assert_eq!(script.count("lines_diverted"), 0, "{mode}");
        assert_eq!(script.tell(&format!("run umount {logs}")), "true", "{mode}");
        assert_eq!(script.tell("rotate"), "true", "{mode}");
        assert_eq!(script.log(10), 90);
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{mode}: {stderr}");
        scene.check_everywhere(90, mode, &stderr);
    }
}

/// Fault 39: a spool where stores into a mapping are safe, direct mode elsewhere.
#[test]
fn the_file_system_decides_whether_there_is_a_spool() {
    if !can_mount() {
        return;
    }
    let overlay = "mkdir $TOP/lower; mount -t tmpfs tmpfs $TOP/lower; \
                   mkdir $TOP/lower/one $TOP/lower/two $TOP/lower/work; \
                   mount -t overlay overlay -o lowerdir=$TOP/lower/one,upperdir=$TOP/lower/two,workdir=$TOP/lower/work $DIR";
    let mut kinds = vec![("tmpfs", TMPFS.to_owned(), true), ("overlay", overlay.to_owned(), true)];
    if can_loop() && has("mkfs.btrfs") {
        // A store into a mapped page may wait for ever for space that a full one does not find.
        kinds.push(("btrfs", image("btrfs", "110M", ""), false));
    }
    if has("bindfs") {
        kinds.push(("fuse", "mkdir $TOP/behind; bindfs $TOP/behind $DIR".to_owned(), false));
    }
    for (kind, mount, spooled) in kinds {
        let scene = Scene::new();
        let inner = scene.process("script", &[], "on");
        let mut script = Script::start(scene.mounted(&mount, &inner));
        assert_eq!(script.log(10), 10);
        assert_eq!(script.count("spool_refused"), u64::from(!spooled), "{kind}");
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{kind}: {stderr}");
        assert_eq!(through(&scene), if spooled { 10 } else { 0 }, "{kind}: {stderr}");
        // On the file system behind another one the same file stands once more.
        let copied = log_lines(&scene.path("copy/audit.log")).len();
        assert_eq!(copied, 10, "{kind}");
    }
}

/// Fault 39: one directory by two names.
#[test]
fn a_directory_by_another_name_has_the_same_spools() {
    let scene = Scene::new();
    fs::create_dir(scene.logs()).expect("a directory");
    std::os::unix::fs::symlink(scene.logs(), scene.path("other")).expect("a link");
    let mut alive = scene.script("on");
    assert_eq!(alive.log(5), 5);
    recover(&scene.path("other"));
    assert_eq!(spools(&scene.logs()), 1, "it is somebody's");
    let other = scene.text("other");
    let mut second = Script::start(wrapped(&["env"], &process(&["script", &other], "on")));
    assert_eq!((second.log(5), spools(&scene.logs())), (5, 2));
    alive.kill();
    second.kill();
    recover(&scene.path("other"));
    assert_eq!((spools(&scene.logs()), scene.lines()), (0, 10));
}
