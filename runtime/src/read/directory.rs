//! The log files of one directory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::listing::Listing;
use super::{DirError, Fault, Lines, Reason};
use crate::layout::Compression;
use crate::sink;

const BUFFER_BYTES: usize = 256 * 1024;
/// A listing that changes under our hands is taken again this often.
const LISTINGS: usize = 8;
/// Lines looked at to learn the category of a file whose name does not tell.
const LOOKED_AT: usize = 16;

/// Names that tell their category; any other `*.log` is asked for the `category` of its lines.
const USUAL_NAMES: [(&str, &str); 5] = [
    ("system.log", "system"),
    ("debug.log", "debug"),
    ("error.log", "error"),
    ("audit.log", "audit"),
    ("performance.log", "performance"),
];

/// The log files of a directory, as they stood at one moment.
#[derive(Debug)]
pub struct LogDir {
    files: Vec<LogFile>,
    skipped: Vec<PathBuf>,
}

/// One active file or archive.
#[derive(Debug)]
pub struct LogFile {
    /// Where it is.
    pub path: Arc<Path>,
    /// Which category it holds.
    pub category: String,
    /// How it is stored.
    pub compression: Compression,
    /// False for the file that is being written.
    pub archived: bool,
    /// Size on the disk.
    pub bytes: u64,
    /// Kept open for an active file, so that a rotation from now on cannot hide it.
    handle: Option<File>,
}

impl LogDir {
    /// Finds the log files of `path`: each category's archives, oldest first, then its active file.
    pub fn open(path: &Path) -> Result<Self, DirError> {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(DirError::NotADirectory(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DirError::Missing(path.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(DirError::NotADirectory(path.to_owned()));
            }
            Err(error) => return Err(DirError::Unreadable(path.to_owned(), error)),
        }
        let unreadable = |error| DirError::Unreadable(path.to_owned(), error);
        let mut listing = Listing::take(path).map_err(unreadable)?;
        // A file rotated between listing and opening would be missed: its new name is not in the
        // list. So the list must read the same after the active files are open.
        let mut handles = listing.open_active(path);
        for _ in 1..LISTINGS {
            let again = Listing::take(path).map_err(unreadable)?;
            if again == listing {
                break;
            }
            listing = again;
            handles = listing.open_active(path);
        }
        let dir = listing.into_dir(path, &mut handles);
        if dir.files.is_empty() { Err(DirError::NoLogs(path.to_owned())) } else { Ok(dir) }
    }

    /// The files, grouped by category, each group oldest first.
    pub fn files(&self) -> &[LogFile] {
        &self.files
    }

    /// Files that look like logs and are none: no line of theirs is one, or the name of an archive
    /// is not one that is written here.
    pub fn skipped(&self) -> &[PathBuf] {
        &self.skipped
    }

    /// The files, to be read one by one.
    pub fn into_files(self) -> Vec<LogFile> {
        self.files
    }

    /// All lines of one category in the order in which they were written.
    pub fn into_lines(self, category: &str) -> impl Iterator<Item = <Lines as Iterator>::Item> {
        let mut files = self.files;
        files.retain(|file| file.category == category);
        files.into_iter().flat_map(LogFile::into_lines)
    }
}

impl LogFile {
    /// Its lines. A file that cannot be opened gives one [`Fault`].
    pub fn into_lines(self) -> Lines {
        let Self { path, compression, handle, .. } = self;
        let opened = match handle {
            Some(file) => Ok((file, compression)),
            None => open_stored(&path, compression),
        };
        match opened.and_then(|(file, compression)| input(file, compression)) {
            Ok(input) => Lines::new(path, input),
            Err(error) => Lines::refused(path, error.to_string()),
        }
    }
}

fn input(file: File, compression: Compression) -> io::Result<Box<dyn BufRead>> {
    let raw = BufReader::with_capacity(BUFFER_BYTES, file);
    match compression {
        Compression::None => Ok(Box::new(raw)),
        packed => Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, sink::decoder(packed, raw)?))),
    }
}

/// Opens a file; an archive may have been compressed since it was listed.
fn open_stored(path: &Path, compression: Compression) -> io::Result<(File, Compression)> {
    let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    match File::open(path) {
        Err(error) if missing(&error) => {
            let copies: &[_] = match compression {
                Compression::None => &[Compression::Gzip, Compression::Zstd],
                _ => &[],
            };
            for copy in copies {
                let mut compressed = path.as_os_str().to_owned();
                compressed.push(copy.suffix());
                match File::open(compressed) {
                    Err(error) if missing(&error) => {}
                    opened => return opened.map(|file| (file, *copy)),
                }
            }
            Err(io::Error::new(error.kind(), "removed since the directory was listed"))
        }
        opened => opened.map(|file| (file, compression)),
    }
}

