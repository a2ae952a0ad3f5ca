//! Limits of a process, its memory, and clocks.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use audit_tests::{log_lines, skipped};

use crate::{
    check, recover,
    tools::{Scene, Script, has, spools, wrapped},
};

const KILLED: i32 = 9;

/// Fault 34.
#[test]
fn limits_of_a_process_cost_no_record_and_end_nothing() {
    for (limit, rotates) in [
        // A part of the base; the base; a log of 40 KiB, in units of 512 bytes.
        ("-f 100", false),
        ("-f 300", false),
        ("-f 80", true),
        ("-n 9", true),
        ("-n 12", true),
        ("-v 60000", false),
        ("-v 70000", false),
        ("-l 0", false),
    ] {
        let scene = Scene::new();
        let script = format!("ulimit {limit}; exec \"$@\"");
        let mut inner = scene.process("script", &[], "on");
        inner.env("AUDIT_LOG_ROTATE_SIZE", if rotates { "8KiB" } else { "off" });
        let mut script = Script::start(wrapped(&["sh", "-c", &script, "sh"], &inner));
        let Some(logged) = script.ask("log 100") else {
            let (status, stderr) = script.end("return");
            // Where not even the program finds room, there is nothing to log.
            assert!(
                limit.starts_with("-v") && stderr.contains("error while loading"),
                "{limit}: {status:?} {stderr}"
            );
            continue;
        };
        assert_eq!(logged, "100", "{limit}");
        let (status, stderr) = script.end("return");
        assert!(status.success(), "{limit}: {status:?}\n{stderr}");
        recover(&scene.logs());
        scene.check_everywhere(100, limit, &stderr);
        assert_eq!(spools(&scene.logs()), 0, "{limit}");
    }
}

/// A group of processes with a limit of its memory, as version 1 or 2 of the kernel's groups has it.
struct Group {
    dir: PathBuf,
    limit: &'static str,
    /// What `memory.stat` calls the pages of files.
    files: &'static str,
}

impl Group {
    /// `None` where none can be made.
    fn new(what: &str) -> Option<Self> {
        let name = format!("audit-tests-{}-{what}", std::process::id());
        for (root, limit, files) in [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "cache"),
            ("/sys/fs/cgroup", "memory.max", "file"),
        ] {
            let dir = Path::new(root).join(&name);
            if fs::create_dir(&dir).is_ok() {
                if dir.join(limit).exists() {
                    return Some(Self { dir, limit, files });
                }
                let _ = fs::remove_dir(&dir);
            }
        }
        None
    }

    /// A command that runs in it, with so little memory, and none on a disk.
    fn command(&self, inner: &Command) -> Command {
        let bytes = (48 << 20).to_string();
        fs::write(self.dir.join(self.limit), &bytes).expect("a limit");
        // Not there where the kernel was built without it.
        let _ = fs::write(self.dir.join("memory.memsw.limit_in_bytes"), &bytes);
        let _ = fs::write(self.dir.join("memory.swap.max"), "0");
        let enter = format!("echo $$ >{}/cgroup.procs && exec \"$@\"", self.dir.display());
        wrapped(&["sh", "-c", &enter, "sh"], inner)
    }

    /// The bytes of files that it is charged.
    fn charged(&self) -> u64 {
        let text = fs::read_to_string(self.dir.join("memory.stat")).expect("read");
        let found = text.lines().find_map(|line| line.strip_prefix(self.files)?.strip_prefix(' '));
        found.expect("a line").parse().expect("a number")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The kernel lets go of it some moments after its processes.
        audit_tests::until("an empty group", || fs::remove_dir(&self.dir).is_ok());
    }
}

/// Fault 7: four threads log while a fifth takes all the memory there is. Beside them stands a small
/// process, which the kernel leaves.
#[test]
fn a_process_that_the_kernel_ends_for_its_memory_leaves_all_it_acknowledged() {
    let Some(group) = Group::new("feast") else {
        return skipped("no group of processes with a limit of memory can be made");
    };
    let scene = Scene::new();
    let mut small = group.command(Command::new("sleep").arg("600"));
    let mut small = small.stdin(Stdio::null()).spawn().expect("started");
    let mut inner = scene.process("feast", &["4"], "on");
    inner.env("AUDIT_LOG_ROTATE_SIZE", "256KiB");
    let output = group.command(&inner).output().expect("started");
    let lives = small.try_wait().expect("asked").is_none();
    small.kill().expect("killed");
    small.wait().expect("its end");
    drop(group);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.signal(), Some(KILLED), "{stderr}");
    assert!(lives, "the logger was the largest");
    let mut told = [0; 4];
    for ack in output.stdout.chunks_exact(16) {
        told[usize::from(ack[0])] += 1;
    }
    assert!(told.iter().sum::<u64>() > 0, "{stderr}");
    recover(&scene.logs());
    check(&scene.logs(), &told, "out of memory");
}

