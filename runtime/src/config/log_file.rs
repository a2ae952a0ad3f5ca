//! What can be set of the file of one category: a name, a value and a check for each setting.

use std::time::Duration;

use super::{
    change::Refusal,
    failure::OnFailure,
    keep::{Keep, MinFree},
    limits,
    place::Format,
    profile::Profile,
    rotate::{Durability, Every, ZoneName},
};
use crate::{
    fs,
    layout::Compression,
    record::{Category, Level},
};

/// So old is an archive before it is compressed, unless somebody says otherwise: log shippers have
/// finished reading it by then.
const COMPRESS_DELAY: Duration = Duration::from_mins(5);

/// The file of one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// Whether it is written at all.
    pub enabled: bool,
    /// From which level on.
    pub level: Level,
    /// Its name within the directory.
    pub name: String,
    /// The size in bytes at which it is rotated; `None`: never.
    pub rotate_size: Option<u64>,
    /// How often it is rotated; `None`: never by time.
    pub rotate_every: Option<Every>,
    /// Whose hours, days and weeks these are.
    pub rotate_zone: ZoneName,
    /// By how much a rotation by time may come later.
    pub rotate_jitter: Duration,
    /// Whether what is there is rotated before the first line of the process.
    pub rotate_on_start: bool,
    /// Which archives of it are kept.
    pub keep: Keep,
    /// How archives of it are compressed.
    pub compress: Compression,
    /// How old an archive is before it is compressed.
    pub compress_delay: Duration,
    /// When a line counts as written.
    pub durability: Durability,
    /// What becomes of lines that it does not take.
    pub on_failure: OnFailure,
    /// How its lines are written.
    pub format: Format,
    /// The most bytes of a line.
    pub max_line: usize,
    /// The mode of the file and of its archives, where they are made.
    pub mode: u32,
}

/// One changed setting of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileSetting {
    /// The size in bytes at which it is rotated; `None`: never.
    RotateSize(Option<u64>),
    /// How often it is rotated; `None`: never by time.
    RotateEvery(Option<Every>),
    /// Whose hours, days and weeks these are.
    RotateZone(ZoneName),
    /// By how much a rotation by time may come later, so that not all machines rotate at once.
    RotateJitter(Duration),
    /// Whether what is there is rotated before the first line of the process.
    RotateOnStart(bool),
    /// How many archives are kept; `None`: all.
    KeepFiles(Option<u32>),
    /// For how long archives are kept; `None`: forever.
    KeepAge(Option<Duration>),
    /// How many bytes of archives are kept; `None`: all.
    KeepBytes(Option<u64>),
    /// How many of the newest archives stay however little space is free; the newest one always
    /// does.
    KeepFloor(u32),
    /// How much space is to be free: archives are deleted until it is; `None`: none.
    MinFree(Option<MinFree>),
    /// How archives are compressed; without the feature `zstd`, gzip stands in for it.
    Compress(Compression),
    /// How old an archive is before it is compressed.
    CompressDelay(Duration),
    /// When a line counts as written.
    Durability(Durability),
    /// What becomes of lines that a file does not take. What suits not all categories is set for
    /// those that it suits.
    OnFailure(OnFailure),
    /// How lines are written. [`Format::Text`] for all leaves the audit category as it is.
    Format(Format),
    /// The most bytes of a line.
    MaxLine(usize),
    /// The mode of the file and of its archives, where they are made.
    FileMode(u32),
}

/// The name of one setting of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FileKey {
    /// The size at which it is rotated.
    RotateSize,
    /// How often it is rotated.
    RotateEvery,
    /// In which time zone.
    RotateZone,
    /// By how much later.
    RotateJitter,
    /// Whether it is rotated at the start of the process.
    RotateOnStart,
    /// How many archives are kept.
    KeepFiles,
    /// For how long archives are kept.
    KeepAge,
    /// How many bytes of archives are kept.
    KeepBytes,
    /// How many archives stay however little space is free.
    KeepFloor,
    /// How much space is to be free.
    MinFree,
    /// How archives are compressed.
    Compress,
    /// How old they are by then.
    CompressDelay,
    /// When a line counts as written.
    Durability,
    /// What becomes of lines that it does not take.
    OnFailure,
    /// How lines are written.
    Format,
    /// The most bytes of a line.
    MaxLine,
    /// The mode of the file.
    FileMode,
}

impl FileKey {
    /// All settings of a file, in the order in which people read them.
    pub const ALL: [Self; 17] = [
        Self::RotateSize,
        Self::RotateEvery,
        Self::RotateZone,
        Self::RotateJitter,
        Self::RotateOnStart,
        Self::KeepFiles,
        Self::KeepAge,
        Self::KeepBytes,
        Self::KeepFloor,
        Self::MinFree,
        Self::Compress,
        Self::CompressDelay,
        Self::Durability,
        Self::OnFailure,
        Self::Format,
        Self::MaxLine,
        Self::FileMode,
    ];

