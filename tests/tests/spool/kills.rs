//! Processes that are killed at each call to the kernel, and those that are together.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use crate::{
    check, check_with,
    locks::{files, record, records},
    number, recover,
    tools::{Scene, Script, can_trace, spools, traced},
};

const KILLED: i32 = 9;

/// The calls of a process to the kernel: how often one of its threads makes each at most.
fn calls(scene: &Scene, inner: &Command) -> BTreeMap<String, u32> {
    let told = scene.path("calls");
    let mut command = traced(&told, &["-e", "trace=all"], inner);
    assert!(command.output().expect("strace").status.success());
    let mut calls = BTreeMap::<(String, String), u32>::new();
    for line in fs::read_to_string(&told).expect("read").lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        if name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_') {
            *calls.entry((name.to_owned(), thread.to_owned())).or_default() += 1;
        }
    }
    let mut most = BTreeMap::new();
    for ((name, _), count) in calls {
        let place = most.entry(name).or_insert(0);
        *place = count.max(*place);
    }
    // It never gets to the end of this one.
    most.remove("execve");
    most
}

/// Fault 2.
#[test]
fn killed_at_each_call_to_the_kernel_a_process_leaves_all_it_acknowledged() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let writer = |scene: &Scene| {
        let mut command = scene.process("write", &["0", "2", "12"], "on");
        command.stdout(Stdio::piped());
        command
    };
    let mut killed = 0;
    for (name, count) in calls(&scene, &writer(&scene)) {
        for n in 1..=count {
            let scene = Scene::new();
            let inject = format!("inject={name}:signal=KILL:when={n}");
            let trace = format!("trace={name}");
            let mut command =
                traced(&scene.path("told"), &["-e", &trace, "-e", &inject], &writer(&scene));
            let output = command.stdout(Stdio::piped()).output().expect("strace");
            let mut told = [0; 2];
            for ack in output.stdout.chunks_exact(16) {
                told[usize::from(ack[0])] += 1;
            }
            killed += u32::from(output.status.signal() == Some(KILLED));
            recover(&scene.logs());
            check(&scene.logs(), &told, &format!("{name} {n}"));
        }
    }
    assert!(killed > 50, "{killed} kills");
}

/// Fault 3.
#[test]
fn killed_at_each_call_to_the_kernel_a_recoverer_leaves_the_rest_to_the_next_one() {
    if !can_trace() {
        return;
    }
    // A batch stands in the file already, half of a line is torn, and more waits in two streams.
    let left = Scene::new();
    let mut script = left.script("on");
    assert_eq!(script.log(15), 15);
    assert_eq!(script.tell("flush"), "true");
    let lock = fs::File::open(left.path("logs/.audit.log.lock")).expect("a lock file");
    lock.lock().expect("locked");
    assert_eq!(script.log(15), 30);
    script.kill();
    drop(lock);
    let log = left.path("logs/audit.log");
    let text = fs::read(&log).expect("read");
    fs::write(&log, [&text, &br#"{"timestamp":"20"#[..]].concat()).expect("written");
    let copy = |scene: &Scene| {
        let copied = Command::new("cp").arg("-a").arg(left.logs()).arg(scene.logs()).status();
        assert!(copied.expect("cp").success());
    };
    let first = Scene::new();
    copy(&first);
    let recoverer = |scene: &Scene| scene.process("recover", &[], "off");
    let all = calls(&first, &recoverer(&first));
    check(&first.logs(), &[30], "not killed");
    let mut killed = 0;
    for (name, count) in all {
        for n in 1..=count {
            let scene = Scene::new();
            copy(&scene);
            let inject = format!("inject={name}:signal=KILL:when={n}");
            let trace = format!("trace={name}");
            let mut command =
                traced(&scene.path("told"), &["-e", &trace, "-e", &inject], &recoverer(&scene));
            let status = command.status().expect("strace");
            killed += u32::from(status.signal() == Some(KILLED));
            recover(&scene.logs());
            check(&scene.logs(), &[30], &format!("{name} {n}"));
        }
    }
    assert!(killed > 50, "{killed} kills");
}

/// Fault 5.
#[test]
fn recoverers_that_race_leave_the_spool_of_one_who_lives_alone() {
    let scene = Scene::new();
    let mut alive = scene.script("on");
    assert_eq!(alive.log(5), 5);
    let spool = fs::read_dir(scene.path("logs/.spool")).expect("spools").next();
    let spool = spool.expect("one").expect("one").path();
    let dead = scene.process("end", &["40", "kill"], "on").env("AUDIT_LOG_USER", "x").output();
    assert_eq!(dead.expect("started").status.signal(), Some(KILLED));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| recover(&scene.logs()));
        }
    });
    assert!(spool.exists());
    assert_eq!(spools(&scene.logs()), 1);
    assert_eq!(alive.log(5), 10);
    alive.kill();
    recover(&scene.logs());
    assert_eq!(spools(&scene.logs()), 0);
    assert_eq!(scene.lines(), 50);
}

