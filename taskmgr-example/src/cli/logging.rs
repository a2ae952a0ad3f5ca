//! Where the logs go, and setting them up.
//!
//! The folder is, in this order: `--log-dir`, the variable `AUDIT_LOG_DIR`, the one of the
//! configuration file, `logs` beside the tasks folder; `taskmgr logs path` prints it. Everything
//! else follows the `AUDIT_LOG` variables and the file, with two differences that a command-line
//! program needs: the console shows warnings and errors only, unless `-v` asks for more, and it is
//! never stdout, which is for data.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use audit_runtime::record::Category;
use audit_runtime::{Builder, Change, ConsoleTarget, Dir, Level, Logs};

use super::globals::GlobalArgs;
use crate::Error;

/// What the options and the environment say about logging.
#[derive(Debug, Clone)]
pub struct Settings {
    global: GlobalArgs,
    variables: Vec<(OsString, OsString)>,
}

impl Settings {
    /// What the options and the environment come to. Nothing is made.
    pub fn of(global: &GlobalArgs) -> Self {
        Self::with_env(global, std::env::vars_os())
    }

    fn with_env(
        global: &GlobalArgs,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        Self { global: global.clone(), variables: variables.into_iter().collect() }
    }

    /// The log files; none when none are written.
    pub fn files(&self) -> Vec<PathBuf> {
        let settings = self.builder().settings().settings;
        let Dir::At(dir) = &settings.dir else { return Vec::new() };
        let dir = absolute(dir);
        let written = Category::ALL.map(|category| settings.file(category));
        written.iter().filter(|file| file.enabled).map(|file| dir.join(&file.name)).collect()
    }

    /// Where the files are that nobody named a folder for.
    fn beside_the_tasks(&self) -> PathBuf {
        let tasks = absolute(&self.global.tasks_dir);
        match (tasks.file_name(), tasks.parent()) {
            (Some(_), Some(parent)) => parent.join("logs"),
            _ => tasks.join("..").join("logs"),
        }
    }

    /// What options say in the place of variables; they beat the file and the environment without
    /// a word about a contradiction that is none.
    fn options(&self) -> Vec<(&'static str, OsString)> {
        let global = &self.global;
        let named = global.log_dir.as_ref().filter(|dir| !dir.as_os_str().is_empty());
        let dir = match named {
            _ if global.no_log => Some("off".into()),
            Some(dir) => Some(absolute(dir).into_os_string()),
            None => None,
        };
        let console = match global.verbose {
            0 => None,
            1 => Some("stderr,debug".into()),
            _ => Some("stderr,trace".into()),
        };
        let options = [
            ("AUDIT_LOG_DIR", dir),
            ("AUDIT_LOG_CONFIG", global.config.clone().map(PathBuf::into_os_string)),
            ("AUDIT_LOG_PROFILE", global.profile.map(|profile| profile.word().into())),
            ("AUDIT_LOG_CONSOLE", console),
        ];
        options.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn builder(&self) -> Builder {
        let (global, options) = (&self.global, self.options());
        let others = self
            .variables
            .iter()
            .filter(|(name, _)| !options.iter().any(|(option, _)| name == option));
        let others: Vec<_> = others.cloned().collect();
        let mut builder = audit_runtime::builder("taskmgr")
            .agent(global.actor())
            .console(ConsoleTarget::Stderr)
            .console_level(Level::Warn)
            .dir(self.beside_the_tasks());
        if let Some((_, user)) = others.iter().find(|(name, _)| name == "USER") {
            builder = builder.user(user.to_string_lossy());
        }
        if global.verbose > 0 {
            let level = if global.verbose == 1 { Level::Debug } else { Level::Trace };
            builder = builder.pin(Change::Target("taskmgr".to_owned(), level.into()));
        }
        let options = options.into_iter().map(|(name, value)| (name.into(), value));
        builder = builder.environment(others.into_iter().chain(options));
        let to_stdout = builder.clone().settings().settings.console.target == ConsoleTarget::Stdout;
        if to_stdout { builder.pin(Change::Console(ConsoleTarget::Stderr)) } else { builder }
    }
}

/// Keeps logging going until it is dropped.
#[derive(Debug)]
#[must_use = "logging ends when this is dropped"]
pub struct Guard {
    _logs: Logs,
}

/// Sets up logging. Fails only when a file that was named by hand cannot be used.
pub fn start(global: &GlobalArgs) -> Result<Guard, Error> {
    let unusable = |what: &str, path: &Path, error: std::io::Error| Error::Usage {
        message: format!("cannot {what} '{}': {error}", path.display()),
        hint: None,
    };
    let mut builder = Settings::of(global).builder();
    if let Some(path) = &global.config {
        File::open(path).map_err(|error| unusable("read --config", path, error))?;
    }
    if let Some(path) = &global.log_file {
        let opened = OpenOptions::new().append(true).create(true).open(path);
        opened.map_err(|error| unusable("write --log-file", path, error))?;
        builder = builder.extra_file(path);
    }
    Ok(Guard { _logs: builder.init() })
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
        let variables = variable.map(|value| ("AUDIT_LOG_DIR".into(), value.into()));
        let files = Settings::with_env(&global, variables).files();
        Some(files.first()?.parent()?.to_owned())
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
