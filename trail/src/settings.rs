//! The settings that a program would have, each with its value and where that comes from.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;

use audit_runtime::config::{Loaded, Problem};
use clap::Args;
use serde::Serialize;

use crate::escape::{printable, printable_json};

/// Whose settings.
#[derive(Args)]
pub struct SettingsArgs {
    /// The program's name.
    #[arg(long, value_name = "NAME", default_value = "app")]
    app: String,
    /// The configuration file, as if `AUDIT_LOG_CONFIG` named it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl SettingsArgs {
    /// The settings in the environment of this process, with the options in it.
    #[must_use]
    pub fn loaded(&self, dir: Option<&PathBuf>) -> Loaded {
        let options = [("AUDIT_LOG_DIR", dir), ("AUDIT_LOG_CONFIG", self.config.as_ref())];
        let set = options.iter().filter_map(|(name, value)| {
            Some((OsString::from(name), value.as_ref()?.as_os_str().to_owned()))
        });
        let others = std::env::vars_os().filter(|(name, _)| {
            !options.iter().any(|(option, value)| value.is_some() && name == option)
        });
        let variables: Vec<_> = others.chain(set).collect();
        audit_runtime::builder(self.app.as_str()).environment(variables).settings()
    }
}

/// The settings as columns for people, then the list in the form of `AUDIT_LOG`.
#[must_use]
pub fn table(loaded: &Loaded) -> String {
    let rows: Vec<[String; 3]> = loaded
        .settings
        .origins()
        .into_iter()
        .map(|setting| {
            let value = if setting.value.is_empty() { "-" } else { &setting.value };
            let cells = [&setting.key.to_string(), value, &setting.origin.to_string()];
            cells.map(|cell| printable(cell).into_owned())
        })
        .collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let (first, second) = (width(0).unwrap_or(0).max(7), width(1).unwrap_or(0).clamp(5, 48));
    let mut text = format!("{:first$}  {:second$}  ORIGIN\n", "SETTING", "VALUE");
    for [key, value, origin] in &rows {
        // Writing to a string cannot fail; here and below.
        let _ = writeln!(text, "{key:first$}  {value:second$}  {origin}");
    }
    let _ = writeln!(text, "\nAUDIT_LOG={}", printable(&loaded.settings.list().to_string()));
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    app: &'a str,
    list: String,
    settings: Vec<Setting>,
    problems: Vec<Trouble<'a>>,
}

#[derive(Serialize)]
struct Setting {
    key: String,
    value: String,
    origin: String,
}

#[derive(Serialize)]
struct Trouble<'a> {
    variable: &'a str,
    /// Absent where it may be a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    /// The bytes of the value that it is about.
    start: usize,
    end: usize,
    reason: &'a str,
    expected: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<&'a str>,
    ignored: bool,
}

impl<'a> From<&'a Problem> for Trouble<'a> {
    fn from(problem: &'a Problem) -> Self {
        Self {
            variable: &problem.variable,
            value: problem.value.as_deref(),
            start: problem.range.start,
            end: problem.range.end,
            reason: &problem.reason,
            expected: &problem.expected,
            nearest: problem.nearest.as_deref(),
            ignored: problem.is_fault(),
        }
    }
}

/// The settings as one JSON document, with a line feed at its end.
pub fn json(loaded: &Loaded) -> Result<String, serde_json::Error> {
    let settings = loaded.settings.origins().into_iter().map(|setting| Setting {
        key: setting.key.to_string(),
        value: setting.value,
        origin: setting.origin.to_string(),
    });
    let document = Document {
        schema: "audit-trail/config/1",
        app: &loaded.settings.app,
        list: loaded.settings.list().to_string(),
        settings: settings.collect(),
        problems: loaded.problems.iter().map(Trouble::from).collect(),
    };
    let text = serde_json::to_string_pretty(&document)?;
    Ok(format!("{}\n", printable_json(&text)))
}
