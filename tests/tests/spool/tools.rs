//! Programs that bring faults about, and processes that do what they are told.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::OnceLock,
};

use audit_tests::skipped;

use crate::process;

/// Whether a program does what it is asked for here; what cannot be tried without it is said to be
/// skipped.
fn works(answer: &OnceLock<bool>, program: &str, arguments: &[&str], what: &str) -> bool {
    let works = *answer.get_or_init(|| {
        let output = Command::new(program).args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    });
    if !works {
        skipped(&format!("`{program}` is not there, or may not {what}"));
    }
    works
}

/// Whether calls to the kernel can be changed.
pub(crate) fn can_trace() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    works(&ANSWER, "strace", &["-f", "-o", "/dev/null", "true"], "trace")
}

/// Whether file systems can be mounted, out of sight of others.
pub(crate) fn can_mount() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    let mount = "mount -t tmpfs -o size=64k tmpfs /tmp";
    works(&ANSWER, "unshare", &["--mount", "sh", "-c", mount], "mount")
}

/// Whether a file with a file system in it can be mounted.
pub(crate) fn can_loop() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    let script = "set -e; dir=$(mktemp -d); trap 'rm -rf $dir' EXIT; truncate -s 16M $dir/image; \
                  mkfs.ext4 -q $dir/image; mkdir $dir/mount; mount -o loop $dir/image $dir/mount; \
                  umount $dir/mount";
    can_mount() && works(&ANSWER, "unshare", &["--mount", "sh", "-c", script], "mount a file")
}

/// Whether there is a program of that name.
pub(crate) fn has(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$1\"", "sh", program]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        skipped(&format!("`{program}` is not installed"));
    }
    found
}

/// A process run by another program, with the arguments of the latter in front.
pub(crate) fn wrapped(wrapper: &[&str], inner: &Command) -> Command {
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(inner.get_program()).args(inner.get_args());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in inner.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
}

/// A process in which calls to the kernel are changed as `inject` says; what was changed stands in
/// the file `told`.
pub(crate) fn traced(told: &Path, inject: &[&str], inner: &Command) -> Command {
    let told = told.to_str().expect("UTF-8");
    let mut wrapper = vec!["strace", "-f", "-qq", "-y", "-o", told];
    wrapper.extend(inject);
    wrapped(&wrapper, inner)
}

/// A directory with a place for logs, and homes for lines that go elsewhere.
pub(crate) struct Scene {
    dir: tempfile::TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        for name in ["home", "temp"] {
            fs::create_dir(dir.path().join(name)).expect("a directory");
        }
        Self { dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.path("logs")
    }

    /// A library to put in front of the C library, made of the source of that name.
    pub(crate) fn shim(&self, name: &str) -> String {
        let shim = self.text(&format!("{name}.so"));
        let source = format!("{}/tests/spool/{name}.c", env!("CARGO_MANIFEST_DIR"));
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o", &shim, &source]).status();
        assert!(built.expect("a compiler").success());
        shim
    }

