//! One wish about one setting, whoever has it: code, operator or pin.

use std::{fmt, path::PathBuf, time::Duration};

use super::{
    directives,
    level::{Rule, Threshold},
    limits,
    log_file::FileSetting,
    origin::{Key, Origin},
    place::{Color, ConsoleFormat, ConsoleTarget, Dir},
    problem::{Finding, Problem},
    profile::Profile,
    rotate::RotateSignal,
    size::in_bytes,
    span::in_words,
    spool::SpoolMode,
    timing::Timing,
};
use crate::{
    record::{Category, Level},
    redact::PseudonymKey,
};

/// Which categories a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them, but for those that are named in the same layer.
    All,
    /// That one.
    One(Category),
}

impl Scope {
    /// The categories.
    pub(super) fn categories(self) -> impl Iterator<Item = Category> {
        Category::ALL.into_iter().filter(move |category| match self {
            Self::All => true,
            Self::One(one) => one == *category,
        })
    }
}

impl From<Category> for Scope {
    fn from(category: Category) -> Self {
        Self::One(category)
    }
}

/// One changed setting.
#[derive(Clone, Debug)]
pub enum Change {
    /// The profile, from which all else follows.
    Profile(Profile),
    /// The level of targets that no directive names.
    Level(Threshold),
    /// The level of a target and the modules below it.
    Target(String, Threshold),
    /// Where the files are.
    Dir(Dir),
    /// Where the console is.
    Console(ConsoleTarget),
    /// From which level on the console shows.
    ConsoleLevel(Level),
    /// How the console shows.
    ConsoleFormat(ConsoleFormat),
    /// Whether the console shows colours.
    Color(Color),
    /// Whether, and from which level on, a category is written. The audit category has no level.
    Category(Category, Rule),
    /// The name of a category's file, without a directory.
    FileName(Category, String),
    /// What files of categories are like.
    File(Scope, FileSetting),
    /// How many bytes of archives are kept, all categories together; `None`: all.
    DirBytes(Option<u64>),
    /// The mode of the directory where it is made.
    DirMode(u32),
    /// The signal at which the files are rotated; `None`: none.
    RotateSignal(Option<RotateSignal>),
    /// Further keys that name a secret. They add up; none is ever taken away.
    RedactKeys(Vec<String>),
    /// Whether records go through a spool.
    Spool(SpoolMode),
    /// How timed calls are written.
    Timing(Timing),
    /// How often summaries and gauges are written; `None`: at the end only.
    SummaryEvery(Option<Duration>),
    /// Who the records say it was, where a call does not say.
    User(String),
    /// On whose behalf, where a call does not say.
    Agent(String),
    /// Whether a problem keeps the program from starting.
    Strict(bool),
    /// The key of the pseudonyms.
    HashKey(PseudonymKey),
    /// The configuration file; `None`: none.
    Config(Option<PathBuf>),
    /// How often `system.log` gets a line about the logs themselves; `None`: never.
    Heartbeat(Option<Duration>),
    /// How long the end of the program waits for a slow standard output or error.
    ExitWait(Duration),
    /// So many bytes of lines wait for the standard output, and as many for the console.
    Queue(u64),
    /// How often the configuration file is looked at while the program runs; `None`: never.
    Watch(Option<Duration>),
}

