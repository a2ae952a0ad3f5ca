//! Where lines go: the directory of the files, and the developer's console.

use std::{fmt, path::PathBuf};

use crate::record::{Category, Level};

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dir {
    /// Nowhere: no files.
    Off,
    /// In this directory.
    At(PathBuf),
    /// In a private directory of this process under the system's temporary one, removed at exit.
    PrivateTemp,
}

/// Where the console is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleTarget {
    /// Nowhere.
    Off,
    /// On the standard error.
    Stderr,
    /// On the standard output.
    Stdout,
    /// Where the test harness captures it.
    Captured,
}

/// How the console shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleFormat {
    /// For people.
    Text,
    /// The lines of the files.
    Json,
}

/// How the lines of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Our own members, which `trail` reads.
    #[default]
    Json,
    /// Readable lines for people; not for the audit category, whose lines tools must be able to
    /// check.
    Text,
    /// JSON with the field names of the Elastic Common Schema.
    Ecs,
}

impl Format {
    /// Whether a category can be written so.
    pub(super) fn suits(self, category: Category) -> bool {
        self != Self::Text || category != Category::Audit
    }
}

/// Whether the console shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Yes.
    Always,
    /// No.
    Never,
}

/// The developer's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Console {
    /// Where it is.
    pub target: ConsoleTarget,
    /// From which level on it shows what the filter lets through.
    pub level: Level,
    /// How it shows.
    pub format: ConsoleFormat,
    /// Whether it shows colours.
    pub color: Color,
}

impl fmt::Display for Dir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::At(path) => write!(f, "{}", path.display()),
            Self::PrivateTemp => f.write_str("private temporary directory"),
        }
    }
}

impl fmt::Display for ConsoleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Stderr => "stderr",
            Self::Stdout => "stdout",
            Self::Captured => "captured",
        })
    }
}

impl fmt::Display for ConsoleFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Ecs => "ecs",
        })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        })
    }
}
