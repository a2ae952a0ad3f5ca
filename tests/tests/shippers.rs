//! Real log shippers beside a program whose files are rotated and compressed, with the
//! configurations of `deploy`. One test, as a process sets its logging up once.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use audit_runtime::{
    Category, Compression, ConsoleTarget, FileSetting, Rule, audited, config::Scope,
};
use audit_tests::{deployed, read_archives, skipped};

const ROTATIONS: u64 = 50;
/// So many lines are shorter than a file: a shipper gets to see each file before it is renamed
/// twice.
const BATCH: u64 = 4;

#[audited(operation = "SHIP", details(n))]
fn ship(n: u64) {
    std::hint::black_box(n);
}

/// A program that writes what it reads to its standard output; it ends with the test.
struct Shipper {
    name: &'static str,
    child: Child,
    lines: Receiver<String>,
    read: Vec<String>,
    /// What it says on its standard error.
    said: PathBuf,
}

impl Shipper {
    fn start(name: &'static str, place: &Path, command: &mut Command) -> Self {
        let said = place.join(format!("{name}.said"));
        command.stderr(fs::File::create(&said).unwrap());
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).env_clear();
        let mut child = command.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { name, child, lines, read: Vec::new(), said }
    }

    /// Reads until the line with that number came; the deadline is for a shipper that lost it.
    fn expect(&mut self, n: u64) {
        let mark = format!(r#""n":{n}}}"#);
        while !self.read.last().is_some_and(|line| line.contains(&mark)) {
            match self.lines.recv_timeout(Duration::from_mins(1)) {
                Ok(line) => self.read.push(line),
                Err(error) => {
                    let said = fs::read_to_string(&self.said).unwrap_or_default();
                    let last = self.read.last();
                    panic!("{} has no line {n}: {error}\n{last:?}\n{said}", self.name)
                }
            }
        }
    }
}

impl Drop for Shipper {
    fn drop(&mut self) {
        // Its end is all that is wanted, and it may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The path of a program, also one that only root has on its search path.
fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).chain(["/usr/sbin".into()]).map(|dir| dir.join(name));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        skipped(&format!("{name} is not installed"));
    }
    found
}

/// The configuration of `deploy` with the paths of this test, under its own name in `place`.
fn configuration(name: &str, place: &Path, before: &str) -> PathBuf {
    let logs = place.join("logs").display().to_string();
    let text = deployed(
        name,
        &[("/var/log/taskmgr", &logs), ("/var/log/shipped/taskmgr.log", "/dev/stdout")],
    );
    let path = place.join(name);
    fs::write(&path, format!("{before}{text}")).unwrap();
    path
}

fn rsyslog(place: &Path) -> Option<Shipper> {
    let program = program("rsyslogd")?;
    let state = place.join("rsyslog");
    fs::create_dir(&state).unwrap();
    let own = format!("global(workDirectory=\"{}\")\n", state.display());
    let mut command = Command::new(&program);
    command.arg("-n").arg("-f").arg(configuration("rsyslog.conf", place, &own));
    command.arg("-i").arg(state.join("pid"));
    // Where the package was only unpacked, its modules are beside it.
    let libraries = program.parent()?.parent()?.join("lib");
    let modules = fs::read_dir(libraries).into_iter().flatten().flatten();
    let modules = modules.map(|entry| entry.path().join("rsyslog")).find(|path| path.is_dir());
    if let Some(modules) = modules {
        command.arg("-M").arg(modules);
    }
    Some(Shipper::start("rsyslog", place, &mut command))
}

fn syslog_ng(place: &Path) -> Option<Shipper> {
    let mut command = Command::new(program("syslog-ng")?);
    let own = |name: &str| place.join(name);
    command.args(["--foreground", "--no-caps", "--cfgfile"]);
    command.arg(configuration("syslog-ng.conf", place, ""));
    command.arg("--persist-file").arg(own("syslog-ng.persist"));
    command.arg("--pidfile").arg(own("syslog-ng.pid"));
    command.arg("--control").arg(own("syslog-ng.control"));
    Some(Shipper::start("syslog-ng", place, &mut command))
}

fn tail(place: &Path) -> Option<Shipper> {
    let mut command = Command::new(program("tail")?);
    command.args(["--lines=+1", "--sleep-interval=0.1", "-F"]).arg(place.join("logs/audit.log"));
    Some(Shipper::start("tail -F", place, &mut command))
}

/// Scenario thirty-five, with the programs themselves.
#[test]
fn rsyslog_syslog_ng_and_tail_read_each_line_once() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("logs");
    let mut builder = audit_runtime::builder("ship")
        .environment(Vec::<(String, String)>::new())
        .dir(&dir)
        .console(ConsoleTarget::Off)
        .rotate_size(Some(2 << 10))
        .keep_files(None)
        .compress(Compression::Gzip)
        .file(Scope::All, FileSetting::CompressDelay(Duration::ZERO));
    for other in [Category::System, Category::Debug, Category::Error, Category::Performance] {
        builder = builder.category(other, Rule::Off);
    }
    let logs = builder.init();
    ship(0);
    let started = [rsyslog(place.path()), syslog_ng(place.path()), tail(place.path())];
    let mut shippers: Vec<Shipper> = started.into_iter().flatten().collect();
    let mut n = 0;
    while logs.health().rotations < ROTATIONS {
        for shipper in &mut shippers {
            shipper.expect(n);
        }
        let before = logs.health().rotations;
        for _ in 0..BATCH {
            n += 1;
            ship(n);
        }
        assert!(logs.health().rotations <= before + 1, "a batch is longer than a file");
    }
    for shipper in &mut shippers {
        shipper.expect(n);
    }
    assert_eq!(logs.health().lines_lost, 0);
    assert!(logs.health().compressions > 0 && logs.health().compression_errors == 0);
    drop(logs);

    let written = read_archives(&dir, "audit.log");
    assert_eq!(written.iter().collect::<BTreeSet<_>>().len(), written.len());
    for shipper in shippers {
        assert!(
            shipper.read == written,
            "{}: {:#?}",
            shipper.name,
            differences(&shipper.read, &written)
        );
    }
}

/// The first lines that only one of them has.
fn differences<'a>(read: &'a [String], written: &'a [String]) -> Vec<(usize, &'a str, &'a str)> {
    let pairs = read.iter().zip(written).enumerate();
    let other = pairs.filter(|(_, (read, written))| read != written);
    other.map(|(at, (read, written))| (at, read.as_str(), written.as_str())).take(3).collect()
}