impl Change {
    /// The settings that it changes.
    pub(super) fn keys(&self) -> Vec<Key> {
        match self {
            Self::Profile(_) => vec![Key::Profile],
            Self::Level(_) => vec![Key::Level],
            Self::Target(target, _) => vec![Key::Target(directives::canonical(target))],
            Self::Dir(_) => vec![Key::Dir],
            Self::Console(_) => vec![Key::Console],
            Self::ConsoleLevel(_) => vec![Key::ConsoleLevel],
            Self::ConsoleFormat(_) => vec![Key::ConsoleFormat],
            Self::Color(_) => vec![Key::Color],
            Self::Category(category, _) => vec![Key::Category(*category)],
            Self::FileName(category, _) => vec![Key::FileName(*category)],
            Self::File(scope, setting) => {
                let suited = scope.categories().filter(|category| setting.suits(*category));
                suited.map(|category| Key::File(category, setting.key())).collect()
            }
            Self::DirBytes(_) => vec![Key::DirBytes],
            Self::DirMode(_) => vec![Key::DirMode],
            Self::RotateSignal(_) => vec![Key::RotateSignal],
            Self::RedactKeys(_) => vec![Key::RedactKeys],
            Self::Spool(_) => vec![Key::Spool],
            Self::Timing(_) => vec![Key::Timing],
            Self::SummaryEvery(_) => vec![Key::SummaryEvery],
            Self::User(_) => vec![Key::User],
            Self::Agent(_) => vec![Key::Agent],
            Self::Strict(_) => vec![Key::Strict],
            Self::HashKey(_) => vec![Key::HashKey],
            Self::Config(_) => vec![Key::Config],
            Self::Heartbeat(_) => vec![Key::Heartbeat],
            Self::ExitWait(_) => vec![Key::ExitWait],
            Self::Queue(_) => vec![Key::Queue],
            Self::Watch(_) => vec![Key::Watch],
        }
    }

    /// What it changes, in a word.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(Scope::All, setting) => setting.key().name().to_owned(),
            other => other.keys().first().map(Key::to_string).unwrap_or_default(),
        }
    }

    /// Whether an earlier change means nothing after this one.
    pub(crate) fn replaces(&self, earlier: &Self) -> bool {
        self.keys() == earlier.keys()
    }

    /// What is wrong with it while the program runs, if it only counts before.
    pub(crate) fn is_late(&self) -> Option<Problem> {
        self.keys().iter().find(|key| !key.is_live())?;
        let value = self.to_string();
        let reason = "comes too late: what is set there holds from the start of the program";
        let finding = Finding::fault(0..value.len(), reason);
        Some(finding.of(&format!("{} ({})", self.name(), Origin::Running), Some(&value)))
    }

    /// Whether it is for one category; such a change beats a general one of the same layer.
    pub(super) fn is_special(&self) -> bool {
        matches!(self, Self::File(Scope::One(_), _))
    }

    /// Why it cannot be done, and what could be.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let (reason, expected) = match self {
            Self::Category(Category::Audit, Rule::From(_)) => {
                ("would hide audit records by their level".to_owned(), "on or off".to_owned())
            }
            Self::Target(target, _) if !directives::is_target(target) => (
                format!("is not a level for the target '{target}', which no list can name"),
                "a target of letters, digits, '_', '-', '.', '/' and ':'".to_owned(),
            ),
            Self::Dir(Dir::At(path)) if path.as_os_str().is_empty() => {
                ("is no directory".to_owned(), "a path, or off".to_owned())
            }
            Self::FileName(_, name) if !limits::is_file_name(name) => (
                "is no name of a log file".to_owned(),
                "letters, digits, '_', '-' and '.', not first, and '.log' at the end".to_owned(),
            ),
            Self::File(Scope::One(category), setting) if !setting.suits(*category) => {
                match (setting, category) {
                    (FileSetting::OnFailure(_), Category::Audit) => {
                        let reason = "would lose records of what was done";
                        (reason.to_owned(), "continue, deny or abort".to_owned())
                    }
                    (FileSetting::OnFailure(_), _) => {
                        ("is for the audit category".to_owned(), "continue or drop".to_owned())
                    }
                    _ => (
                        format!("would make the {category} file one that no tool can check"),
                        "json or ecs".to_owned(),
                    ),
                }
            }
            Self::File(_, setting) => return setting.check(),
            Self::DirBytes(Some(bytes)) if *bytes < limits::LEAST_SIZE => {
                ("would delete each archive at once".to_owned(), limits::least_size())
            }
            Self::DirMode(mode) if !limits::is_dir_mode(*mode) => {
                ("is no mode of a log directory".to_owned(), limits::DIR_MODE.to_owned())
            }
            Self::RotateSignal(Some(_)) if !cfg!(feature = "signals") => {
                let reason =
                    "is not built in: the program lacks the feature 'signals' of audit-runtime";
                (reason.to_owned(), "off".to_owned())
            }
            Self::Config(Some(path)) if path.as_os_str().is_empty() => {
                ("is no file".to_owned(), "a path, or off".to_owned())
            }
            Self::Watch(Some(time)) => return limits::within(*time, &limits::WATCH, ""),
            Self::Heartbeat(Some(time)) => {
                return limits::within(*time, &limits::SUMMARY_EVERY, "");
            }
            Self::ExitWait(time) => return limits::within(*time, &limits::EXIT_WAIT, ""),
            Self::Queue(bytes) if !limits::QUEUE.contains(bytes) => {
                let (least, most) = (limits::QUEUE.start(), limits::QUEUE.end());
                let expected = format!("{} to {}", in_bytes(*least), in_bytes(*most));
                ("is out of range".to_owned(), expected)
            }
            Self::RedactKeys(keys) if keys.iter().any(|key| !limits::is_redact_key(key)) => (
                "has a key that would match nearly everything".to_owned(),
                "keys of at least 2 letters or digits".to_owned(),
            ),
            Self::SummaryEvery(Some(period)) => {
                return limits::within(*period, &limits::SUMMARY_EVERY, "");
            }
            Self::User(name) | Self::Agent(name) if !limits::is_name(name) => {
                ("is no name".to_owned(), "1 to 256 bytes without control characters".to_owned())
            }
            _ => return Ok(()),
        };
        Err(Refusal { reason, expected })
    }
}

