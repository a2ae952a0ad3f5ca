//! What a program wants of its logging, in code.

use std::{ffi::OsString, fmt, path::PathBuf, time::Duration};

use super::{guard::Logs, start};
use crate::{
    config::{
        Change, Color, ConsoleTarget, Dir, Environment, Every, FileSetting, Format, Loaded,
        MinFree, Problem, Profile, RotateSignal, Rule, Scope, Timing,
    },
    layout::Compression,
    record::{Category, Level},
};

/// Collects what a program wants of its logging; [`Builder::init`] sets it up.
///
/// Settings made here are defaults that the environment overrides; [`Builder::pin`] makes one that
/// it cannot.
#[derive(Clone, Debug)]
#[must_use = "nothing is set up before `init`"]
pub struct Builder {
    pub(super) app: String,
    pub(super) defaults: Vec<Change>,
    pub(super) pins: Vec<Change>,
    pub(super) environment: Option<Environment>,
    pub(super) subscriber: bool,
    pub(super) extra: Option<PathBuf>,
}

/// Why [`Builder::try_init`] set nothing up.
#[derive(Debug)]
#[non_exhaustive]
pub enum InitError {
    /// Settings that were not understood.
    Settings(Vec<Problem>),
    /// This process has its logging already.
    Installed,
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(problems) => {
                f.write_str("settings of the logs are not understood")?;
                problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
            }
            Self::Installed => f.write_str(
                "logging is set up already; call `init` once, at the beginning of the program",
            ),
        }
    }
}

impl std::error::Error for InitError {}

impl Builder {
    pub(super) fn new(app: String) -> Self {
        Self {
            app,
            defaults: Vec::new(),
            pins: Vec::new(),
            environment: None,
            subscriber: true,
            extra: None,
        }
    }

    fn with(mut self, change: Change) -> Self {
        self.defaults.push(change);
        self
    }

    /// The profile when the environment names none; without this it is `dev`.
    pub fn profile(self, profile: Profile) -> Self {
        self.with(Change::Profile(profile))
    }

    /// The directory of the files.
    pub fn dir(self, dir: impl Into<PathBuf>) -> Self {
        self.with(Change::Dir(Dir::At(dir.into())))
    }

    /// No files.
    pub fn without_files(self) -> Self {
        self.with(Change::Dir(Dir::Off))
    }

    /// The least level of ordinary events.
    pub fn level(self, level: Level) -> Self {
        self.with(Change::Level(level.into()))
    }

    /// The least level of ordinary events of a target and all modules below it.
    pub fn target(self, target: impl Into<String>, level: Level) -> Self {
        self.with(Change::Target(target.into(), level.into()))
    }

    /// What a category takes.
    pub fn category(self, category: Category, rule: Rule) -> Self {
        self.with(Change::Category(category, rule))
    }

    /// The file name of a category, without its directory.
    pub fn file_name(self, category: Category, name: impl Into<String>) -> Self {
        self.with(Change::FileName(category, name.into()))
    }

    /// Where the developer console is.
    pub fn console(self, target: ConsoleTarget) -> Self {
        self.with(Change::Console(target))
    }

    /// The least level that the developer console shows.
    pub fn console_level(self, level: Level) -> Self {
        self.with(Change::ConsoleLevel(level))
    }

    /// Whether the developer console is in colour.
    pub fn color(self, color: Color) -> Self {
        self.with(Change::Color(color))
    }

    /// What the files of all categories, or of one, are like.
    ///
    /// ```
    /// use std::time::Duration;
    /// use audit_runtime::{Category, FileSetting, config::Scope};
    ///
    /// let builder = audit_runtime::builder("shop")
    ///     .file(Scope::All, FileSetting::RotateSize(Some(50 << 20)))
    ///     .file(Category::Audit, FileSetting::KeepAge(Some(Duration::from_hours(365 * 24))));
    /// let settings = builder.environment([("AUDIT_LOG_ROTATE_SIZE", "1MiB")]).settings().settings;
    /// assert_eq!(settings.file(Category::Audit).rotate_size, Some(1 << 20));
    /// ```
    pub fn file(self, scope: impl Into<Scope>, setting: FileSetting) -> Self {
        self.with(Change::File(scope.into(), setting))
    }

    /// The size in bytes at which files are rotated; `None` for never.
    pub fn rotate_size(self, bytes: Option<u64>) -> Self {
        self.file(Scope::All, FileSetting::RotateSize(bytes))
    }

    /// How often files are rotated; `None` for never by time.
    pub fn rotate_every(self, every: Option<Every>) -> Self {
        self.file(Scope::All, FileSetting::RotateEvery(every))
    }

