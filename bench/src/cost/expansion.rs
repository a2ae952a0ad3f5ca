//! The lines of an annotated function as the compiler sees it.

use std::{
    env,
    io::{self, Write as _},
    process::{Command, Stdio},
};

use super::{
    subject::TWO_ARGUMENTS,
    workspace::{Workspace, output},
};
use crate::row::Row;

/// The lines of a function of two arguments, formatted by rustfmt's own rules.
pub(crate) fn rows(workspace: &Workspace) -> io::Result<Vec<Row>> {
    let source = format!("{TWO_ARGUMENTS}fn main() {{}}\n");
    let source = workspace.program("expansion", &source)?;
    let library = workspace.library("audit_runtime", "expansion")?;
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.arg(source).args(["--edition", "2024", "--extern"]);
    command.arg(format!("audit_runtime={}", library.display()));
    command.arg("-L").arg(format!("dependency={}", library.with_file_name("").display()));
    // A stable compiler prints it as well, when it is told to take a nightly flag. Not by way of
    // cargo: to it, that is another compiler, for which it would build everything again.
    command.env("RUSTC_BOOTSTRAP", "1").arg("-Zunpretty=expanded");
    let expanded = output(&mut command)?;
    let function = function(&format(&expanded)?)?;
    Ok(vec![Row {
        bench: "expansion",
        peer: "#[audited], 2 arguments",
        threads: 1,
        metric: "lines",
        value: function.lines().count() as f64,
        unit: "lines",
        rounds: 1,
    }])
}

fn format(source: &str) -> io::Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=100"])
        .current_dir(env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = rustfmt.stdin.take() {
        input.write_all(source.as_bytes())?;
    }
    let done = rustfmt.wait_with_output()?;
    if !done.status.success() {
        return Err(io::Error::other("rustfmt does not take the expansion"));
    }
    String::from_utf8(done.stdout).map_err(io::Error::other)
}

/// From the signature to the brace that ends it.
fn function(source: &str) -> io::Result<String> {
    let from = source.find("pub fn rename").ok_or_else(|| io::Error::other("no function"))?;
    let end = source[from..].find("\n}").ok_or_else(|| io::Error::other("no end of function"))?;
    Ok(source[from..from + end + 2].to_owned())
}
