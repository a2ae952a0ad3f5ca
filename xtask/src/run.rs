//! Starting other programs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The cargo that runs us, at the top of the repository.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command on our streams; an error says what failed and how.
pub(crate) fn checked(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed: {status}")),
        Err(error) => Err(format!("cannot run `{shown}`: {error}")),
    }
}

/// Runs a command and gives its standard output; what it says on standard error is shown.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let shown = shown(command);
    let done = command.stderr(std::process::Stdio::inherit()).output();
    let done = done.map_err(|error| format!("cannot run `{shown}`: {error}"))?;
    if !done.status.success() {
        return Err(format!("`{shown}` failed: {}", done.status));
    }
    String::from_utf8(done.stdout).map_err(|_| format!("`{shown}` printed what is not UTF-8"))
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let program = Path::new(words.first().map_or("", |word| word)).file_name();
    let program = program.map(|name| name.to_string_lossy()).unwrap_or_default();
    [&[program], words.get(1..).unwrap_or_default()].concat().join(" ")
}
