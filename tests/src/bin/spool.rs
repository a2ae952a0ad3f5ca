//! A process that is killed while it writes through a spool, or while it recovers one.
//!
//! `write DIR FIRST THREADS RECORDS`: threads of the numbers from `FIRST` on that call an audited
//! function so often, and say on the standard output of each call that returned which one it was:
//! number of the thread and of the call, 8 bytes each. `feast DIR THREADS`: the same without end,
//! while another thread takes all the memory there is. `end DIR RECORDS WAY`: ends in that way after
//! so many. `recover DIR`: what a process does at its start. `script DIR`: does what the lines of
//! its standard input say, and answers each by a line. `forks DIR`: forks while it makes its spool.

use std::{
    env,
    fs::File,
    io::Write as _,
    os::fd::AsFd,
    path::Path,
    process::{Command, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use audit_runtime::{Category, ConsoleTarget, Logs, audited};
use audit_tests::{spool_text, until};
use fork::Fork;

#[audited(operation = "STEP", details(thread, n, text = %text))]
fn step(thread: u64, n: u64, text: &str) {
    std::hint::black_box((thread, n, text));
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |text: &str| text.parse::<u64>().expect("a number");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", dir, first, threads, records] => {
            write(Path::new(dir), number(first), number(threads), number(records), || ());
        }
        ["feast", dir, threads] => write(Path::new(dir), 0, number(threads), u64::MAX, eat),
        ["end", dir, records, way] => end(Path::new(dir), number(records), way),
        ["recover", dir] => recover(Path::new(dir)),
        ["script", dir] => script(Path::new(dir)),
        ["forks", dir] => return forks(Path::new(dir)),
        other => panic!("what is {other:?}?"),
    }
    ExitCode::SUCCESS
}

fn logs(dir: &Path) -> Logs {
    audit_runtime::builder("torture").dir(dir).console(ConsoleTarget::Off).init()
}

fn write(dir: &Path, first: u64, threads: u64, records: u64, meanwhile: fn()) {
    let _logs = logs(dir);
    let told = std::io::stdout().as_fd().try_clone_to_owned().expect("a descriptor");
    let told = File::from(told);
    thread::scope(|scope| {
        for thread in first..first + threads {
            let mut told = &told;
            scope.spawn(move || {
                for n in 0..records {
                    step(thread, n, &spool_text(thread, n));
                    let ack = [thread.to_le_bytes(), n.to_le_bytes()].concat();
                    // One write of so few bytes into a pipe is never split.
                    told.write_all(&ack).expect("somebody listens");
                }
            });
        }
        meanwhile();
    });
}

/// Writes so many records and ends. To `hold` keeps the drain from its file, so that all of them are
/// still in the spool.
fn end(dir: &Path, records: u64, way: &str) {
    let held = (way == "hold").then(|| {
        std::fs::create_dir_all(dir).expect("a directory");
        let lock = File::create(dir.join(".audit.log.lock")).expect("a lock file");
        lock.lock().expect("locked");
        lock
    });
    let logs = logs(dir);
    for n in 0..records {
        step(0, n, &spool_text(0, n));
    }
    leave(logs, way, held.is_none());
}

/// Ends in that way.
fn leave(logs: Logs, way: &str, fails: bool) {
    match way {
        "return" => {
            assert!(logs.flush(Duration::from_mins(1)));
            drop(logs);
        }
        "exit" | "hold" => std::process::exit(i32::from(way == "hold" && fails)),
        "abort" => std::process::abort(),
        "panic" => panic!("as asked for"),
        "nounwind" => cannot_unwind(),
        "overflow" => std::process::exit(deep(1)),
        "segv" | "kill" => {
            let signal = if way == "segv" { "-SEGV" } else { "-KILL" };
            let own = std::process::id().to_string();
            // The handler that std has for stacks that overflow makes room for the second one.
            loop {
                Command::new("kill").args([signal, &own]).status().expect("kill");
            }
        }
        other => panic!("what is {other:?}?"),
    }
}

/// A panic that nothing can stop, as with `panic = "abort"`.
extern "C" fn cannot_unwind() {
    panic!("as asked for");
}

#[audited(operation = "DEEP")]
fn deep(n: i32) -> i32 {
    if std::hint::black_box(n) == 0 { 0 } else { deep(n.wrapping_add(1)).wrapping_add(1) }
}

