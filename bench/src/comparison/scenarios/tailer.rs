//! A model of a log shipper: it follows the files that `*.log` matches by inode, and keeps one
//! open for a while after it is gone.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// For so many looks a file that is gone stays open.
const PATIENCE: u32 = 50;

pub(super) struct Tailer {
    dir: PathBuf,
    files: BTreeMap<u64, Followed>,
    /// The numbers of the lines in the order they were read.
    pub(super) numbers: Vec<u64>,
}

struct Followed {
    file: File,
    offset: u64,
    part: String,
    missed: u32,
}

impl Tailer {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), files: BTreeMap::new(), numbers: Vec::new() }
    }

    /// Reads what is new.
    pub(super) fn look(&mut self) {
        // The renamed file first: what is in it came earlier.
        for followed in self.files.values_mut() {
            followed.missed += 1;
            followed.read(&mut self.numbers);
        }
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension() != Some(OsStr::new("log")) {
                continue;
            }
            let Ok(file) = File::open(&path) else { continue };
            let Ok(data) = file.metadata() else { continue };
            let fresh = Followed { file, offset: 0, part: String::new(), missed: 0 };
            let followed = self.files.entry(data.ino()).or_insert(fresh);
            followed.missed = 0;
            if data.len() < followed.offset {
                followed.offset = 0;
            }
            followed.read(&mut self.numbers);
        }
        self.files.retain(|_, followed| followed.missed < PATIENCE);
    }
}

impl Followed {
    fn read(&mut self, numbers: &mut Vec<u64>) {
        let mut text = String::new();
        let read = self.file.seek(SeekFrom::Start(self.offset));
        let read = read.and_then(|_| self.file.read_to_string(&mut text));
        self.offset += read.unwrap_or(0) as u64;
        self.part.push_str(&text);
        while let Some(end) = self.part.find('\n') {
            let rest = self.part.split_off(end + 1);
            let line = std::mem::replace(&mut self.part, rest);
            let number = line.split_once("#a-").and_then(|(_, rest)| rest.split_once(':'));
            numbers.extend(number.and_then(|(number, _)| number.parse::<u64>().ok()));
        }
    }
}
