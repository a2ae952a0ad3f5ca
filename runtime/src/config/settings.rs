//! The checked settings: what everything else reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use super::{
    change::{Change, Scope},
    directives::{Filter, List},
    level::{Rule, Threshold},
    log_file::{FileKey, LogFile, usual_level},
    origin::{Effective, Key, Origin},
    place::{Console, Dir},
    profile::Profile,
    rotate::RotateSignal,
    spool::SpoolMode,
    timing::Timing,
};
use crate::{
    fs,
    record::{Category, Level},
    redact::PseudonymKey,
};

/// How often summaries and gauges are written, unless somebody says otherwise.
const SUMMARY_EVERY: Duration = Duration::from_mins(1);

/// How long the end of the program waits, unless somebody says otherwise.
const EXIT_WAIT: Duration = Duration::from_secs(2);

/// How many bytes of lines wait for a stream, unless somebody says otherwise.
const QUEUE: u64 = 4 << 20;

/// All settings of a program, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program's name.
    pub app: String,
    /// The profile that the rest began from.
    pub profile: Profile,
    /// Where the files are.
    pub dir: Dir,
    /// Which ordinary events are let through.
    pub filter: Filter,
    /// The developer's console.
    pub console: Console,
    /// How many bytes of archives are kept, all categories together; `None`: all.
    pub dir_bytes: Option<u64>,
    /// The mode of the directory where it is made.
    pub dir_mode: u32,
    /// The signal at which the files are rotated; `None`: none.
    pub rotate_signal: Option<RotateSignal>,
    /// Further keys that name a secret.
    pub redact_keys: Vec<String>,
    /// Whether records go through a spool.
    pub spool: SpoolMode,
    /// How timed calls are written.
    pub timing: Timing,
    /// How often summaries and gauges are written; `None`: at the end only.
    pub summary_every: Option<Duration>,
    /// Who the records say it was, where a call does not say.
    pub user: Option<String>,
    /// On whose behalf, where a call does not say.
    pub agent: Option<String>,
    /// Whether a problem keeps the program from starting.
    pub strict: bool,
    /// The key of the pseudonyms; `None`: whoever starts the runtime makes one.
    pub hash_key: Option<PseudonymKey>,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// How often the configuration file is looked at while the program runs; `None`: never.
    pub watch: Option<Duration>,
    /// How often `system.log` gets a line about the logs themselves; `None`: never.
    pub heartbeat: Option<Duration>,
    /// How long the end of the program waits for a slow standard output or error.
    pub exit_wait: Duration,
    /// So many bytes of lines wait for the standard output, and as many for the console.
    pub queue: u64,
    files: Files,
    origins: BTreeMap<Key, Origin>,
}

/// The settings that are different in other ones.
pub(crate) struct Adopted {
    /// Those that were taken over.
    pub(crate) changed: Vec<Key>,
    /// Those that hold from the next start.
    pub(crate) later: Vec<Key>,
}

/// One for each category.
#[derive(Clone, Debug)]
struct Files {
    system: LogFile,
    debug: LogFile,
    error: LogFile,
    audit: LogFile,
    performance: LogFile,
}

impl Settings {
    /// What the profile says, and nobody else.
    #[must_use]
    pub fn new(app: &str, profile: Profile) -> Self {
        let file = |category| LogFile::new(profile, category);
        let mut settings = Self {
            app: app.to_owned(),
            profile,
            dir: profile.dir(),
            filter: Filter::new(profile.level()),
            console: profile.console(),
            dir_bytes: None,
            dir_mode: fs::DIR_MODE,
            rotate_signal: None,
            redact_keys: Vec::new(),
            spool: profile.spool(),
            timing: profile.timing(),
            summary_every: Some(SUMMARY_EVERY),
            user: None,
            agent: None,
            strict: false,
            hash_key: None,
            config: None,
            watch: None,
            heartbeat: None,
            exit_wait: EXIT_WAIT,
            queue: QUEUE,
            files: Files {
                system: file(Category::System),
                debug: file(Category::Debug),
                error: file(Category::Error),
                audit: file(Category::Audit),
                performance: file(Category::Performance),
            },
            origins: BTreeMap::new(),
        };
        settings.settle();
        settings
    }

    /// The file of a category.
    #[must_use]
    pub fn file(&self, category: Category) -> &LogFile {
        match category {
            Category::System => &self.files.system,
            Category::Debug => &self.files.debug,
            Category::Error => &self.files.error,
            Category::Audit => &self.files.audit,
            Category::Performance => &self.files.performance,
        }
    }