impl Listing {
    /// Handles of the active files that could be opened.
    fn open_active(&self, path: &Path) -> BTreeMap<String, File> {
        let active = self.groups.iter().filter(|(_, group)| group.active);
        active
            .filter_map(|(name, _)| Some((name.clone(), File::open(path.join(name)).ok()?)))
            .collect()
    }

    fn into_dir(self, path: &Path, handles: &mut BTreeMap<String, File>) -> LogDir {
        let mut skipped: Vec<_> = self.skipped.into_iter().map(|name| path.join(name)).collect();
        let mut files = Vec::new();
        for (active_name, group) in self.groups {
            let active = group.active.then(|| (active_name.clone(), Compression::None));
            let older = group.archives.into_values().map(|(compression, name)| (name, compression));
            let stored: Vec<_> = older.chain(active).collect();
            let Some(category) = category(path, &active_name, &stored) else {
                let stored = stored.into_iter().map(|(name, _)| path.join(name));
                skipped.extend(stored.filter(|path| size(path) > 0));
                continue;
            };
            for (name, compression) in stored {
                let path: Arc<Path> = path.join(&name).into();
                let handle = if name == active_name { handles.remove(&name) } else { None };
                let bytes = size(&path);
                let archived = name != active_name;
                let category = category.clone();
                files.push(LogFile { path, category, compression, archived, bytes, handle });
            }
        }
        // Stable: the order inside a category stays.
        files.sort_by(|a, b| a.category.cmp(&b.category));
        LogDir { files, skipped }
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

/// The category of a group of files, by name or else by its first good line, newest file first.
fn category(path: &Path, active_name: &str, stored: &[(String, Compression)]) -> Option<String> {
    if let Some((_, category)) = USUAL_NAMES.iter().find(|(name, _)| *name == active_name) {
        return Some((*category).to_owned());
    }
    stored.iter().rev().find_map(|(name, compression)| {
        let path: Arc<Path> = path.join(name).into();
        let file = File::open(&path).ok()?;
        let lines = Lines::new(path, input(file, *compression).ok()?).take(LOOKED_AT);
        let category = |line: Result<_, Fault>| -> Result<String, Reason> {
            let line: super::Line = line.map_err(|fault| fault.reason)?;
            line.entry().map(|entry| entry.category.into_owned()).map_err(|fault| fault.reason)
        };
        lines.map(category).find_map(Result::ok)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const STAMPED: &str = "audit.log.20260102T030405.678Z";

    fn line(category: &str, message: &str) -> String {
        format!(
            "{{\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"level\":\"INFO\",\"category\":\"{category}\",\
             \"component\":\"c\",\"event\":\"e\",\"message\":\"{message}\"}}\n"
        )
    }

    fn gz(parts: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in parts {
            let mut member =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            member.write_all(part.as_bytes()).unwrap();
            bytes.extend(member.finish().unwrap());
        }
        bytes
    }

    fn dir(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        dir
    }

    fn messages(dir: LogDir, category: &str) -> Vec<String> {
        let message = |line: Result<crate::read::Line, Fault>| {
            line.and_then(|line| line.entry().map(|entry| entry.message.into_owned()))
        };
        dir.into_lines(category)
            .map(|line| message(line).unwrap_or_else(|fault| fault.reason.to_string()))
            .collect()
    }

    #[test]
    fn a_category_is_one_stream_oldest_first() {
        let dir = dir(&[
            ("audit.log", line("audit", "5").into()),
            (&format!("{STAMPED}-000002"), line("audit", "3").into()),
            ("audit.log.20260101T000000.000Z-000003", line("audit", "4").into()),
            (&format!("{STAMPED}-000001.gz"), gz(&[&line("audit", "1"), &line("audit", "2")])),
            ("system.log", line("system", "other").into()),
        ]);
        let found = messages(LogDir::open(dir.path()).unwrap(), "audit");
        assert_eq!(found, ["1", "2", "3", "4", "5"]);
    }

    #[test]
    fn an_archive_and_its_compressed_copy_count_once() {
        let dir = dir(&[
            (&format!("{STAMPED}-000001"), line("audit", "1").into()),
            (&format!("{STAMPED}-000001.gz"), gz(&[&line("audit", "1")])),
        ]);
        assert_eq!(messages(LogDir::open(dir.path()).unwrap(), "audit"), ["1"]);
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn a_zstd_archive_is_read_and_found_when_it_was_made_after_the_listing() {
        let plain = format!("{STAMPED}-000001");
        let two = [line("audit", "1"), line("audit", "2")].concat();
        let dir = dir(&[(&plain, two.clone().into())]);
        let opened = LogDir::open(dir.path()).unwrap();
        std::fs::remove_file(dir.path().join(&plain)).unwrap();
        let packed = zstd::bulk::compress(two.as_bytes(), 1).unwrap();
        std::fs::write(dir.path().join(plain + ".zst"), packed).unwrap();
        assert_eq!(messages(opened, "audit"), ["1", "2"]);
        assert_eq!(messages(LogDir::open(dir.path()).unwrap(), "audit"), ["1", "2"]);
    }

    #[cfg(not(feature = "zstd"))]
    #[test]
    fn an_archive_that_cannot_be_decompressed_is_said() {
        let dir = dir(&[(&format!("{STAMPED}-000001.zst"), b"\x28\xb5\x2f\xfd".to_vec())]);
        let found = messages(LogDir::open(dir.path()).unwrap(), "audit");
        assert!(found.len() == 1 && found[0].contains("zstd -d"), "{found:?}");
    }

    #[test]
    fn an_archive_compressed_after_the_listing_is_still_found() {
        let plain = format!("{STAMPED}-000001");
        let dir = dir(&[(&plain, line("audit", "1").into())]);
        let opened = LogDir::open(dir.path()).unwrap();
        std::fs::remove_file(dir.path().join(&plain)).unwrap();
        std::fs::write(dir.path().join(plain.clone() + ".gz"), gz(&[&line("audit", "1")])).unwrap();
        assert_eq!(messages(opened, "audit"), ["1"]);

        let opened = LogDir::open(dir.path()).unwrap();
        std::fs::remove_file(dir.path().join(plain + ".gz")).unwrap();
        let found = messages(opened, "audit");
        assert_eq!(found, ["unreadable from here on: removed since the directory was listed"]);
    }

    #[test]
    fn a_file_rotated_after_the_listing_is_read_to_its_end_once() {
        let dir = dir(&[("audit.log", line("audit", "1").into())]);
        let opened = LogDir::open(dir.path()).unwrap();
        let active = dir.path().join("audit.log");
        std::fs::rename(&active, dir.path().join(format!("{STAMPED}-000001"))).unwrap();
        std::fs::write(&active, line("audit", "2")).unwrap();
        assert_eq!(messages(opened, "audit"), ["1"]);
    }

    #[test]
    fn a_cut_archive_gives_what_it_has_and_a_fault() {
        let many: String = (0..20_000).map(|n| line("audit", &n.to_string())).collect();
        let mut bytes = gz(&[&many]);
        bytes.truncate(bytes.len() - 10);
        let dir = dir(&[(&format!("{STAMPED}-000001.gz"), bytes)]);
        let mut found = messages(LogDir::open(dir.path()).unwrap(), "audit");
        assert!(found.pop().unwrap().starts_with("unreadable from here on"));
        assert!(!found.is_empty());
        assert!(found.iter().enumerate().all(|(n, message)| *message == n.to_string()));
    }

    #[test]
    fn other_names_are_asked_for_their_category_and_strangers_skipped() {
        let dir = dir(&[
            ("agent_tasks.log", format!("torn\n{}", line("system", "1")).into()),
            ("nginx.log", "GET / 200\n".into()),
            ("empty.log", Vec::new()),
            ("audit.log.1", "old".into()),
            ("audit.log.lock", Vec::new()),
            ("audit.log", Vec::new()),
            (&format!(".{STAMPED}-000001.gz.tmp"), "half".into()),
        ]);
        let opened = LogDir::open(dir.path()).unwrap();
        let categories: Vec<_> = opened.files().iter().map(|file| file.category.as_str()).collect();
        assert_eq!(categories, ["audit", "system"]);
        let skipped: Vec<_> = opened
            .skipped()
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(skipped, ["audit.log.1", "nginx.log"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_neighbour_is_not_a_second_file() {
        let dir = dir(&[("audit.log", line("audit", "1").into())]);
        std::os::unix::fs::symlink("audit.log", dir.path().join("current.log")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let outside = elsewhere.path().join("system.log");
        std::fs::write(&outside, line("system", "2")).unwrap();
        std::os::unix::fs::symlink(&outside, dir.path().join("system.log")).unwrap();
        std::fs::create_dir(dir.path().join("debug.log")).unwrap();
        let found = LogDir::open(dir.path()).unwrap();
        assert_eq!(found.files().len(), 2);
        assert_eq!(messages(found, "system"), ["2"]);
    }

    #[test]
    fn what_is_no_log_directory_is_named() {
        let dir = dir(&[("notes.txt", Vec::new())]);
        let said = |path: &Path| LogDir::open(path).unwrap_err().to_string();
        assert!(said(&dir.path().join("gone")).contains("does not exist"));
        assert!(said(&dir.path().join("notes.txt")).contains("is not a directory"));
        assert!(said(&dir.path().join("notes.txt/x")).contains("is not a directory"));
        assert!(said(dir.path()).contains("no log files in"));
    }
}
