//! A package of generated programs, and the cargo that builds them.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::subject::Subject;

const MANIFEST: &str = include_str!("../../Cargo.toml");
const LOCK: &str = include_str!("../../Cargo.lock");

/// The manifest of this package for generated programs: without the lints, which they do not keep,
/// and without the members of the workspace, which stand elsewhere.
fn manifest(runtime: &str) -> String {
    let text = MANIFEST.replace("../runtime", runtime).replace("audit-bench", "audit-cost");
    let lines = text.lines().take_while(|line| !line.starts_with("[lints"));
    lines
        .filter(|line| !line.contains("comparison"))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// A package whose programs are generated.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// One with the dependencies and profiles of this package, so that what cargo has built of
    /// them is used again.
    pub(crate) fn ours() -> io::Result<Self> {
        let target = target()?;
        let workspace = Self { root: target.join("cost/ours"), target };
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
        let runtime = runtime.canonicalize()?.to_string_lossy().replace('\\', "/");
        workspace.write("Cargo.toml", &manifest(&runtime))?;
        workspace.write("Cargo.lock", LOCK)?;
        workspace.empty()?;
        Ok(workspace)
    }

    /// One that depends on what these need.
    pub(crate) fn peer(subjects: &[Subject]) -> io::Result<Self> {
        let [.., last] = subjects else { return Err(io::Error::other("no subjects")) };
        let target = target()?.join("cost/build");
        let workspace = Self { root: target.with_file_name(last.id), target };
        let manifest = format!(
            "[workspace]\n[package]\nname = \"cost-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{}\n",
            last.id, last.dependency
        );
        workspace.write("Cargo.toml", &manifest)?;
        workspace.empty()?;
        Ok(workspace)
    }

    /// Leaves no program of an earlier run.
    fn empty(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.root.join("src")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes the source of a program; gives its path.
    pub(crate) fn program(&self, name: &str, source: &str) -> io::Result<PathBuf> {
        self.write(&format!("src/bin/{name}.rs"), source)
    }

    /// Where the library is that a program of this package is linked with.
    pub(crate) fn library(&self, name: &str, program: &str) -> io::Result<PathBuf> {
        let mut build = self.cargo(&["build", "--release", "--bin", program]);
        let messages = output(build.arg("--message-format=json"))?;
        let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
        let of = |message: &Value| message["target"]["name"] == name;
        let library = messages.filter(of).find_map(|message| {
            let files = message["filenames"].as_array()?.iter();
            files.filter_map(Value::as_str).find(|file| file.ends_with(".rlib")).map(PathBuf::from)
        });
        library.ok_or_else(|| io::Error::other(format!("cargo names no library {name}")))
    }

    fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text)?;
        Ok(path)
    }

    /// A cargo command in this package.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "0");
        command
    }

    /// Where the release build of a program is.
    pub(crate) fn executable(&self, name: &str) -> PathBuf {
        self.target.join("release").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

/// The directory that this program was built in.
fn target() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2);
    target.map(Path::to_owned).ok_or_else(|| io::Error::other("this program is in no directory"))
}

/// What a command prints; what it says when it fails.
pub(crate) fn output(command: &mut Command) -> io::Result<String> {
    let done = command.output()?;
    if done.status.success() {
        return String::from_utf8(done.stdout).map_err(io::Error::other);
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let from = said.find("error").unwrap_or(0);
    let said: String = said[from..].lines().take(20).collect::<Vec<_>>().join("\n");
    Err(io::Error::other(format!("{command:?} failed: {said}")))
}