    fn file_mut(&mut self, category: Category) -> &mut LogFile {
        match category {
            Category::System => &mut self.files.system,
            Category::Debug => &mut self.files.debug,
            Category::Error => &mut self.files.error,
            Category::Audit => &mut self.files.audit,
            Category::Performance => &mut self.files.performance,
        }
    }

    /// Where a setting came from.
    #[must_use]
    pub fn origin(&self, key: &Key) -> Origin {
        self.origins.get(key).cloned().unwrap_or_default()
    }

    /// Whether gzip stands in for the zstd of the profile, which is not built in.
    #[must_use]
    pub(crate) fn gzip_stands_in(&self) -> bool {
        let key = Key::File(Category::System, FileKey::Compress);
        self.origin(&key) == Origin::Profile
            && self.file(Category::System).compress != self.profile.compress()
    }

    /// Every effective setting with its value and where that came from.
    #[must_use]
    pub fn origins(&self) -> Vec<Effective> {
        let effective = |key: Key| {
            let (value, origin) = (self.text(&key), self.origin(&key));
            Effective { key, value, origin }
        };
        self.keys().into_iter().map(effective).collect()
    }

    /// The effective list in canonical form, as `AUDIT_LOG` would take it.
    #[must_use]
    pub fn list(&self) -> List {
        let rule = |category| {
            let file = self.file(category);
            match (file.enabled, file.level == usual_level(category)) {
                (false, _) => Rule::Off,
                (true, true) => Rule::On,
                (true, false) => Rule::From(file.level),
            }
        };
        List {
            profile: Some(self.profile),
            level: Some(Threshold(self.filter.default_level())),
            categories: Category::ALL.into_iter().map(|c| (c, rule(c))).collect(),
            targets: self.filter.directives().map(|(t, level)| (t.to_owned(), level)).collect(),
        }
    }

