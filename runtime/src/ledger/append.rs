//! Appending whole lines to the active file, under its lock.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
};

use crate::{
    clock::Timestamp,
    fs::{self, Identity},
    layout,
    render::Line,
};

/// As much of a torn line is looked at to tell its length.
const TORN_SEARCH: u64 = 1024 * 1024;
/// A larger buffer is given back after use.
const KEPT_BUFFER: usize = 256 * 1024;
/// Enough of a first line to find its date.
const DATE_PREFIX: usize = 32;

/// The active file as this process holds it. Every call but [`Active::sync`] wants the lock.
#[derive(Debug)]
pub struct Active {
    path: PathBuf,
    next: PathBuf,
    held: Option<Held>,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Held {
    file: File,
    identity: Identity,
    day: Option<i64>,
}

/// How a file ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// Its length in bytes.
    pub length: u64,
    /// How many of them stand after the last line feed; more than a mebibyte is not counted.
    pub torn: u64,
}

/// What one append writes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Batch<'a> {
    /// Closes the torn line at the end of the file.
    pub seal: Option<&'a Line>,
    /// Begins an empty file.
    pub head: Option<&'a Line>,
    /// The lines themselves.
    pub lines: &'a [Line],
    /// Whether to bring all of it to the disk.
    pub sync: bool,
}

/// What was found when a file was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file is the one that was held.
    None,
    /// No file was held before.
    First,
    /// The one that was held has no name any more.
    Deleted,
    /// The one that was held has another name, and there was none of the old one.
    Renamed,
    /// Another one stands under the name.
    Replaced,
}

impl Change {
    /// The word for a notice.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "unchanged",
            Self::First => "opened",
            Self::Deleted => "deleted",
            Self::Renamed => "renamed",
            Self::Replaced => "replaced",
        }
    }
}

impl Active {
    /// The active file `name` in `dir`; nothing is opened yet.
    #[must_use]
    pub fn new(dir: &Path, name: &str) -> Self {
        let next = dir.join(layout::next(name));
        Self { path: dir.join(name), next, held: None, buffer: Vec::new() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file that becomes the active one by a rotation.
    #[must_use]
    pub fn next_path(&self) -> &Path {
        &self.next
    }

    /// Makes sure that the file at the path is the one that is held, and opens it where it is not.
    pub fn resolve(&mut self) -> io::Result<Change> {
        let present = Identity::at(&self.path)?;
        let change = match &self.held {
            Some(held) if present == Some(held.identity) => return Ok(Change::None),
            Some(held) if held.file.metadata()?.nlink() == 0 => Change::Deleted,
            Some(_) if present.is_some() => Change::Replaced,
            Some(_) => Change::Renamed,
            None => Change::First,
        };
        // A rotation that ended between its two renames left the next file.
        if present.is_none() && self.next.symlink_metadata().is_ok_and(|next| next.is_file()) {
            fs::rename_new(&self.next, &self.path)?;
        }
        self.hold(fs::open_append(&self.path)?)?;
        Ok(change)
    }

    /// Goes on with `file`, which stands under the path.
    pub fn hold(&mut self, file: File) -> io::Result<()> {
        let identity = Identity::of(&file)?;
        self.held = Some(Held { file, identity, day: None });
        Ok(())
    }

    /// The day of its first line; of its last change where the line does not tell; none of an
    /// empty file.
    pub fn day(&mut self, tail: Tail) -> io::Result<Option<i64>> {
        if tail.length == 0 {
            return Ok(None);
        }
        let held = self.held.as_mut().ok_or_else(not_open)?;
        if held.day.is_none() {
            let mut prefix = [0; DATE_PREFIX];
            let length = held.file.read_at(&mut prefix, 0)?;
            let named = prefix.get(..length).and_then(layout::day_of_line);
            held.day = match named {
                Some(day) => Some(day),
                None => Some(Timestamp::from(held.file.metadata()?.modified()?).day()),
            };
        }
        Ok(held.day)
    }

    /// How the file ends.
    pub fn tail(&self) -> io::Result<Tail> {
        let file = self.file()?;
        let length = file.metadata()?.len();
        let mut block = [0; 4096];
        let mut end = length;
        while end > 0 && length - end < TORN_SEARCH {
            // The last byte alone first: nearly always it is all there is to see.
            let size = if end == length { 1 } else { end.min(block.len() as u64) };
            let start = end - size;
            let bytes = block.get_mut(..usize::try_from(size).unwrap_or(0)).unwrap_or_default();
            file.read_exact_at(bytes, start)?;
            if let Some(place) = bytes.iter().rposition(|byte| *byte == b'\n') {
                return Ok(Tail { length, torn: length - start - place as u64 - 1 });
            }
            end = start;
        }
        Ok(Tail { length, torn: length - end })
    }

    /// Appends the batch to a file of that end by one write. When that fails, the file is as long as before, unless even
    /// that fails: then it ends within a line, which the next append seals.
    pub fn append(&mut self, tail: Tail, batch: Batch<'_>) -> io::Result<()> {
        let Batch { seal, head, lines, sync } = batch;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.extend(seal.map(|_| b'\n'));
        let notices = seal.into_iter().chain(head);
        for line in notices.chain(lines) {
            buffer.extend_from_slice(line.as_bytes());
        }
        let written = self.write(tail.length, &buffer, sync);
        if buffer.capacity() <= KEPT_BUFFER {
            buffer.clear();
            self.buffer = buffer;
        }
        written
    }

    fn write(&self, start: u64, bytes: &[u8], sync: bool) -> io::Result<()> {
        let mut file = self.file()?;
        let end = start + bytes.len() as u64;
        if end > fs::size_limit() {
            return Err(rustix::io::Errno::FBIG.into());
        }
        let result =
            file.write_all(bytes).and_then(|()| if sync { file.sync_data() } else { Ok(()) });
        if result.is_err() {
            let length = file.metadata().map_or(0, |metadata| metadata.len());
            // More than we wrote: somebody without the lock appended as well.
            if length > start && length <= end {
                // Should it fail, the next append seals what is left.
                let _ = file.set_len(start);
            }
        }
        result
    }

    /// Brings the file to the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.held.as_ref().map_or(Ok(()), |held| held.file.sync_data())
    }

    /// The same where `sync` says so.
    pub fn sync_if(&self, sync: bool) -> io::Result<()> {
        if sync { self.sync() } else { Ok(()) }
    }

    fn file(&self) -> io::Result<&File> {
        self.held.as_ref().map(|held| &held.file).ok_or_else(not_open)
    }
}

fn not_open() -> io::Error {
    io::Error::other("the file is not open")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs as std_fs;

    fn active(dir: &Path) -> Active {
        Active::new(dir, "x.log")
    }

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts.iter().map(|text| Line::new((*text).to_owned())).collect()
    }