/// Fault 7: a spool costs a group of processes its size once, however much goes through it.
#[test]
fn a_spool_is_charged_its_size_and_no_more() {
    let Some(group) = Group::new("spool") else {
        return skipped("no group of processes with a limit of memory can be made");
    };
    let scene = Scene::new();
    let mut script = Script::start(group.command(&scene.process("script", &[], "on")));
    assert_eq!(script.tell("flush"), "true");
    let sizes = |dir: &Path| -> u64 {
        let files = fs::read_dir(dir).expect("a directory").flatten();
        let sizes = files.filter_map(|file| file.metadata().ok().filter(fs::Metadata::is_file));
        sizes.map(|file| file.len().next_multiple_of(4096)).sum()
    };
    // The libraries and the files of the program are there by then.
    assert_eq!(script.log(1), 1);
    assert_eq!(script.tell("flush"), "true");
    let spool = sizes(&scene.path("logs/.spool"));
    let maps = fs::read_to_string(format!("/proc/{}/smaps", script.id())).expect("read");
    let mapped: u64 = maps
        .lines()
        .skip_while(|line| !line.contains("/.spool/"))
        .filter_map(|line| line.strip_prefix("Rss:")?.trim().strip_suffix(" kB"))
        .map(|size| 1024 * size.parse::<u64>().expect("a number"))
        .take(usize::try_from(spool / (128 * 1024)).expect("few"))
        .sum();
    assert!(0 < mapped && mapped <= spool, "{mapped} of {spool} in memory");
    let (before, written) = (group.charged(), sizes(&scene.logs()));
    // Many times what there is room for.
    assert_eq!(script.log(6_000), 6_001);
    assert_eq!(script.tell("flush"), "true");
    let (charged, written) = (group.charged() - before, sizes(&scene.logs()) - written);
    assert_eq!(sizes(&scene.path("logs/.spool")), spool);
    assert!(written > 8 * spool && charged <= written + 256 * 1024, "{charged} for {written}");
    let (status, stderr) = script.end("return");
    assert!(status.success(), "{stderr}");
    drop(group);
    check(&scene.logs(), &[6_001], "all of it");
}

/// Fault 36: the order is that of the numbers, whatever the clock says; nothing rotates twice.
#[test]
fn clocks_that_jump_neither_lose_nor_double_nor_rotate_again() {
    if !has("faketime") {
        return;
    }
    let scene = Scene::new();
    let at = |offset: &str, arguments: &[&str], what: &str| -> Command {
        let mut inner = scene.process(what, arguments, "on");
        inner.env("AUDIT_LOG_ROTATE_EVERY", "day").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        wrapped(&["faketime", "-f", offset], &inner)
    };
    let mut logged = 0;
    for offset in ["-0", "-365d", "+365d", "-1h", "+1h", "-1h", "+366d"] {
        let done = at(offset, &["6", "kill"], "end").status().expect("faketime");
        assert!(!done.success(), "{offset}");
        logged += 6;
        let done = at(offset, &[], "recover").status().expect("faketime");
        assert!(done.success(), "{offset}");
        assert_eq!(spools(&scene.logs()), 0, "{offset}");
    }
    let names = fs::read_dir(scene.logs()).expect("a directory").flatten();
    let mut names: Vec<_> = names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("audit.log"))
        .collect();
    names.sort();
    let (mut found, mut runs) = (0, Vec::new());
    for name in &names {
        for line in log_lines(&scene.path(&format!("logs/{name}"))) {
            if line["operation"] == "STEP" {
                found += 1;
                runs.push((line["run_id"].to_string(), line["n"].as_u64()));
            }
        }
    }
    let all = runs.len();
    runs.sort();
    runs.dedup();
    assert_eq!((found, all, runs.len()), (logged, logged, logged), "{names:?}");
    assert!(names.len() <= 5, "a rotation for each boundary that passed: {names:?}");
}