    /// Its name in the configuration file; in upper case the end of its variable's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RotateSize => "rotate_size",
            Self::RotateEvery => "rotate_every",
            Self::RotateZone => "rotate_zone",
            Self::RotateJitter => "rotate_jitter",
            Self::RotateOnStart => "rotate_on_start",
            Self::KeepFiles => "keep_files",
            Self::KeepAge => "keep_age",
            Self::KeepBytes => "keep_bytes",
            Self::KeepFloor => "keep_floor",
            Self::MinFree => "min_free",
            Self::Compress => "compress",
            Self::CompressDelay => "compress_delay",
            Self::Durability => "durability",
            Self::OnFailure => "on_failure",
            Self::Format => "format",
            Self::MaxLine => "max_line",
            Self::FileMode => "file_mode",
        }
    }

    /// Whether it can change while the program runs.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(
            self,
            Self::RotateOnStart | Self::OnFailure | Self::Format | Self::MaxLine | Self::FileMode
        )
    }
}

impl FileSetting {
    /// Which setting it is.
    #[must_use]
    pub const fn key(&self) -> FileKey {
        match self {
            Self::RotateSize(_) => FileKey::RotateSize,
            Self::RotateEvery(_) => FileKey::RotateEvery,
            Self::RotateZone(_) => FileKey::RotateZone,
            Self::RotateJitter(_) => FileKey::RotateJitter,
            Self::RotateOnStart(_) => FileKey::RotateOnStart,
            Self::KeepFiles(_) => FileKey::KeepFiles,
            Self::KeepAge(_) => FileKey::KeepAge,
            Self::KeepBytes(_) => FileKey::KeepBytes,
            Self::KeepFloor(_) => FileKey::KeepFloor,
            Self::MinFree(_) => FileKey::MinFree,
            Self::Compress(_) => FileKey::Compress,
            Self::CompressDelay(_) => FileKey::CompressDelay,
            Self::Durability(_) => FileKey::Durability,
            Self::OnFailure(_) => FileKey::OnFailure,
            Self::Format(_) => FileKey::Format,
            Self::MaxLine(_) => FileKey::MaxLine,
            Self::FileMode(_) => FileKey::FileMode,
        }
    }

    /// Whether the file of a category can be like that.
    pub(super) fn suits(&self, category: Category) -> bool {
        match self {
            Self::Format(format) => format.suits(category),
            Self::OnFailure(on_failure) => on_failure.suits(category),
            _ => true,
        }
    }

    /// Whether fewer archives are kept than with another value of the same setting.
    pub(super) fn keeps_less(&self, than: &Self) -> bool {
        match (self, than) {
            (Self::KeepFiles(Some(now)), Self::KeepFiles(before)) => {
                before.is_none_or(|b| *now < b)
            }
            (Self::KeepAge(Some(now)), Self::KeepAge(before)) => before.is_none_or(|b| *now < b),
            (Self::KeepBytes(Some(now)), Self::KeepBytes(before)) => {
                before.is_none_or(|b| *now < b)
            }
            _ => false,
        }
    }

    /// Why it cannot be done, and what could be.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let (reason, expected) = match self {
            Self::RotateSize(Some(bytes)) if *bytes < limits::LEAST_SIZE => {
                ("is too small a file", limits::least_size())
            }
            Self::RotateEvery(Some(Every::Interval(period))) => {
                return limits::within(*period, &limits::ROTATE_EVERY, "");
            }
            Self::RotateJitter(jitter) => {
                return limits::within(*jitter, &limits::ROTATE_JITTER, "");
            }
            Self::RotateZone(zone) if !zone.is_name() => {
                ("is no name of a time zone", limits::ZONE.to_owned())
            }
            Self::RotateZone(zone) if *zone != ZoneName::Utc && !cfg!(feature = "local-time") => {
                let reason =
                    "is not built in: the program lacks the feature 'local-time' of audit-runtime";
                (reason, "utc".to_owned())
            }
            Self::KeepFiles(Some(0)) => {
                ("would delete each archive at once", limits::KEEP.to_owned())
            }
            Self::KeepAge(Some(age)) => {
                return limits::within(*age, &limits::KEEP_AGE, " to keep them forever");
            }
            Self::KeepBytes(Some(bytes)) if *bytes < limits::LEAST_SIZE => {
                ("would delete each archive at once", limits::least_size())
            }
            Self::MinFree(Some(free)) if !free.is_sensible() => {
                ("is out of range", limits::MIN_FREE.to_owned())
            }
            Self::CompressDelay(delay) => {
                return limits::within(*delay, &limits::COMPRESS_DELAY, "");
            }
            Self::Durability(Durability::Within(time)) if !limits::SYNC_WITHIN.contains(time) => {
                ("is out of range", "written, synced, or a time from 100ms to 1h".to_owned())
            }
            Self::MaxLine(bytes) if !limits::MAX_LINE.contains(bytes) => {
                let (least, most) = (limits::MAX_LINE.start(), limits::MAX_LINE.end());
                ("is out of range", format!("{least} to {most} bytes"))
            }
            Self::FileMode(mode) if !limits::is_file_mode(*mode) => {
                ("is no mode of a log file", limits::FILE_MODE.to_owned())
            }
            _ => return Ok(()),
        };
        Err(Refusal { reason: reason.to_owned(), expected })
    }
}

