//! One wish about one setting, whoever has it: code, operator or pin.

use std::{fmt, path::PathBuf, time::Duration};

use super::{
    directives,
    level::{Rule, Threshold},
    limits,
    origin::Key,
    place::{Color, ConsoleFormat, ConsoleTarget, Dir, Format},
    profile::Profile,
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
    /// The size at which files are rotated; `None`: never.
    RotateSize(Scope, Option<u64>),
    /// Whether files are rotated when the day (UTC) ends.
    RotateDaily(Scope, bool),
    /// How many archives are kept; `None`: all.
    KeepFiles(Scope, Option<u32>),
    /// Whether archives are compressed with gzip.
    Gzip(Scope, bool),
    /// How lines are written. [`Format::Text`] for all leaves the audit category as it is.
    Format(Scope, Format),
    /// Further keys that name a secret. They add up; none is ever taken away.
    RedactKeys(Vec<String>),
    /// The most bytes of a line.
    MaxLine(usize),
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
    /// How often the configuration file is looked at while the program runs; `None`: never.
    Watch(Option<Duration>),
}

impl Change {
    /// The settings that it changes.
    pub(super) fn keys(&self) -> Vec<Key> {
        let each = |scope: &Scope, key: fn(Category) -> Key| scope.categories().map(key).collect();
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
            Self::RotateSize(scope, _) => each(scope, Key::RotateSize),
            Self::RotateDaily(scope, _) => each(scope, Key::RotateDaily),
            Self::KeepFiles(scope, _) => each(scope, Key::KeepFiles),
            Self::Gzip(scope, _) => each(scope, Key::Gzip),
            Self::Format(scope, format) => scope
                .categories()
                .filter(|category| format.suits(*category))
                .map(Key::Format)
                .collect(),
            Self::RedactKeys(_) => vec![Key::RedactKeys],
            Self::MaxLine(_) => vec![Key::MaxLine],
            Self::Spool(_) => vec![Key::Spool],
            Self::Timing(_) => vec![Key::Timing],
            Self::SummaryEvery(_) => vec![Key::SummaryEvery],
            Self::User(_) => vec![Key::User],
            Self::Agent(_) => vec![Key::Agent],
            Self::Strict(_) => vec![Key::Strict],
            Self::HashKey(_) => vec![Key::HashKey],
            Self::Config(_) => vec![Key::Config],
            Self::Watch(_) => vec![Key::Watch],
        }
    }

    /// Whether it is for one category; such a change beats a general one of the same layer.
    pub(super) fn is_special(&self) -> bool {
        matches!(
            self,
            Self::RotateSize(Scope::One(_), _)
                | Self::RotateDaily(Scope::One(_), _)
                | Self::KeepFiles(Scope::One(_), _)
                | Self::Gzip(Scope::One(_), _)
                | Self::Format(Scope::One(_), _)
        )
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
            Self::RotateSize(_, Some(size)) if *size < limits::LEAST_ROTATE_SIZE => {
                let least = in_bytes(limits::LEAST_ROTATE_SIZE);
                ("is too small a file".to_owned(), format!("at least {least}, or off"))
            }
            Self::KeepFiles(_, Some(0)) => {
                ("would delete each archive at once".to_owned(), limits::KEEP.to_owned())
            }
            Self::Format(Scope::One(category), format) if !format.suits(*category) => (
                format!("would make the {category} file one that no tool can check"),
                "json or ecs".to_owned(),
            ),
            Self::Config(Some(path)) if path.as_os_str().is_empty() => {
                ("is no file".to_owned(), "a path, or off".to_owned())
            }
            Self::Watch(Some(time)) if !limits::WATCH.contains(time) => {
                let [least, most] =
                    [limits::WATCH.start(), limits::WATCH.end()].map(|t| in_words(*t));
                ("is out of range".to_owned(), format!("{least} to {most}, or off"))
            }
            Self::RedactKeys(keys) if keys.iter().any(|key| !limits::is_redact_key(key)) => (
                "has a key that would match nearly everything".to_owned(),
                "keys of at least 2 letters or digits".to_owned(),
            ),
            Self::MaxLine(bytes) if !limits::MAX_LINE.contains(bytes) => {
                let (least, most) = (limits::MAX_LINE.start(), limits::MAX_LINE.end());
                ("is out of range".to_owned(), format!("{least} to {most} bytes"))
            }
            Self::SummaryEvery(Some(period)) if !limits::SUMMARY_EVERY.contains(period) => {
                let (least, most) = (limits::SUMMARY_EVERY.start(), limits::SUMMARY_EVERY.end());
                let range = format!("{} to {}, or off", in_words(*least), in_words(*most));
                ("is out of range".to_owned(), range)
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
            Self::RotateSize(_, size) => f.write_str(&size.map_or("off".to_owned(), in_bytes)),
            Self::RotateDaily(_, daily) => f.write_str(if *daily { "day" } else { "off" }),
            Self::KeepFiles(_, None) | Self::Config(None) | Self::Watch(None) => f.write_str("off"),
            Self::KeepFiles(_, Some(count)) => write!(f, "{count}"),
            Self::Gzip(_, gzip) => f.write_str(if *gzip { "gzip" } else { "off" }),
            Self::Format(_, format) => write!(f, "{format}"),
            Self::RedactKeys(keys) => f.write_str(&keys.join(",")),
            Self::MaxLine(bytes) => write!(f, "{bytes}"),
            Self::Spool(mode) => write!(f, "{mode}"),
            Self::Timing(timing) => write!(f, "{timing}"),
            Self::SummaryEvery(period) => f.write_str(&period.map_or("off".to_owned(), in_words)),
            Self::Strict(strict) => write!(f, "{strict}"),
            Self::HashKey(_) => f.write_str("(not shown)"),
            Self::Config(Some(path)) => write!(f, "{}", path.display()),
            Self::Watch(Some(time)) => f.write_str(&in_words(*time)),
        }
    }
}
