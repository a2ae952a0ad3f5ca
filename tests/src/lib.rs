//! Helpers shared by the test suites.
//!
//! Every end-to-end test runs a built binary in a [`Sandbox`]: a fresh folder, an empty
//! environment, output that can be read when something fails.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
mod site;

pub use site::timed_site;

/// Far beyond what a loaded machine needs.
const DEADLINE: Duration = Duration::from_mins(2);

/// Waits until something holds that another thread or process brings about.
///
/// # Panics
/// When it never comes.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < DEADLINE, "{what} never came");
        std::thread::yield_now();
    }
}

/// A sandbox for the task manager that this package builds. A macro, because only integration
/// tests know where the binaries are.
#[macro_export]
macro_rules! taskmgr_sandbox {
    () => {
        $crate::Sandbox::new(env!("CARGO_BIN_EXE_taskmgr-under-test"))
    };
}

/// A sandbox for the log reader that this package builds.
#[macro_export]
macro_rules! trail_sandbox {
    () => {
        $crate::Sandbox::new(env!("CARGO_BIN_EXE_trail-under-test"))
    };
}

/// A fresh folder in which one program is run, in an environment that holds nothing of the user's.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    program: PathBuf,
    environment: Vec<(String, String)>,
}

impl Sandbox {
    /// A sandbox for the program at that path.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[track_caller]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, program: program.into(), environment: Vec::new() }
    }

    /// Runs with one more environment variable.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.dir().join(relative)
    }

    /// Writes a file, with the folders it needs.
    ///
    /// # Panics
    /// When that fails.
    #[track_caller]
    pub fn write(&self, relative: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.path(relative);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).expect("a folder for the file");
        }
        std::fs::write(&path, bytes).unwrap_or_else(|e| panic!("write {}: {e}", path.display()));
    }

    /// Reads a file.
    ///
    /// # Panics
    /// When that fails.
    #[track_caller]
    pub fn read(&self, relative: impl AsRef<Path>) -> Vec<u8> {
        let path = self.path(relative);
        std::fs::read(&path).unwrap_or_else(|e| panic!("read {}: {e}", path.display()))
    }

    /// Reads a file as text.
    ///
    /// # Panics
    /// When that fails.
    #[track_caller]
    pub fn read_text(&self, relative: impl AsRef<Path>) -> String {
        String::from_utf8(self.read(relative)).expect("a text file")
    }

    /// The names in a folder, sorted; empty when there is no such folder.
    pub fn names(&self, relative: impl AsRef<Path>) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(relative)).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The program with these arguments, ready to be run in the folder.
    pub fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .current_dir(self.dir())
            .env_clear()
            .env("HOME", self.dir())
            .env("USER", "tester")
            .env("TZ", "UTC")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Outcome {
        self.start(args).finish()
    }

    /// Runs the program to its end with `input` on stdin.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn run_with_input(
        &self,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
        input: &str,
    ) -> Outcome {
        let mut running = Running::spawn(self.command(args).stdin(Stdio::piped()));
        if let Some(mut stdin) = running.child.stdin.take() {
            stdin.write_all(input.as_bytes()).expect("the program reads its input");
        }
        running.finish()
    }

    /// Starts the program and does not wait.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn start(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Running {
        Running::spawn(&mut self.command(args))
    }
}

/// A program that was started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    shown: String,
}

impl Running {
    #[track_caller]
    fn spawn(command: &mut Command) -> Self {
        let shown = command
            .get_args()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join(" ");
        let child = command
            .spawn()
            .unwrap_or_else(|e| panic!("start {}: {e}", command.get_program().display()));
        Self { child, shown }
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When that fails.
    #[track_caller]
    pub fn finish(self) -> Outcome {
        let output = self.child.wait_with_output().expect("the program's end");
        Outcome { output, shown: self.shown }
    }
}

/// What a program did.
#[derive(Debug)]
pub struct Outcome {
    output: Output,
    shown: String,
}

impl Outcome {
    /// Expects exit code 0.
    ///
    /// # Panics
    /// When it is another.
    #[must_use]
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Expects that exit code.
    ///
    /// # Panics
    /// When it is another.
    #[must_use]
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert!(
            self.output.status.code() == Some(code),
            "expected exit code {code}\n{}",
            self.transcript()
        );
        self
    }