    /// A process that does something with the logs.
    pub(crate) fn process(&self, what: &str, arguments: &[&str], mode: &str) -> Command {
        let logs = self.text("logs");
        let mut command = process(&[&[what, &logs], arguments].concat(), mode);
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("temp"));
        command
    }

    /// One that does what it is told.
    pub(crate) fn script(&self, mode: &str) -> Script {
        Script::start(self.process("script", &[], mode))
    }

    /// A process whose logs stand on a file system of their own, which `mount` makes; what is on it
    /// in the end is copied back. `$DIR` is its place, `$TOP` that of the scene.
    pub(crate) fn mounted(&self, mount: &str, inner: &Command) -> Command {
        self.remounted(mount, ":", inner)
    }

    /// The same with what is done with the file system before it is copied.
    pub(crate) fn remounted(&self, mount: &str, after: &str, inner: &Command) -> Command {
        let script = format!(
            "set -e; TOP=$1; DIR=$1/logs; shift; mkdir $DIR; {mount}; set +e; \"$@\"; code=$?; set -e; \
             {after}; mkdir $TOP/copy; cp -a $DIR/. $TOP/copy; rm -f $TOP/copy/filler; \
             exit $code"
        );
        let top = self.text("");
        wrapped(
            &["unshare", "--mount", "sh", "-c", &script, "sh", top.trim_end_matches('/')],
            inner,
        )
    }

    /// The whole lines of the audit file; a kill may have torn one.
    pub(crate) fn audit(&self) -> Vec<serde_json::Value> {
        let text = fs::read(self.path("logs/audit.log")).unwrap_or_default();
        let lines = text.split(|byte| *byte == b'\n');
        lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }

    /// The calls that a tracer told of, those that another thread came between in one line.
    pub(crate) fn calls(&self) -> Vec<String> {
        let told = fs::read_to_string(self.path("told")).expect("read");
        let mut calls = Vec::<String>::new();
        for line in told.lines() {
            let thread = line.split(' ').next().unwrap_or_default();
            let begun = line.split_once(" resumed>").and_then(|(_, rest)| {
                let open = |call: &&mut String| {
                    call.split(' ').next() == Some(thread) && call.ends_with("<unfinished ...>")
                };
                Some((calls.iter_mut().rev().find(open)?, rest))
            });
            match begun {
                Some((call, rest)) => *call = call.replace("<unfinished ...>", rest),
                None => calls.push(line.to_owned()),
            }
        }
        calls
    }

    /// How many records stand in the audit file.
    pub(crate) fn lines(&self) -> usize {
        self.audit().iter().filter(|line| line["operation"] == "STEP").count()
    }

    /// Expects the numbers `0..count` in the files of the scene and on the standard error, each once.
    #[track_caller]
    pub(crate) fn check_everywhere(&self, count: u64, told: &str, stderr: &str) {
        let found = self.everywhere(stderr);
        assert!(found.iter().copied().eq(0..count), "{told}: {count} of {found:?}");
    }

    /// The numbers of the records in any file of the scene and on the standard error.
    pub(crate) fn everywhere(&self, stderr: &str) -> Vec<u64> {
        let mut found = Vec::new();
        let mut texts = vec![stderr.to_owned()];
        let mut dirs = vec![self.dir.path().to_owned()];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(&dir).expect("a directory") {
                let path = entry.expect("an entry").path();
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                // What is on a file system of its own was copied.
                if path.is_dir() && !path.is_symlink() {
                    dirs.push(path);
                } else if name.starts_with("audit.log") {
                    texts.push(
                        String::from_utf8_lossy(&fs::read(&path).expect("read")).into_owned(),
                    );
                }
            }
        }
        for line in texts.iter().flat_map(|text| text.lines()) {
            let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            if line["operation"] == "STEP" {
                found.push(line["details"]["n"].as_u64().expect("a number"));
            }
        }
        found.sort_unstable();
        found
    }
}

/// A process that does what it is told.
pub(crate) struct Script {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Script {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, input, output }
    }

    /// Tells it to do something; its answer, or nothing where it is not there any more.
    pub(crate) fn ask(&mut self, what: &str) -> Option<String> {
        let input = self.input.as_mut().expect("not ended");
        input.write_all(format!("{what}\n").as_bytes()).ok()?;
        self.answer()
    }

    pub(crate) fn answer(&mut self) -> Option<String> {
        let mut line = String::new();
        self.output.read_line(&mut line).ok().filter(|count| *count > 0)?;
        Some(line.trim_end().to_owned())
    }

    #[track_caller]
    pub(crate) fn tell(&mut self, what: &str) -> String {
        self.ask(what).unwrap_or_else(|| panic!("{what}: no answer, {:?}", self.child.wait()))
    }

    /// Until which number it logged.
    #[track_caller]
    pub(crate) fn log(&mut self, count: u64) -> u64 {
        self.tell(&format!("log {count}")).parse().expect("a number")
    }

    #[track_caller]
    pub(crate) fn count(&mut self, counter: &str) -> u64 {
        self.tell(&format!("count {counter}")).parse().expect("a number")
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
    }

    /// Tells it how to end; how it ended, and what it said on its standard error.
    pub(crate) fn end(mut self, way: &str) -> (ExitStatus, String) {
        // One that is not there any more cannot be told.
        let _ = self.ask(&format!("end {way}"));
        drop(self.input.take());
        let output = self.child.wait_with_output().expect("its end");
        (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The spools of a directory of logs.
pub(crate) fn spools(logs: &Path) -> usize {
    fs::read_dir(logs.join(".spool")).map_or(0, Iterator::count)
}
