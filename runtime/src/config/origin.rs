//! Where each effective setting came from.

use std::fmt;

use crate::record::Category;

/// The layer that a setting came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything: the table of the profile.
    #[default]
    Profile,
    /// A default in the program's code.
    Code,
    /// The environment variable of that name.
    Environment(String),
    /// The program's code, which does not let it be changed.
    Pin,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile => f.write_str("profile"),
            Self::Code => f.write_str("code"),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Pin => f.write_str("pinned by code"),
        }
    }
}

/// The name of one setting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The profile.
    Profile,
    /// The level of targets that no directive names.
    Level,
    /// The level of that target.
    Target(String),
    /// Where the files are.
    Dir,
    /// Where the console is.
    Console,
    /// From which level on the console shows.
    ConsoleLevel,
    /// How the console shows.
    ConsoleFormat,
    /// Whether the console shows colours.
    Color,
    /// Whether, and from which level on, a category is written.
    Category(Category),
    /// The name of its file.
    FileName(Category),
    /// The size at which it is rotated.
    RotateSize(Category),
    /// Whether it is rotated by the day.
    RotateDaily(Category),
    /// How many archives of it are kept.
    KeepFiles(Category),
    /// Whether archives of it are compressed.
    Gzip(Category),
    /// Further keys that name a secret.
    RedactKeys,
    /// The most bytes of a line.
    MaxLine,
    /// How timed calls are written.
    Timing,
    /// How often summaries and gauges are written.
    SummaryEvery,
    /// Who the records say it was.
    User,
    /// On whose behalf.
    Agent,
    /// Whether a problem keeps the program from starting.
    Strict,
    /// The key of the pseudonyms.
    HashKey,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile => f.write_str("profile"),
            Self::Level => f.write_str("level"),
            Self::Target(target) => write!(f, "target.{target}"),
            Self::Dir => f.write_str("dir"),
            Self::Console => f.write_str("console"),
            Self::ConsoleLevel => f.write_str("console.level"),
            Self::ConsoleFormat => f.write_str("console.format"),
            Self::Color => f.write_str("console.color"),
            Self::Category(category) => write!(f, "{category}"),
            Self::FileName(category) => write!(f, "{category}.file_name"),
            Self::RotateSize(category) => write!(f, "{category}.rotate_size"),
            Self::RotateDaily(category) => write!(f, "{category}.rotate_every"),
            Self::KeepFiles(category) => write!(f, "{category}.keep_files"),
            Self::Gzip(category) => write!(f, "{category}.compress"),
            Self::RedactKeys => f.write_str("redact_keys"),
            Self::MaxLine => f.write_str("max_line"),
            Self::Timing => f.write_str("timing"),
            Self::SummaryEvery => f.write_str("summary_every"),
            Self::User => f.write_str("user"),
            Self::Agent => f.write_str("agent"),
            Self::Strict => f.write_str("strict"),
            Self::HashKey => f.write_str("hash_key"),
        }
    }
}

/// One effective setting, for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// Which setting.
    pub key: Key,
    /// Its value as it would be written in a variable; never a secret.
    pub value: String,
    /// Where the value came from.
    pub origin: Origin,
}