impl LogFile {
    pub(super) fn new(profile: Profile, category: Category) -> Self {
        Self {
            enabled: true,
            level: usual_level(category),
            name: format!("{category}.log"),
            rotate_size: profile.rotate_size(),
            rotate_every: profile.rotate_every(),
            rotate_zone: ZoneName::Utc,
            rotate_jitter: Duration::ZERO,
            rotate_on_start: false,
            keep: profile.keep(category),
            compress: profile.compress(),
            compress_delay: COMPRESS_DELAY,
            durability: profile.durability(category),
            on_failure: profile.on_failure(category),
            format: Format::Json,
            max_line: profile.max_line(),
            mode: fs::FILE_MODE,
        }
    }

    /// What is set.
    pub(super) fn setting(&self, key: FileKey) -> FileSetting {
        match key {
            FileKey::RotateSize => FileSetting::RotateSize(self.rotate_size),
            FileKey::RotateEvery => FileSetting::RotateEvery(self.rotate_every),
            FileKey::RotateZone => FileSetting::RotateZone(self.rotate_zone.clone()),
            FileKey::RotateJitter => FileSetting::RotateJitter(self.rotate_jitter),
            FileKey::RotateOnStart => FileSetting::RotateOnStart(self.rotate_on_start),
            FileKey::KeepFiles => FileSetting::KeepFiles(self.keep.files),
            FileKey::KeepAge => FileSetting::KeepAge(self.keep.age),
            FileKey::KeepBytes => FileSetting::KeepBytes(self.keep.bytes),
            FileKey::KeepFloor => FileSetting::KeepFloor(self.keep.floor),
            FileKey::MinFree => FileSetting::MinFree(self.keep.min_free),
            FileKey::Compress => FileSetting::Compress(self.compress),
            FileKey::CompressDelay => FileSetting::CompressDelay(self.compress_delay),
            FileKey::Durability => FileSetting::Durability(self.durability),
            FileKey::OnFailure => FileSetting::OnFailure(self.on_failure),
            FileKey::Format => FileSetting::Format(self.format),
            FileKey::MaxLine => FileSetting::MaxLine(self.max_line),
            FileKey::FileMode => FileSetting::FileMode(self.mode),
        }
    }

    /// Sets it.
    pub(super) fn set(&mut self, setting: FileSetting) {
        match setting {
            FileSetting::RotateSize(bytes) => self.rotate_size = bytes,
            FileSetting::RotateEvery(every) => self.rotate_every = every,
            FileSetting::RotateZone(zone) => self.rotate_zone = zone,
            FileSetting::RotateJitter(jitter) => self.rotate_jitter = jitter,
            FileSetting::RotateOnStart(rotate) => self.rotate_on_start = rotate,
            FileSetting::KeepFiles(count) => self.keep.files = count,
            FileSetting::KeepAge(age) => self.keep.age = age,
            FileSetting::KeepBytes(bytes) => self.keep.bytes = bytes,
            FileSetting::KeepFloor(count) => self.keep.floor = count,
            FileSetting::MinFree(free) => self.keep.min_free = free,
            FileSetting::Compress(compression) => self.compress = compression,
            FileSetting::CompressDelay(delay) => self.compress_delay = delay,
            FileSetting::Durability(durability) => self.durability = durability,
            FileSetting::OnFailure(on_failure) => self.on_failure = on_failure,
            FileSetting::Format(format) => self.format = format,
            FileSetting::MaxLine(bytes) => self.max_line = bytes,
            FileSetting::FileMode(mode) => self.mode = mode,
        }
    }
}

/// From which level on a category takes records unless somebody says otherwise.
pub(super) const fn usual_level(category: Category) -> Level {
    match category {
        Category::System => Level::Info,
        Category::Debug => Level::Debug,
        Category::Error => Level::Error,
        Category::Audit | Category::Performance => Level::Trace,
    }
}