    /// Expects exactly this on stdout.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    #[track_caller]
    pub fn prints(self, stdout: &str) -> Self {
        assert!(self.stdout() == stdout, "expected stdout\n{stdout}\n{}", self.transcript());
        self
    }

    /// Expects exactly this on stderr.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    #[track_caller]
    pub fn warns(self, stderr: &str) -> Self {
        assert!(self.stderr() == stderr, "expected stderr\n{stderr}\n{}", self.transcript());
        self
    }

    /// stdout as text.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// stdout as it came.
    pub fn stdout_bytes(&self) -> &[u8] {
        &self.output.stdout
    }

    /// stderr as text.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// The exit code; -1 after a signal.
    pub fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    /// stdout as one JSON document.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.output.stdout)
            .unwrap_or_else(|e| panic!("stdout is not JSON: {e}\n{}", self.transcript()))
    }

    /// Everything there is to see, for the message of a failing test.
    pub fn transcript(&self) -> String {
        format!(
            "command: {}\nended: {}\n--- stdout\n{}--- stderr\n{}---",
            self.shown,
            self.output.status,
            self.stdout(),
            self.stderr()
        )
    }
}

/// The complete lines of a log file as JSON; none while there is no file.
///
/// # Panics
/// When it cannot be read, or a line is not JSON.
#[track_caller]
pub fn log_lines(path: &Path) -> Vec<Value> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text.unwrap_or_else(|e| panic!("read {}: {e}", path.display())),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let parsed = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    whole.lines().map(parsed).collect()
}

/// What the processes of the spool's tests write: told by its number, of any length.
pub fn spool_text(thread: u64, n: u64) -> String {
    let length = usize::try_from((n * 37 + thread * 11) % 160).unwrap_or(0);
    let words = ["oak", "elm", "ash", "yew", "fir"];
    let place = usize::try_from(n + thread).unwrap_or(0);
    let text: Vec<&str> = words.iter().cycle().skip(place % 5).take(length).copied().collect();
    text.join(" ")
}

/// Says that a test, or a part of one, cannot run here. `.ci/run` counts these lines, so it goes
/// around the capture of the test harness.
pub fn skipped(why: &str) {
    // Nobody is there to be told that this failed.
    let _ = std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes());
}

/// A file of `deploy` with other paths in it.
///
/// # Panics
/// When it cannot be read, or does not hold a path that is to be replaced.
#[track_caller]
pub fn deployed(name: &str, paths: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name);
    let text = std::fs::read_to_string(&path);
    let text = text.unwrap_or_else(|e| panic!("read {}: {e}", path.display()));
    paths.iter().fold(text, |text, (path, instead)| {
        assert!(text.contains(path), "deploy/{name} does not mention {path}");
        text.replace(path, instead)
    })
}

/// The lines of a file and of its archives, compressed or not, the oldest first.
///
/// # Panics
/// When one cannot be read.
#[track_caller]
pub fn read_archives(dir: &Path, active: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .expect("a directory of logs")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| audit_runtime::layout::parse(active, name).is_some())
        .collect();
    names.sort();
    names.push(active.to_owned());
    let lines = |name: &String| {
        let bytes = std::fs::read(dir.join(name)).unwrap_or_else(|e| panic!("read {name}: {e}"));
        let mut text = String::new();
        let read = if Path::new(name).extension().is_some_and(|ending| ending == "gz") {
            flate2::read::MultiGzDecoder::new(&*bytes).read_to_string(&mut text)
        } else {
            (&*bytes).read_to_string(&mut text)
        };
        read.unwrap_or_else(|e| panic!("read {name}: {e}"));
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    names.iter().flat_map(lines).collect()
}