/// Why a change cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: String,
    pub(super) expected: String,
}

/// The value as it would be written in a variable; never a secret.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(profile) => write!(f, "{profile}"),
            Self::Level(level) | Self::Target(_, level) => write!(f, "{level}"),
            Self::Dir(dir) => write!(f, "{dir}"),
            Self::Console(target) => write!(f, "{target}"),
            Self::ConsoleLevel(level) => write!(f, "{}", Threshold::from(*level)),
            Self::ConsoleFormat(format) => write!(f, "{format}"),
            Self::Color(color) => write!(f, "{color}"),
            Self::Category(_, rule) => write!(f, "{rule}"),
            Self::FileName(_, text) | Self::User(text) | Self::Agent(text) => f.write_str(text),
            Self::File(_, setting) => write!(f, "{setting}"),
            Self::DirBytes(None)
            | Self::RotateSignal(None)
            | Self::Config(None)
            | Self::Heartbeat(None)
            | Self::ExitWait(Duration::ZERO)
            | Self::Watch(None) => f.write_str("off"),
            Self::DirBytes(Some(bytes)) | Self::Queue(bytes) => f.write_str(&in_bytes(*bytes)),
            Self::DirMode(mode) => write!(f, "{mode:04o}"),
            Self::RotateSignal(Some(signal)) => write!(f, "{signal}"),
            Self::RedactKeys(keys) => f.write_str(&keys.join(",")),
            Self::Spool(mode) => write!(f, "{mode}"),
            Self::Timing(timing) => write!(f, "{timing}"),
            Self::SummaryEvery(period) => f.write_str(&period.map_or("off".to_owned(), in_words)),
            Self::Strict(strict) => write!(f, "{strict}"),
            Self::HashKey(_) => f.write_str("(not shown)"),
            Self::Config(Some(path)) => write!(f, "{}", path.display()),
            Self::Watch(Some(time)) | Self::Heartbeat(Some(time)) | Self::ExitWait(time) => {
                f.write_str(&in_words(*time))
            }
        }
    }
}