    /// The signal at which the files are rotated; needs the feature `signals`. A handler that the
    /// program installed before is called as well; one that it installs later takes its place.
    pub fn rotate_signal(self, signal: RotateSignal) -> Self {
        self.with(Change::RotateSignal(Some(signal)))
    }

    /// How many archives of each category are kept; `None` for all.
    pub fn keep_files(self, count: Option<u32>) -> Self {
        self.file(Scope::All, FileSetting::KeepFiles(count))
    }

    /// For how long archives are kept; `None` for ever.
    pub fn keep_age(self, age: Option<Duration>) -> Self {
        self.file(Scope::All, FileSetting::KeepAge(age))
    }

    /// How many bytes of archives of each category are kept; `None` for all.
    pub fn keep_bytes(self, bytes: Option<u64>) -> Self {
        self.file(Scope::All, FileSetting::KeepBytes(bytes))
    }

    /// How many bytes of archives are kept, all categories together; `None` for all.
    pub fn dir_bytes(self, bytes: Option<u64>) -> Self {
        self.with(Change::DirBytes(bytes))
    }

    /// How much space is to be free; archives are deleted until it is.
    pub fn min_free(self, free: Option<MinFree>) -> Self {
        self.file(Scope::All, FileSetting::MinFree(free))
    }

    /// How archives are compressed; [`Compression::None`] for not at all.
    pub fn compress(self, compression: Compression) -> Self {
        self.file(Scope::All, FileSetting::Compress(compression))
    }

    /// How calls of `#[timed]` functions are written.
    pub fn timing(self, timing: Timing) -> Self {
        self.with(Change::Timing(timing))
    }

    /// How often summaries and gauges are written, from a second to a day; `None` for the end of
    /// the program only.
    pub fn summary_every(self, period: Option<Duration>) -> Self {
        self.with(Change::SummaryEvery(period))
    }

    /// Further words that make a key a secret.
    pub fn redact_keys<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Self {
        self.with(Change::RedactKeys(keys.into_iter().map(Into::into).collect()))
    }

    /// The user of records that neither their call site nor their context gives one.
    pub fn user(self, user: impl Into<String>) -> Self {
        self.with(Change::User(user.into()))
    }

    /// The agent of records that neither their call site nor their context gives one.
    pub fn agent(self, agent: impl Into<String>) -> Self {
        self.with(Change::Agent(agent.into()))
    }

    /// The configuration file; `AUDIT_LOG_CONFIG` names another one. It is read when the feature
    /// `config-file` is on.
    pub fn config_file(self, path: impl Into<PathBuf>) -> Self {
        self.with(Change::Config(Some(path.into())))
    }

    /// How the lines of the files are written; text never applies to the audit trail.
    pub fn format(self, format: Format) -> Self {
        self.file(Scope::All, FileSetting::Format(format))
    }

    /// A default that has no method of its own.
    pub fn default(self, change: Change) -> Self {
        self.with(change)
    }

    /// A setting that the environment cannot change.
    pub fn pin(mut self, change: Change) -> Self {
        self.pins.push(change);
        self
    }

    /// One more file that gets every record once, of all categories that are on; it is not rotated.
    ///
    /// When it cannot be opened, that is told, and the category files have all records as ever.
    pub fn extra_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.extra = Some(path.into());
        self
    }

    /// Takes these variables instead of the environment of the process.
    pub fn environment<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        self.environment = Some(variables.into_iter().collect());
        self
    }

    /// Installs no `tracing` subscriber: the program builds its own, with
    /// [`layer()`](crate::layer()) in it.
    pub fn without_subscriber(mut self) -> Self {
        self.subscriber = false;
        self
    }

    /// The settings as they would hold, and what is wrong with them; nothing is set up.
    ///
    /// ```
    /// let loaded = audit_runtime::builder("shop").environment([("AUDIT_LOG", "prod")]).settings();
    /// assert_eq!(loaded.settings.profile, audit_runtime::Profile::Production);
    /// ```
    #[must_use]
    pub fn settings(self) -> Loaded {
        start::settings(self)
    }

    /// Sets logging up; never fails. What had to be changed is printed and in [`Logs::problems`].
    pub fn init(self) -> Logs {
        start::lenient(self)
    }

    /// Sets logging up, or nothing when a setting is not understood.
    ///
    /// # Errors
    ///
    /// [`InitError`].
    pub fn try_init(self) -> Result<Logs, InitError> {
        start::strict(self)
    }
}