    /// All settings there are, in the order in which people read them.
    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::Profile, Key::Level];
        keys.extend(self.filter.directives().map(|(target, _)| Key::Target(target.to_owned())));
        keys.extend([Key::Dir, Key::Console, Key::ConsoleLevel, Key::ConsoleFormat, Key::Color]);
        for key in [Key::Category, Key::FileName] {
            keys.extend(Category::ALL.into_iter().map(key));
        }
        for key in FileKey::ALL {
            keys.extend(Category::ALL.into_iter().map(|category| Key::File(category, key)));
        }
        keys.extend([Key::DirBytes, Key::DirMode, Key::RotateSignal]);
        keys.extend([Key::RedactKeys, Key::Spool, Key::Timing, Key::SummaryEvery]);
        keys.extend([Key::Heartbeat, Key::ExitWait, Key::Queue]);
        keys.extend([Key::User, Key::Agent, Key::Strict, Key::HashKey, Key::Config, Key::Watch]);
        keys
    }

    /// The value of a setting as it would be written in a variable; never a secret.
    pub(super) fn text(&self, key: &Key) -> String {
        let file = |category: &Category| self.file(*category);
        let change = match key {
            Key::Profile => Change::Profile(self.profile),
            Key::Level => Change::Level(Threshold(self.filter.default_level())),
            Key::Target(target) => {
                Change::Target(String::new(), Threshold(self.filter.level_for(target)))
            }
            Key::Dir => Change::Dir(self.dir.clone()),
            Key::Console => Change::Console(self.console.target),
            Key::ConsoleLevel => Change::ConsoleLevel(self.console.level),
            Key::ConsoleFormat => Change::ConsoleFormat(self.console.format),
            Key::Color => Change::Color(self.console.color),
            Key::Category(c) if !file(c).enabled => Change::Category(*c, Rule::Off),
            Key::Category(Category::Audit) => Change::Category(Category::Audit, Rule::On),
            Key::Category(c) => Change::Category(*c, Rule::From(file(c).level)),
            Key::FileName(c) => Change::FileName(*c, file(c).name.clone()),
            Key::File(c, key) => Change::File(Scope::All, file(c).setting(*key)),
            Key::DirBytes => Change::DirBytes(self.dir_bytes),
            Key::DirMode => Change::DirMode(self.dir_mode),
            Key::RotateSignal => Change::RotateSignal(self.rotate_signal),
            Key::RedactKeys => Change::RedactKeys(self.redact_keys.clone()),
            Key::Spool => Change::Spool(self.spool),
            Key::Timing => Change::Timing(self.timing),
            Key::SummaryEvery => Change::SummaryEvery(self.summary_every),
            Key::User => Change::User(self.user.clone().unwrap_or_default()),
            Key::Agent => Change::Agent(self.agent.clone().unwrap_or_default()),
            Key::Strict => Change::Strict(self.strict),
            Key::HashKey => match &self.hash_key {
                Some(hash_key) => Change::HashKey(hash_key.clone()),
                None => return String::new(),
            },
            Key::Config => Change::Config(self.config.clone()),
            Key::Heartbeat => Change::Heartbeat(self.heartbeat),
            Key::ExitWait => Change::ExitWait(self.exit_wait),
            Key::Queue => Change::Queue(self.queue),
            Key::Watch => Change::Watch(self.watch),
        };
        change.to_string()
    }

    /// Carries out a change that was checked, and remembers whose it was.
    pub(super) fn apply(&mut self, change: Change, origin: &Origin) {
        for key in change.keys() {
            self.origins.insert(key, origin.clone());
        }
        match change {
            Change::Profile(profile) => self.profile = profile,
            Change::Level(level) => self.filter.set_default(level),
            Change::Target(target, level) => self.filter.set(&target, level),
            Change::Dir(dir) => self.dir = dir,
            Change::Console(target) => self.console.target = target,
            Change::ConsoleLevel(level) => self.console.level = level,
            Change::ConsoleFormat(format) => self.console.format = format,
            Change::Color(color) => self.console.color = color,
            Change::Category(category, rule) => {
                let file = self.file_mut(category);
                file.enabled = rule != Rule::Off;
                file.level =
                    if let Rule::From(level) = rule { level } else { usual_level(category) };
            }
            Change::FileName(category, name) => self.file_mut(category).name = name,
            Change::File(scope, setting) => {
                for category in scope.categories().filter(|category| setting.suits(*category)) {
                    self.file_mut(category).set(setting.clone());
                }
            }
            Change::DirBytes(bytes) => self.dir_bytes = bytes,
            Change::DirMode(mode) => self.dir_mode = mode,
            Change::RotateSignal(signal) => self.rotate_signal = signal,
            Change::RedactKeys(keys) => {
                for key in keys {
                    if !self.redact_keys.contains(&key) {
                        self.redact_keys.push(key);
                    }
                }
            }
            Change::Spool(mode) => self.spool = mode,
            Change::Timing(timing) => self.timing = timing,
            Change::SummaryEvery(period) => self.summary_every = period,
            Change::User(user) => self.user = Some(user),
            Change::Agent(agent) => self.agent = Some(agent),
            Change::Strict(strict) => self.strict = strict,
            Change::HashKey(key) => self.hash_key = Some(key),
            Change::Config(path) => self.config = path,
            Change::Heartbeat(time) => self.heartbeat = time,
            Change::ExitWait(time) => self.exit_wait = time,
            Change::Queue(bytes) => self.queue = bytes,
            Change::Watch(time) => self.watch = time,
        }
    }

    /// Takes over what can change while the program runs.
    pub(crate) fn adopt(&mut self, other: &Self) -> Adopted {
        let keys: BTreeSet<_> = self.keys().into_iter().chain(other.keys()).collect();
        let different = keys.into_iter().filter(|key| self.text(key) != other.text(key));
        let (changed, later) = different.partition(Key::is_live);
        self.filter = other.filter.clone();
        self.dir_bytes = other.dir_bytes;
        for category in Category::ALL {
            let (file, theirs) = (self.file_mut(category), other.file(category));
            (file.enabled, file.level) = (theirs.enabled, theirs.level);
            for key in FileKey::ALL.into_iter().filter(|key| key.is_live()) {
                file.set(theirs.setting(key));
            }
        }
        self.origins.retain(|key, _| !key.is_live());
        let theirs = other.origins.iter().filter(|(key, _)| key.is_live());
        self.origins.extend(theirs.map(|(key, origin)| (key.clone(), origin.clone())));
        Adopted { changed, later }
    }

    /// What follows from the rest: unless somebody said otherwise, `debug.log` is written where
    /// the filter lets more than INFO through; else it would only repeat `system.log`.
    pub(super) fn settle(&mut self) {
        let key = Key::Category(Category::Debug);
        if !self.origins.contains_key(&key) {
            let more = self.filter.max_level().is_some_and(|level| level < Level::Info);
            self.files.debug.enabled = more;
        }
    }
}
