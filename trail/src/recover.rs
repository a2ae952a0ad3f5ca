//! `trail recover`: brings what killed processes left in their spools into the log files.

use std::fmt::Write as _;
use std::path::PathBuf;

use audit_runtime::{Recovery, recover_spools};
use clap::Args;

use crate::upkeep::Done;

#[derive(Args)]
pub(crate) struct RecoverArgs {
    /// The directory that holds audit.log and the other files.
    #[arg(value_name = "DIR", env = "AUDIT_LOG_DIR", default_value = "logs")]
    dir: PathBuf,
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
    let complaints: Vec<String> = aside.chain(left).collect();
    Ok(Done { text, complete: complaints.is_empty(), complaints })
}