    fn append(active: &mut Active, texts: &[&str]) {
        let tail = active.tail().unwrap();
        active.append(tail, Batch { lines: &lines(texts), ..Batch::default() }).unwrap();
    }

    #[test]
    fn what_happened_to_the_file_is_told_apart() {
        let temp = tempfile::tempdir().unwrap();
        let mut active = active(temp.path());
        let path = active.path().to_owned();
        assert_eq!(active.resolve().unwrap(), Change::First);
        append(&mut active, &["1"]);
        assert_eq!(active.resolve().unwrap(), Change::None);
        std_fs::remove_file(&path).unwrap();
        assert_eq!(active.resolve().unwrap(), Change::Deleted);
        append(&mut active, &["2"]);
        std_fs::rename(&path, temp.path().join("x.1")).unwrap();
        assert_eq!(active.resolve().unwrap(), Change::Renamed);
        append(&mut active, &["3"]);
        std_fs::rename(&path, temp.path().join("x.2")).unwrap();
        std_fs::write(&path, "").unwrap();
        assert_eq!(active.resolve().unwrap(), Change::Replaced);
        append(&mut active, &["4"]);
        let read = |name: &str| std_fs::read_to_string(temp.path().join(name)).unwrap();
        assert_eq!(
            (read("x.1"), read("x.2"), read("x.log")),
            ("2\n".into(), "3\n".into(), "4\n".into())
        );
    }

    #[test]
    fn the_next_file_of_an_interrupted_rotation_is_adopted() {
        let temp = tempfile::tempdir().unwrap();
        let mut active = active(temp.path());
        std_fs::write(temp.path().join(".x.log.next"), "kept\n").unwrap();
        active.resolve().unwrap();
        append(&mut active, &["new"]);
        assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "kept\nnew\n");
        assert!(!temp.path().join(".x.log.next").exists());
    }

    #[test]
    fn a_directory_of_the_next_name_is_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        std_fs::create_dir(temp.path().join(".x.log.next")).unwrap();
        let mut active = active(temp.path());
        active.resolve().unwrap();
        assert!(active.path().is_file());
    }

    #[test]
    fn a_torn_tail_is_measured() {
        let temp = tempfile::tempdir().unwrap();
        let mut active = active(temp.path());
        let long = "y".repeat(10_000);
        for (text, torn) in [
            ("", 0),
            ("a\n", 0),
            ("a\nb", 1),
            ("no line feed", 12),
            (&*format!("a\n{long}"), 10_000),
            (&*long, 10_000),
        ] {
            std_fs::write(active.path(), text).unwrap();
            active.resolve().unwrap();
            let length = text.len() as u64;
            assert_eq!(active.tail().unwrap(), Tail { length, torn }, "{text:.9}");
        }
    }

    #[test]
    fn a_seal_closes_a_torn_line() {
        let temp = tempfile::tempdir().unwrap();
        let mut active = active(temp.path());
        std_fs::write(active.path(), "whole\nto").unwrap();
        active.resolve().unwrap();
        let seal = Line::new("seal".to_owned());
        let lines = lines(&["1", "2"]);
        let batch = Batch { seal: Some(&seal), lines: &lines, sync: true, ..Batch::default() };
        active.append(active.tail().unwrap(), batch).unwrap();
        assert_eq!(std_fs::read_to_string(active.path()).unwrap(), "whole\nto\nseal\n1\n2\n");
    }

    #[test]
    fn the_day_is_that_of_the_first_line() {
        let temp = tempfile::tempdir().unwrap();
        let mut active = active(temp.path());
        active.resolve().unwrap();
        assert_eq!(active.day(active.tail().unwrap()).unwrap(), None);
        append(&mut active, &[r#"{"timestamp":"1970-01-05T00:00:00Z"}"#]);
        append(&mut active, &[r#"{"timestamp":"1970-01-09T00:00:00Z"}"#]);
        assert_eq!(active.day(active.tail().unwrap()).unwrap(), Some(4));
    }

    #[test]
    fn the_day_of_an_unreadable_line_is_that_of_the_file() {
        let temp = tempfile::tempdir().unwrap();
        let mut active = active(temp.path());
        std_fs::write(active.path(), "text\n").unwrap();
        let third = std::time::UNIX_EPOCH + std::time::Duration::from_hours(48);
        File::options().write(true).open(active.path()).unwrap().set_modified(third).unwrap();
        active.resolve().unwrap();
        assert_eq!(active.day(active.tail().unwrap()).unwrap(), Some(2));
    }
}