/// The limit of a file in the next test.
const LIMIT: u64 = 4096;

/// Faults 37 and 1: 8 processes write, rotate and die together. `AUDIT_TESTS_ROUNDS=1000` has them do
/// so for half a minute and longer.
#[test]
fn processes_that_rotate_together_and_are_killed_lose_and_double_nothing() {
    let times = (number("AUDIT_TESTS_ROUNDS", 50) / 50).max(1);
    for round in 0..2 {
        let scene = Scene::new();
        let logs = scene.logs();
        let told: Vec<u64> = thread::scope(|scope| {
            let start = |n| {
                let scene = &scene;
                scope.spawn(move || acknowledged(scene, n, n % 2 == 0, times))
            };
            let handles: Vec<_> = (0..8).map(start).collect();
            handles.into_iter().map(|handle| handle.join().expect("joined")).collect()
        });
        recover(&logs);
        // On a busy machine one may wait in vain for the lock, and go to the next place.
        let places = [files(&scene.path("home")), files(&scene.path("temp"))].concat();
        let said = (0..8).map(|n| fs::read_to_string(scene.path(&format!("said {n}"))));
        let said: String = said.map(|text| text.expect("text")).collect();
        let said = said.lines().filter(|line| line.starts_with('{'));
        let elsewhere: Vec<_> =
            records(&places, "elsewhere").into_iter().chain(said.filter_map(record)).collect();
        check_with(&logs, &elsewhere, &told, &format!("round {round}"));
        let archives = archives(&logs);
        let count = archives.len() as u64;
        assert!(count > 20, "{count} rotations");
        // One chain of files: each rotation has its own number, and none is left out.
        assert!(archives.iter().map(|(number, _)| *number).eq(1..=count), "{archives:?}");
        // Nobody wrote to a file that had been rotated away or was full, nor did who recovered.
        assert!(archives.iter().all(|(_, size)| *size <= LIMIT), "{archives:?}");
    }
}

/// The numbers of the archives and their sizes, in the order of the numbers.
fn archives(logs: &Path) -> Vec<(u64, u64)> {
    let mut archives: Vec<_> = fs::read_dir(logs)
        .expect("a directory")
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix("audit.log.")?.rsplit('-').next()?.parse().ok()?;
            Some((number, entry.metadata().expect("an archive").len()))
        })
        .collect();
    archives.sort_unstable();
    archives
}

/// How many records a process of one thread acknowledged before it was killed, or in all.
fn acknowledged(scene: &Scene, thread: u64, killed: bool, times: u64) -> u64 {
    let records = if killed { u64::MAX } else { 300 * times };
    let mut command =
        scene.process("write", &[&thread.to_string(), "1", &records.to_string()], "on");
    command.env("AUDIT_LOG_ROTATE_SIZE", LIMIT.to_string()).stdout(Stdio::piped());
    let said = fs::File::create(scene.path(&format!("said {thread}"))).expect("a file");
    command.stderr(said);
    let mut child = command.spawn().expect("started");
    let mut out = child.stdout.take().expect("a pipe");
    let (mut ack, mut count) = ([0; 16], 0);
    while out.read_exact(&mut ack).is_ok() {
        count += 1;
        if killed && count == (200 + 50 * thread) * times {
            child.kill().expect("killed");
        }
    }
    child.wait().expect("its end");
    count
}

/// Fault 4 and others: a spool that several take up one after the other, each killed.
#[test]
fn what_a_script_left_is_taken_up_by_whoever_comes() {
    let scene = Scene::new();
    for round in 1..=3 {
        let mut script: Script = scene.script("on");
        script.log(7);
        script.kill();
        // The next process takes it up while it writes itself.
        let mut next = scene.script("on");
        next.log(1);
        assert!(next.end("return").0.success());
        assert_eq!(scene.lines(), 8 * round);
    }
    assert_eq!(spools(&scene.logs()), 0);
}
