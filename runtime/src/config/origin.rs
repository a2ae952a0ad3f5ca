//! Where each effective setting came from.

use std::fmt;

use super::log_file::FileKey;
use crate::record::Category;

/// The layer that a setting came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything: the table of the profile.
    #[default]
    Profile,
    /// A default in the program's code.
    Code,
    /// The configuration file.
    File {
        /// Its path, as it was given.
        path: String,
        /// The line in it, from 1.
        line: usize,
    },
    /// The environment variable of that name.
    Environment(String),
    /// A change while the program runs.
    Running,
    /// The program's code, which does not let it be changed.
    Pin,
}

impl Origin {
    /// The higher one wins.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Profile => 0,
            Self::Code => 1,
            Self::File { .. } => 2,
            Self::Environment(_) => 3,
            Self::Running => 4,
            Self::Pin => 5,
        }
    }

    /// Whether the operator said it before the program started.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Environment(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile => f.write_str("profile"),
            Self::Code => f.write_str("code"),
            Self::File { path, line } => write!(f, "file {path}:{line}"),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Running => f.write_str("changed while running"),
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
    /// What its file is like.
    File(Category, FileKey),
    /// How many bytes of archives are kept, all categories together.
    DirBytes,
    /// The mode of the directory.
    DirMode,
    /// The signal at which the files are rotated.
    RotateSignal,
    /// Further keys that name a secret.
    RedactKeys,
    /// Whether records go through a spool.
    Spool,
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
    /// The configuration file.
    Config,
    /// How often `system.log` gets a line about the logs themselves.
    Heartbeat,
    /// How long the end of the program waits for a slow standard output or error.
    ExitWait,
    /// How many bytes wait for a stream.
    Queue,
    /// How often the configuration file is looked at while the program runs.
    Watch,
}

impl Key {
    /// Whether the setting can change while the program runs.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        match self {
            Self::Level | Self::Target(_) | Self::Category(_) | Self::DirBytes => true,
            Self::File(_, key) => key.is_live(),
            _ => false,
        }
    }
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
            Self::File(category, key) => write!(f, "{category}.{}", key.name()),
            Self::DirBytes => f.write_str("dir_bytes"),
            Self::DirMode => f.write_str("dir_mode"),
            Self::RotateSignal => f.write_str("rotate_signal"),
            Self::RedactKeys => f.write_str("redact_keys"),
            Self::Spool => f.write_str("spool"),
            Self::Timing => f.write_str("timing"),
            Self::SummaryEvery => f.write_str("summary_every"),
            Self::User => f.write_str("user"),
            Self::Agent => f.write_str("agent"),
            Self::Strict => f.write_str("strict"),
            Self::HashKey => f.write_str("hash_key"),
            Self::Config => f.write_str("config"),
            Self::Heartbeat => f.write_str("heartbeat"),
            Self::ExitWait => f.write_str("exit_wait"),
            Self::Queue => f.write_str("queue"),
            Self::Watch => f.write_str("watch"),
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
