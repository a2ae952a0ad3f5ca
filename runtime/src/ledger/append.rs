//! Appending whole lines to the active file, under its lock.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    clock::Timestamp,
    fs::{self, Identity, Look},
    layout,
    render::Line,
    wait,
};

/// As much of a torn line is looked at to tell its length.
const TORN_SEARCH: u64 = 1024 * 1024;
/// A larger buffer is given back after use.
const KEPT_BUFFER: usize = 1024 * 1024;
/// Enough of a first line to find its date.
const DATE_PREFIX: usize = 48;
/// The limit of the file size is looked up again when the file has grown by so much.
const LIMIT_STEP: u64 = 1024 * 1024;

/// The active file as this process holds it. Every call wants the lock.
#[derive(Debug)]
pub struct Active {
    path: PathBuf,
    next: PathBuf,
    /// The mode of the files it makes.
    mode: u32,
    held: Option<Held>,
    /// The process that opened it.
    owner: u32,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Held {
    file: Arc<File>,
    identity: Identity,
    begun: Option<Timestamp>,
    /// Its length when it was last looked at or written.
    length: u64,
    /// Its length after a write of ours that ended it with a whole line.
    whole: Option<u64>,
    limit: Limit,
}

/// The largest size this process may give a file.
#[derive(Debug, Default)]
struct Limit {
    bytes: u64,
    /// Up to this length it need not be looked up again.
    holds_to: u64,
}

impl Limit {
    fn at(&mut self, end: u64) -> u64 {
        if end > self.holds_to {
            self.bytes = fs::size_limit();
            self.holds_to = end.saturating_add(LIMIT_STEP);
        }
        self.bytes
    }
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
    /// It is the one that was held, but shorter than it was left.
    Truncated,
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
            Self::Truncated => "truncated",
        }
    }
}

impl Active {
    /// The active file `name` in `dir`; nothing is opened yet.
    #[must_use]
    pub fn new(dir: &Path, name: &str) -> Self {
        let next = dir.join(layout::next(name));
        Self {
            path: dir.join(name),
            next,
            mode: fs::FILE_MODE,
            held: None,
            owner: 0,
            buffer: Vec::new(),
        }
    }

