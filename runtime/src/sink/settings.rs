//! What the files are to be like, as checked values.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{Bounds, Codec, Compress, Compressor, DirKeep, Keep, Schedule, Syncer, Upkeep, Zone};
use crate::{
    config::{Durability, LogFile, OnFailure, Settings},
    fs,
    health::Counters,
    layout::Compression,
    ledger::Notices,
    record::Category,
    trap::Trap,
};

/// What every part of the runtime reports to.
#[derive(Debug, Default)]
pub struct Shared {
    /// The counters.
    pub counters: Arc<Counters>,
    /// Where failures are told.
    pub trap: Trap,
}

/// One category's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSettings {
    /// The name of the active file, without directory.
    pub name: String,
    /// Rotate before the file exceeds so many bytes.
    pub rotate_size: Option<u64>,
    /// Rotate at the first line of a new period.
    pub rotate_every: Option<Schedule>,
    /// Rotate what is there before the first line of this process.
    pub rotate_on_start: bool,
    /// Which archives stay beside the active file.
    pub keep: Keep,
    /// Compress archives, but never the newest one.
    pub compress: Option<Compress>,
    /// When an append counts as done, and when it is on the disk.
    pub durability: Durability,
    /// What becomes of lines that it does not take.
    pub on_failure: OnFailure,
    /// The mode of the file, of its lock and of its archives.
    pub mode: u32,
}

impl FileSettings {
    /// A file of that name which is neither rotated nor compressed, and keeps everything.
    #[must_use]
    pub fn plain(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rotate_size: None,
            rotate_every: None,
            rotate_on_start: false,
            keep: Keep::default(),
            compress: None,
            durability: Durability::Written,
            on_failure: OnFailure::Continue,
            mode: fs::FILE_MODE,
        }
    }
}

impl From<&LogFile> for FileSettings {
    fn from(file: &LogFile) -> Self {
        let codec = match file.compress {
            Compression::None => None,
            Compression::Gzip => Some(Codec::Gzip),
            Compression::Zstd => Some(Codec::Zstd),
        };
        Self {
            name: file.name.clone(),
            rotate_size: file.rotate_size,
            rotate_every: file.rotate_every.map(|every| Schedule {
                every,
                zone: Zone::find(&file.rotate_zone).unwrap_or_default(),
                jitter: file.rotate_jitter,
            }),
            rotate_on_start: file.rotate_on_start,
            keep: file.keep.clone(),
            compress: codec.map(|codec| Compress { codec, delay: file.compress_delay }),
            durability: file.durability,
            on_failure: file.on_failure,
            mode: file.mode,
        }
    }
}

/// The files of all categories, in the order of [`Category::ALL`].
pub type AllFiles = [Option<FileSettings>; Category::ALL.len()];

/// The files as they are set. One that is off is among them: it may be switched on while the
/// program runs; until then it gets no line, and no file is made.
#[must_use]
pub fn all_files(settings: &Settings) -> AllFiles {
    Category::ALL.map(|category| Some(settings.file(category).into()))
}

/// What the directory keeps as it is set.
impl From<&Settings> for DirKeep {
    fn from(settings: &Settings) -> Self {
        // Free space is a setting of the files: wanted for each, it is wanted for the directory.
        Self { bytes: settings.dir_bytes, min_free: None }
    }
}

/// Where the categories go.
#[derive(Clone, Debug)]
pub struct SinkSettings {
    /// The program; part of the name of the fallback directories.
    pub app: String,
    /// The directory; `None` writes all lines to the standard output.
    pub dir: Option<PathBuf>,
    /// The user's state directory (`$XDG_STATE_HOME`); used when it is absolute.
    pub state_home: Option<PathBuf>,
    /// The user's home directory, whose `.local/state` stands in for it.
    pub home: Option<PathBuf>,
    /// The system's directory for temporary files.
    pub temp: Option<PathBuf>,
    /// The files, in the order of [`Category::ALL`]; the lines of one that is `None` are not
    /// wanted.
    pub files: AllFiles,
    /// Which archives stay, all categories together.
    pub keep: DirKeep,
    /// The mode of the directory where it is made.
    pub dir_mode: u32,
    /// How long an append waits for the lock of a file.
    pub lock_timeout: Duration,
    /// How much may wait for the standard output.
    pub queue: Bounds,
}

impl SinkSettings {
    /// How long an append waits for the lock of a file unless something else is set.
    pub const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
}

/// One category's file in one directory.
#[derive(Clone, Debug)]
pub struct RollingSettings {
    /// The category it holds.
    pub category: Category,
    /// The directory.
    pub dir: PathBuf,
    /// Whether to make the directory where it is missing.
    pub create_dir: bool,
    /// The mode of the directory where it is made.
    pub dir_mode: u32,
    /// The file.
    pub file: FileSettings,
    /// How long an append waits for the lock.
    pub lock_timeout: Duration,
}

impl RollingSettings {
    /// The file of a process that is dead.
    #[must_use]
    pub fn of_dead(category: Category, dir: &Path, file: FileSettings) -> Self {
        Self {
            category,
            dir: dir.to_owned(),
            create_dir: false,
            dir_mode: fs::DIR_MODE,
            file,
            lock_timeout: SinkSettings::LOCK_TIMEOUT,
        }
    }
}

impl RollingParts {
    /// For files of a process that is dead, whose archives those who live look after.
    #[must_use]
    pub fn of_dead(dir: &Path, notices: Arc<dyn Notices>, shared: &Arc<Shared>) -> Self {
        let counters = &shared.counters;
        let upkeep = Upkeep::new(dir, Vec::new(), DirKeep::default(), Arc::clone(shared));
        Self {
            shared: Arc::clone(shared),
            notices,
            compressor: Arc::new(Compressor::new(Arc::clone(counters))),
            syncer: Arc::new(Syncer::new(Arc::clone(counters))),
            upkeep: Arc::new(upkeep),
        }
    }
}

/// What the files of a set share.
#[derive(Clone)]
pub struct RollingParts {
    /// Counters and trap.
    pub shared: Arc<Shared>,
    /// Makes the lines files get about themselves.
    pub notices: Arc<dyn Notices>,
    /// Compresses archives.
    pub compressor: Arc<Compressor>,
    /// Brings lines to the disk.
    pub syncer: Arc<Syncer>,
    /// Looks after the archives of the directory.
    pub upkeep: Arc<Upkeep>,
}

impl fmt::Debug for RollingParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RollingParts").field("shared", &self.shared).finish_non_exhaustive()
    }
}
