//! Options that every command takes.

use std::fmt;
use std::path::PathBuf;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for people.
    Table,
    /// Lines for people.
    Text,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
    /// Ids alone.
    Ids,
    /// The bytes of the file.
    Raw,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Ids => "ids",
            Self::Raw => "raw",
        })
    }
}

/// A set of log settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// Everything, for somebody at the keyboard.
    Dev,
    /// For test runs.
    Test,
    /// Like production, a little more talkative.
    Staging,
    /// For work that counts.
    #[value(alias = "prod")]
    Production,
    /// For programs whose output somebody else collects.
    Container,
}

impl Profile {
    /// Its name in settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Container => "container",
        }
    }
}

impl From<Profile> for audit_runtime::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Dev => Self::Dev,
            Profile::Test => Self::Test,
            Profile::Staging => Self::Staging,
            Profile::Production => Self::Production,
            Profile::Container => Self::Container,
        }
    }
}

/// Options that every command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Folder of the task files
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TASKMGR_TASKS_DIR",
        default_value = "tasks"
    )]
    pub tasks_dir: PathBuf,

    /// Write one JSON document (the same as --format json)
    #[arg(long, global = true)]
    pub json: bool,

    /// How results are written
    #[arg(long, global = true, value_enum, value_name = "FORMAT", conflicts_with = "json")]
    pub format: Option<Format>,

    /// Say on stderr what is going on (-vv: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// One more file for everything that is logged
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<PathBuf>,

    /// Folder of the log files [env: AUDIT_LOG_DIR] [default: `logs` beside the tasks folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub log_dir: Option<PathBuf>,

    /// File of log settings (TOML) [env: AUDIT_LOG_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Set of log settings
    #[arg(long, global = true, value_enum, value_name = "PROFILE")]
    pub profile: Option<Profile>,

    /// Who acts, for the audit log [default: the user]
    #[arg(long, global = true, value_name = "NAME", env = "TASKMGR_ACTOR")]
    pub actor: Option<String>,

    /// Write no log files
    #[arg(long, global = true)]
    pub no_log: bool,

    /// How long to wait for the store's lock, in seconds or as `500ms`
    #[arg(long, global = true, value_name = "TIME", default_value = "5")]
    pub lock_timeout: String,
}

impl GlobalArgs {
    /// Who acts: the option, else the user of the environment.
    pub fn actor(&self) -> String {
        let user = || std::env::var("USER").ok();
        let named = self.actor.clone().filter(|name| !name.trim().is_empty());
        named.or_else(user).unwrap_or_else(|| "unknown".to_owned())
    }
}