/// Does what it is told, until it is told to end or nobody tells it anything any more.
fn script(dir: &Path) {
    let logs = logs(dir);
    let (mut logged, mut started, mut storms) = (0, Vec::new(), Vec::new());
    for line in std::io::stdin().lines() {
        let line = line.expect("text");
        let answer = match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["log", count] => {
                for _ in 0..count.parse::<u64>().expect("a number") {
                    step(0, logged, &spool_text(0, logged));
                    logged += 1;
                }
                logged.to_string()
            }
            ["flush"] => logs.flush(Duration::from_mins(1)).to_string(),
            ["count", name] => {
                let health = logs.health();
                let found = health.counters().find(|(known, _)| known == name);
                found.expect("a counter").1.to_string()
            }
            ["rotate"] => logs.rotate(Category::Audit).is_ok().to_string(),
            // Until the disk takes no byte more.
            ["fill", file] => {
                let mut file = File::create(file).expect("a file");
                for size in [1 << 20, 4096, 1] {
                    while file.write_all(&vec![b'x'; size]).is_ok() {}
                }
                "full".to_owned()
            }
            ["run", program, arguments @ ..] => {
                let done = Command::new(program).args(arguments).output().expect("a program");
                done.status.success().to_string()
            }
            // Threads that log until they are told to stop, and how often each did.
            ["storm", threads] => {
                storms.extend((0..threads.parse().expect("a number")).map(Storm::begin));
                "begun".to_owned()
            }
            ["told"] => {
                for storm in &storms {
                    storm.allow(storm.logged.load(Ordering::Relaxed) + SHARE);
                }
                told(&storms)
            }
            ["calm"] => {
                storms.iter_mut().for_each(Storm::end);
                told(&storms)
            }
            ["exec"] => {
                started.push(Command::new("sleep").arg("600").spawn().expect("sleep"));
                started.last().expect("one").id().to_string()
            }
            // The child logs as often, and once more when there is a file `go`.
            ["fork", count] => match fork::fork().expect("a child") {
                Fork::Parent(child) => child.to_string(),
                Fork::Child => {
                    let count = count.parse().expect("a number");
                    (0..count).for_each(|n| step(1, n, &spool_text(1, n)));
                    say("logged");
                    // What stands on the standard input is for its parent.
                    until("the file", || dir.with_file_name("go").exists());
                    step(1, count, &spool_text(1, count));
                    return;
                }
            },
            ["end", way] => return leave(logs, way, false),
            other => panic!("what is {other:?}?"),
        };
        say(&answer);
    }
}

/// A thread that logs as often as it may.
struct Storm {
    logged: Arc<AtomicU64>,
    may: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

/// It is to end.
const ENDS: u64 = u64::MAX;
/// So much it may log more each time that it is asked how often it did.
const SHARE: u64 = 20;

impl Storm {
    fn begin(number: u64) -> Self {
        let (logged, may) = (Arc::<AtomicU64>::default(), Arc::new(AtomicU64::new(SHARE)));
        let (count, allowed) = (Arc::clone(&logged), Arc::clone(&may));
        let work = move || {
            for n in 0.. {
                while allowed.load(Ordering::Acquire) <= n {
                    thread::park();
                }
                if allowed.load(Ordering::Acquire) == ENDS {
                    break;
                }
                step(number, n, &spool_text(number, n));
                count.store(n + 1, Ordering::Relaxed);
            }
        };
        Self { logged, may, thread: Some(thread::spawn(work)) }
    }

    fn allow(&self, count: u64) {
        self.may.store(count, Ordering::Release);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    fn end(&mut self) {
        self.allow(ENDS);
        self.thread.take().expect("not ended").join().expect("no panic");
    }
}

fn told(storms: &[Storm]) -> String {
    let counts: Vec<_> =
        storms.iter().map(|storm| storm.logged.load(Ordering::Relaxed).to_string()).collect();
    counts.join(" ")
}

fn say(answer: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{answer}").and_then(|()| stdout.flush()).expect("somebody listens");
}

/// Takes all the memory there is.
fn eat() {
    let mut eaten = Vec::new();
    loop {
        eaten.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&eaten);
    }
}

/// Forks again and again until its spool is made; whether no child had a file of it open.
fn forks(dir: &Path) -> ExitCode {
    let logs = logs(dir);
    let clean = thread::scope(|scope| {
        let making = scope.spawn(|| step(0, 0, &spool_text(0, 0)));
        let mut clean = true;
        while !making.is_finished() {
            match fork::fork().expect("a child") {
                Fork::Child => std::process::exit(i32::from(has_spool())),
                Fork::Parent(child) => clean &= fork::waitpid(child).expect("its end") == 0,
            }
        }
        clean
    });
    assert!(logs.flush(Duration::from_mins(1)));
    ExitCode::from(u8::from(!clean))
}

/// Whether a file of this process is one of a spool.
fn has_spool() -> bool {
    let files = std::fs::read_dir("/proc/self/fd").expect("a directory");
    let named = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
    named.map(|path| path.display().to_string()).any(|path| path.contains("/.spool/"))
}

fn recover(dir: &Path) {
    let recovery = audit_runtime::recover_spools(dir).expect("a directory");
    assert_eq!((&recovery.damaged, &recovery.left), (&vec![], &vec![]), "{recovery:?}");
}
