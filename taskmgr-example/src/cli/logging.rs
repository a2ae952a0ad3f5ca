//! Where the logs go.
//!
//! The folder is, in this order: `--log-dir`, the variable `AUDIT_LOG_DIR`, `logs` beside the tasks
//! folder. It never depends on the folder a command happens to be called from alone;
//! `taskmgr logs path` prints it.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use super::globals::{GlobalArgs, Profile};
use crate::Error;

/// The five log files.
pub const FILES: [&str; 5] =
    ["system.log", "debug.log", "error.log", "audit.log", "performance.log"];

/// What the options say about logging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Folder of the log files.
    pub dir: PathBuf,
    /// The profile, when one was named.
    pub profile: Option<Profile>,
    /// 0: warnings and errors on stderr; 1: debug; 2: everything.
    pub verbose: u8,
    /// One more file for everything.
    pub extra: Option<PathBuf>,
    /// Whether files are written at all.
    pub enabled: bool,
    /// Who acts.
    pub actor: String,
}

impl Settings {
    /// What the options come to. Nothing is opened or made.
    pub fn of(global: &GlobalArgs) -> Self {
        Self {
            dir: folder(global),
            profile: global.profile,
            verbose: global.verbose,
            extra: global.log_file.clone(),
            enabled: !global.no_log,
            actor: global.actor(),
        }
    }

    /// The five log files.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        FILES.iter().map(|name| self.dir.join(name))
    }
}

/// Keeps logging going until it is dropped.
#[derive(Debug)]
pub struct Guard {
    /// What the options came to.
    pub settings: Settings,
}

/// Sets up logging. Fails only when a file that was named by hand cannot be written.
pub fn start(global: &GlobalArgs) -> Result<Guard, Error> {
    let settings = Settings::of(global);
    if let Some(path) = &settings.extra {
        OpenOptions::new().append(true).create(true).open(path).map_err(|error| Error::Usage {
            message: format!("cannot write --log-file '{}': {error}", path.display()),
            hint: None,
        })?;
    }
    Ok(Guard { settings })
}

fn folder(global: &GlobalArgs) -> PathBuf {
    if let Some(dir) = global.log_dir.as_ref().filter(|dir| !dir.as_os_str().is_empty()) {
        return absolute(dir);
    }
    let tasks = absolute(&global.tasks_dir);
    match (tasks.file_name(), tasks.parent()) {
        (Some(_), Some(parent)) => parent.join("logs"),
        _ => tasks.join("..").join("logs"),
    }
}

/// The path from the root; as it is when the current folder is gone.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn dir(options: &[&str]) -> PathBuf {
        let mut command = vec!["taskmgr", "list"];
        command.extend(options);
        let mut global = super::super::Args::parse_from(command).global;
        if !options.contains(&"--log-dir") {
            // Whatever the environment of the test run says.
            global.log_dir = None;
        }
        Settings::of(&global).dir
    }

    #[test]
    fn logs_are_beside_the_tasks_unless_named() {
        assert_eq!(dir(&["--tasks-dir", "/data/p/tasks"]), Path::new("/data/p/logs"));
        assert_eq!(dir(&["--tasks-dir", "/data/p/tasks/"]), Path::new("/data/p/logs"));
        assert_eq!(
            dir(&["--tasks-dir", "/data/p/tasks", "--log-dir", "/var/x"]),
            Path::new("/var/x")
        );
        let here = std::env::current_dir().unwrap();
        assert_eq!(dir(&["--tasks-dir", "tasks"]), here.join("logs"));
    }
}