    /// The same with another mode of the files it makes.
    #[must_use]
    pub fn with_mode(self, mode: u32) -> Self {
        Self { mode, ..self }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file that becomes the active one by a rotation, or makes it.
    pub fn open_next(&self) -> io::Result<File> {
        fs::open_append(&self.next, self.mode)
    }

    /// The file that becomes the active one by a rotation.
    #[must_use]
    pub fn next_path(&self) -> &Path {
        &self.next
    }

    /// Makes sure that the file at the path is the one that is held, and opens it where it is not.
    pub fn resolve(&mut self) -> io::Result<Change> {
        let own = wait::process();
        if self.owner != own {
            self.owner = own;
            if let Some(Held { file, identity, .. }) = self.held.take() {
                match Arc::try_unwrap(file) {
                    Ok(file) => fs::close_inherited(file, identity),
                    // It is to be synced by a thread of the other process.
                    Err(file) => std::mem::forget(file),
                }
            }
        }
        let present = Look::at(&self.path)?;
        let change = match &mut self.held {
            Some(held) if present.is_some_and(|present| present.identity == held.identity) => {
                let length = present.map_or(0, |present| present.length);
                let shorter = length < held.length;
                held.length = length;
                if !shorter {
                    return Ok(Change::None);
                }
                held.whole = None;
                held.begun = None;
                return Ok(Change::Truncated);
            }
            Some(held) if held.file.metadata()?.nlink() == 0 => Change::Deleted,
            Some(_) if present.is_some() => Change::Replaced,
            Some(_) => Change::Renamed,
            None => Change::First,
        };
        // A rotation that ended between its two renames left the next file.
        if present.is_none() && self.next.symlink_metadata().is_ok_and(|next| next.is_file()) {
            fs::rename_new(&self.next, &self.path)?;
        }
        self.hold(fs::open_append(&self.path, self.mode)?)?;
        Ok(change)
    }

    /// Goes on with `file`, which stands under the path.
    pub fn hold(&mut self, file: File) -> io::Result<()> {
        let Look { identity, length } = Look::of(&file)?;
        let limit = Limit::default();
        let file = Arc::new(file);
        self.held = Some(Held { file, identity, begun: None, length, whole: None, limit });
        Ok(())
    }

    /// The time of its first line; of its last change where the line does not tell; none of an
    /// empty file.
    pub fn begun(&mut self, tail: Tail) -> io::Result<Option<Timestamp>> {
        if tail.length == 0 {
            return Ok(None);
        }
        let held = self.held.as_mut().ok_or_else(not_open)?;
        if held.begun.is_none() {
            let mut prefix = [0; DATE_PREFIX];
            let length = held.file.read_at(&mut prefix, 0)?;
            let named = prefix.get(..length).and_then(layout::time_of_line);
            held.begun = match named {
                Some(time) => Some(time),
                None => Some(Timestamp::from(held.file.metadata()?.modified()?)),
            };
        }
        Ok(held.begun)
    }

    /// What [`Active::begun`] is from here on, where something tells better than the first line.
    pub fn set_begun(&mut self, time: Timestamp) {
        if let Some(held) = &mut self.held {
            held.begun = Some(time);
        }
    }

    /// How the file ends that [`Active::resolve`] found.
    pub fn tail(&self) -> io::Result<Tail> {
        let Held { file, length, whole, .. } = self.held.as_ref().ok_or_else(not_open)?;
        let length = *length;
        if *whole == Some(length) {
            // Nobody wrote since we did.
            return Ok(Tail { length, torn: 0 });
        }
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
        let Batch { seal, head, lines } = batch;
        if let (None, None, [line]) = (seal, head, lines) {
            return self.write(tail.length, line.as_bytes());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.extend(seal.map(|_| b'\n'));
        let notices = seal.into_iter().chain(head);
        for line in notices.chain(lines) {
            buffer.extend_from_slice(line.as_bytes());
        }
        let written = self.write(tail.length, &buffer);
        if buffer.capacity() <= KEPT_BUFFER {
            buffer.clear();
            self.buffer = buffer;
        }
        written
    }

    fn write(&mut self, start: u64, bytes: &[u8]) -> io::Result<()> {
        let held = self.held.as_mut().ok_or_else(not_open)?;
        let end = start + bytes.len() as u64;
        if end > held.limit.at(end) {
            return Err(rustix::io::Errno::FBIG.into());
        }
        let (taken, result) = write(&held.file, bytes);
        if result.is_ok() {
            (held.length, held.whole) = (end, Some(end));
            return result;
        }
        take_back(&held.file, start, taken);
        (held.length, held.whole) = (start, None);
        result
    }

    /// The file that is held.
    #[must_use]
    pub fn file(&self) -> Option<&Arc<File>> {
        self.held.as_ref().map(|held| &held.file)
    }
}

/// How many of the bytes the file took, and why it took no more.
fn write(mut file: &File, bytes: &[u8]) -> (u64, io::Result<()>) {
    let mut rest = bytes;
    let result = loop {
        if rest.is_empty() {
            break Ok(());
        }
        match file.write(rest) {
            Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    ((bytes.len() - rest.len()) as u64, result)
}

/// Takes so many bytes back that were appended behind `start`, unless anything else stands there:
/// somebody without the lock appended as well.
fn take_back(file: &File, start: u64, taken: u64) {
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    if taken > 0 && length == start + taken {
        // Should it fail, the next append seals what is left.
        let _ = file.set_len(start);
    }
}

fn not_open() -> io::Error {
    io::Error::other("the file is not open")
}

#[cfg(test)]
mod tests;
