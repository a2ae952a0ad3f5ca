//! Directories, settings and lines for the tests of the files.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    clock::Timestamp,
    fs,
    health::Health,
    layout::{self, Compression},
    ledger::testing::Plain,
    record::Category,
    render::Line,
    sink::{
        Bounds, Codec, Compress, Compressor, DirKeep, FileSettings, Keep, Kept, Rolling,
        RollingParts, RollingSettings, Shared, SinkSettings, Syncer, Upkeep, archives, decoder,
    },
    trap::Trap,
};

/// 2026-01-02T00:00:00Z
pub(in crate::sink) const DAY: Timestamp = Timestamp(1_767_312_000_000_000_000);

pub(in crate::sink) fn after(seconds: u64) -> Timestamp {
    DAY.after(Duration::from_secs(seconds))
}

pub(in crate::sink) fn shared() -> Arc<Shared> {
    Arc::new(Shared { trap: Trap::quiet(), ..Shared::default() })
}

/// Parts that look after the archives of `file` in `dir`.
pub(in crate::sink) fn parts_for(dir: &Path, file: &FileSettings) -> RollingParts {
    let shared = shared();
    let compressor = Arc::new(Compressor::new(Arc::clone(&shared.counters)));
    let kept = vec![Kept::of(Category::Audit, file)];
    let upkeep = Arc::new(Upkeep::new(dir, kept, DirKeep::default(), Arc::clone(&shared)));
    let syncer = Arc::new(Syncer::new(Arc::clone(&shared.counters)));
    RollingParts { notices: Arc::new(Plain), compressor, syncer, upkeep, shared }
}

/// Says that a test, or a part of one, cannot run here. `.ci/run` counts these lines, so it goes
/// around the capture of the test harness.
pub(in crate::sink) fn skipped(why: &str) {
    // Nobody is there to be told that this failed.
    let _ = std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes());
}

pub(in crate::sink) fn file(name: &str) -> FileSettings {
    FileSettings::plain(name)
}

pub(in crate::sink) fn gzip() -> Compress {
    Compress { codec: Codec::Gzip, delay: Duration::ZERO }
}

pub(in crate::sink) fn keep(files: u32) -> Keep {
    Keep { files: Some(files), ..Keep::default() }
}

/// `a.log` of a directory of its own.
pub(in crate::sink) struct Log {
    pub(in crate::sink) temp: tempfile::TempDir,
    pub(in crate::sink) parts: RollingParts,
    pub(in crate::sink) rolling: Rolling,
}

impl Log {
    pub(in crate::sink) fn new(change: impl FnOnce(&mut FileSettings)) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let mut file = file("a.log");
        change(&mut file);
        let parts = parts_for(temp.path(), &file);
        let rolling = Rolling::new(settings(temp.path(), file), parts.clone());
        Self { temp, parts, rolling }
    }

    /// The same file as another process sees it.
    pub(in crate::sink) fn other(&self, change: impl FnOnce(&mut FileSettings)) -> Rolling {
        let mut file = file("a.log");
        change(&mut file);
        Rolling::new(settings(self.temp.path(), file), self.parts.clone())
    }

    pub(in crate::sink) fn append(&self, texts: &[&str], now: Timestamp) {
        self.rolling.append(&lines(texts), now).unwrap();
    }

    pub(in crate::sink) fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(in crate::sink) fn health(&self) -> Health {
        self.parts.shared.counters.snapshot()
    }

    /// The files from the oldest to the active one, each as its lines; notices by their event.
    pub(in crate::sink) fn files(&self) -> Vec<Vec<String>> {
        files(self.temp.path(), "a.log")
    }
}

pub(in crate::sink) fn settings(dir: &Path, file: FileSettings) -> RollingSettings {
    RollingSettings {
        category: Category::Audit,
        dir: dir.to_owned(),
        create_dir: true,
        dir_mode: fs::DIR_MODE,
        file,
        lock_timeout: Duration::from_mins(1),
    }
}

/// Settings with all five categories, `dir` in `root`, and nowhere else to go.
pub(in crate::sink) fn set_settings(root: &Path) -> SinkSettings {
    SinkSettings {
        app: "app".to_owned(),
        dir: Some(root.join("logs")),
        state_home: None,
        home: None,
        temp: None,
        files: Category::ALL.map(|category| Some(file(&format!("{category}.log")))),
        keep: DirKeep::default(),
        dir_mode: fs::DIR_MODE,
        lock_timeout: Duration::from_mins(1),
        queue: Bounds { bytes: 1 << 20, lines: 10_000 },
    }
}

pub(in crate::sink) fn lines(texts: &[&str]) -> Vec<Line> {
    texts.iter().map(|text| Line::new((*text).to_owned())).collect()
}

pub(in crate::sink) fn read(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    let stored = match path.extension().and_then(|end| end.to_str()) {
        Some("gz") => Compression::Gzip,
        Some("zst") => Compression::Zstd,
        _ => Compression::None,
    };
    let mut text = String::new();
    decoder(stored, &*bytes).unwrap().read_to_string(&mut text).unwrap();
    text
}

pub(in crate::sink) fn archive_names(dir: &Path, active: &str) -> Vec<String> {
    archives::list(dir, active).unwrap().0.into_iter().map(|found| found.name).collect()
}

pub(in crate::sink) fn files(dir: &Path, active: &str) -> Vec<Vec<String>> {
    let names = archive_names(dir, active).into_iter().chain([active.to_owned()]);
    let paths = names.map(|name| dir.join(name)).filter(|path| path.exists());
    paths.map(|path| read(&path).lines().map(short).collect()).collect()
}

/// A notice by its event, everything else as it is.
fn short(line: &str) -> String {
    let event = line.split_once(r#""event":""#).and_then(|(_, rest)| rest.split_once('"'));
    event.map_or(line, |(event, _)| event).to_owned()
}

/// Whether nothing but known names stands in `dir`.
pub(in crate::sink) fn is_tidy(dir: &Path, active: &str) -> bool {
    std::fs::read_dir(dir).unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        is_tidy_name(&name, active)
    })
}

/// Whether that is the name of an active file, its lock or an archive.
pub(in crate::sink) fn is_tidy_name(name: &str, active: &str) -> bool {
    name == active
        || name == layout::lock(active)
        || name == layout::COMPRESS_LOCK
        || layout::parse(active, name).is_some()
}
