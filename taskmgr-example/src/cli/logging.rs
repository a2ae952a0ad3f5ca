//! Where the logs go, and setting them up.
//!
//! The folder is, in this order: `--log-dir`, the variable `AUDIT_LOG_DIR`, `logs` beside the tasks
//! folder; `taskmgr logs path` prints it. Everything else follows the `AUDIT_LOG` variables, with
//! two differences that a command-line program needs: the console shows warnings and errors only,
//! unless `-v` asks for more, and it is never stdout, which is for data.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use audit_runtime::{Builder, Change, ConsoleTarget, Dir, Level, Logs};

use super::globals::{GlobalArgs, Profile};
use crate::Error;

/// The five log files.
pub const FILES: [&str; 5] =
    ["system.log", "debug.log", "error.log", "audit.log", "performance.log"];

const DIR: &str = "AUDIT_LOG_DIR";

/// What the options say about logging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Folder of the log files; `None` when none are written.
    pub dir: Option<PathBuf>,
    /// The profile, when one was named.
    pub profile: Option<Profile>,
    /// 0: warnings and errors on stderr; 1: debug; 2: everything.
    pub verbose: u8,
    /// One more file for everything.
    pub extra: Option<PathBuf>,
    /// Who acts.
    pub actor: String,
}

impl Settings {
    /// What the options and the environment come to. Nothing is opened or made.
    pub fn of(global: &GlobalArgs) -> Self {
        Self::with_env(global, std::env::var_os(DIR))
    }

    fn with_env(global: &GlobalArgs, dir: Option<OsString>) -> Self {
        let dir = if global.no_log { None } else { folder(global, dir) };
        Self {
            dir,
            profile: global.profile,
            verbose: global.verbose,
            extra: global.log_file.clone(),
            actor: global.actor(),
        }
    }

    /// The five log files; none when none are written.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.dir.iter().flat_map(|dir| FILES.iter().map(|name| dir.join(name)))
    }

    /// Options beat the environment: their variables are left out, so that nobody is told about
    /// a contradiction that is none.
    fn builder(&self) -> Builder {
        let overruled = |name: &OsString| {
            name == DIR || (name == "AUDIT_LOG_PROFILE" && self.profile.is_some())
        };
        let variables: Vec<_> = std::env::vars_os().filter(|(name, _)| !overruled(name)).collect();
        let to_stdout = variables.iter().any(|(name, value)| {
            name == "AUDIT_LOG_CONSOLE" && value.to_string_lossy().contains("stdout")
        });
        let dir = self.dir.clone().map_or(Dir::Off, Dir::At);
        let mut builder = audit_runtime::builder("taskmgr")
            .agent(self.actor.as_str())
            .console(ConsoleTarget::Stderr)
            .console_level(Level::Warn)
            .pin(Change::Dir(dir));
        if let Some((_, user)) = variables.iter().find(|(name, _)| name == "USER") {
            builder = builder.user(user.to_string_lossy());
        }
        if to_stdout {
            builder = builder.pin(Change::Console(ConsoleTarget::Stderr));
        }
        if let Some(path) = &self.extra {
            builder = builder.extra_file(path);
        }
        if let Some(profile) = self.profile {
            builder = builder.pin(Change::Profile(profile.into()));
        }
        if self.verbose > 0 {
            let level = if self.verbose == 1 { Level::Debug } else { Level::Trace };
            let own = Change::Target("taskmgr".to_owned(), level.into());
            builder = builder.pin(Change::ConsoleLevel(level)).pin(own);
        }
        builder.environment(variables)
    }
}

/// Keeps logging going until it is dropped.
#[derive(Debug)]
#[must_use = "logging ends when this is dropped"]
pub struct Guard {
    _logs: Logs,
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
    Ok(Guard { _logs: settings.builder().init() })
}

/// The folder of the log files; `None` where the environment says `off`.
fn folder(global: &GlobalArgs, variable: Option<OsString>) -> Option<PathBuf> {
    if let Some(dir) = global.log_dir.as_ref().filter(|dir| !dir.as_os_str().is_empty()) {
        return Some(absolute(dir));
    }
    match variable.filter(|value| !value.to_string_lossy().trim().is_empty()) {
        Some(value) if value.eq_ignore_ascii_case("off") => return None,
        Some(value) => return Some(absolute(Path::new(&value))),
        None => {}
    }
    let tasks = absolute(&global.tasks_dir);
    Some(match (tasks.file_name(), tasks.parent()) {
        (Some(_), Some(parent)) => parent.join("logs"),
        _ => tasks.join("..").join("logs"),
    })
}

/// The path from the root; as it is when the current folder is gone.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn dir(options: &[&str], variable: Option<&str>) -> Option<PathBuf> {
        let mut command = vec!["taskmgr", "list"];
        command.extend(options);
        let global = super::super::Args::parse_from(command).global;
        Settings::with_env(&global, variable.map(Into::into)).dir
    }

    #[test]
    fn logs_are_beside_the_tasks_unless_named() {
        let path = |text: &str| Some(PathBuf::from(text));
        let tasks = ["--tasks-dir", "/data/p/tasks"];
        assert_eq!(dir(&tasks, None), path("/data/p/logs"));
        assert_eq!(dir(&["--tasks-dir", "/data/p/tasks/"], None), path("/data/p/logs"));
        assert_eq!(dir(&tasks, Some("/var/env")), path("/var/env"));
        assert_eq!(dir(&tasks, Some(" ")), path("/data/p/logs"));
        assert_eq!(dir(&tasks, Some("off")), None);
        let named = ["--log-dir", "/var/x"];
        assert_eq!(dir(&named, Some("/var/env")), path("/var/x"));
        assert_eq!(dir(&["--log-dir", "/var/x", "--no-log"], None), None);
        let here = std::env::current_dir().unwrap();
        assert_eq!(dir(&["--tasks-dir", "tasks"], None), Some(here.join("logs")));
    }
}
