//! `trail recover`: brings what killed processes left, in their spools and in private directories, into
//! the log files.

use std::fmt::Write as _;
use std::path::PathBuf;

use audit_runtime::{PrivateDir, Recovery, recover_private, recover_spools};
use clap::Args;

use crate::upkeep::Done;

#[derive(Args)]
pub(crate) struct RecoverArgs {
    /// The directory that holds audit.log and the other files.
    #[arg(value_name = "DIR", env = "AUDIT_LOG_DIR", default_value = "logs")]
    dir: PathBuf,
    /// The directory for temporary files, in which processes made private directories while DIR took
    /// no lines.
    #[arg(long, value_name = "DIR", env = "TMPDIR", default_value = "/tmp")]
    temp: PathBuf,
}

/// Recovers, and says what became of each spool.
pub(crate) fn run(arguments: &RecoverArgs) -> Result<Done, String> {
    let dir = &arguments.dir;
    if !dir.is_dir() {
        return Err(format!("{} is no directory", dir.display()));
    }
    let Recovery { spools, lines, alive, damaged, left, .. } =
        recover_spools(dir).map_err(|error| format!("cannot read {}: {error}", dir.display()))?;
    let mut text = String::new();
    let counts = [("recovered", spools), ("lines written", lines), ("in use", alive)];
    for (name, count) in counts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<13}  {count}");
    }
    let aside = damaged.iter().map(|path| {
        let path = path.display();
        format!("{path}: damaged and put aside; what could be read of it is in the files")
    });
    let left =
        left.iter().map(|(path, reason)| format!("{}: left as it is: {reason}", path.display()));
    let temp = &arguments.temp;
    let private = recover_private(dir, temp)
        .map_err(|error| format!("cannot read {}: {error}", temp.display()))?;
    for PrivateDir { dir, lines, .. } in &private {
        let _ = writeln!(text, "{lines} lines from {}", dir.display());
    }
    let stuck = private.iter().filter_map(|PrivateDir { dir, failure, .. }| {
        Some(format!("{}: left as it is: {}", dir.display(), failure.as_ref()?))
    });
    let complaints: Vec<String> = aside.chain(left).chain(stuck).collect();
    Ok(Done { text, complete: complaints.is_empty(), complaints })
}
