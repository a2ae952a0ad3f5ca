//! What processes that were killed left in private directories: whose it is, and bringing it into the
//! files it belongs to.
//!
//! A private directory has a file that names the directory of the logs; its process holds the lock
//! of that file. Nothing but the lock tells whether the process lives. Only directories are looked
//! into that belong to this user and that nobody else can enter; links are not followed.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::private::Private;
use crate::{
    clock::Timestamp,
    fs,
    ledger::Notices,
    record::Category,
    sink::{FileSettings, Rolling, RollingParts, RollingSettings, Shared},
};

/// Says whose a private directory is.
const OWNER: &str = ".belongs-to";
const OWNER_MODE: u32 = 0o600;
/// No path is longer.
const LONGEST: u64 = 4096;
/// The random digits in the name of a private directory.
const DIGITS: usize = 16;

/// A private directory that a killed process left.
#[derive(Debug)]
pub struct PrivateDir {
    /// Where it is.
    pub dir: PathBuf,
    /// Lines that were brought into their files.
    pub lines: u64,
    /// Why not all of them were, and the directory is still there.
    pub failure: Option<String>,
}

/// Says that a private directory is that of a process with its logs there, as long as the file is
/// open.
pub(super) fn claim(dir: &Path, logs: &Path) -> io::Result<File> {
    let mut file = fs::create_append(&dir.join(OWNER), OWNER_MODE)?;
    file.try_lock().map_err(io::Error::from)?;
    file.write_all(std::path::absolute(logs)?.as_os_str().as_bytes())?;
    Ok(file)
}

/// Removes a private directory if nothing else is in it; whether it did.
pub(super) fn remove_empty(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    let is_owner =
        |entry: io::Result<std::fs::DirEntry>| entry.is_ok_and(|it| it.file_name() == OWNER);
    entries.into_iter().all(is_owner)
        && fs::remove(&dir.join(OWNER)).is_ok()
        && std::fs::remove_dir(dir).is_ok()
}

/// Brings what killed processes left in private directories in `temp` into the files of `logs`, as
/// far as it belongs there. Whoever is killed while it is done leaves lines that may come twice.
pub fn bring_home(
    logs: &Path,
    temp: &Path,
    notices: &Arc<dyn Notices>,
    shared: &Arc<Shared>,
) -> io::Result<Vec<PrivateDir>> {
    let logs = std::path::absolute(logs)?;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(temp)?.flatten() {
        let dir = entry.path();
        if !is_ours(&entry.file_name()) || !fs::is_private_dir(&dir) {
            continue;
        }
        let Some(lock) = dead(&dir, &logs) else { continue };
        let home = Home { logs: &logs, notices, shared };
        let mut left = PrivateDir { dir, lines: 0, failure: None };
        home.empty(&mut left);
        if left.failure.is_none() && !remove_empty(&left.dir) {
            left.failure = Some("something else is in it".to_owned());
        }
        drop(lock);
        all.push(left);
    }
    Ok(all)
}

/// Whether it is a name that a private directory has.
fn is_ours(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.rsplit_once('-')).map(|(_, digits)| digits);
    let hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.chars().all(hexadecimal))
}

/// The lock of a private directory of those logs whose process is dead.
fn dead(dir: &Path, logs: &Path) -> Option<File> {
    let file = fs::open_read(&dir.join(OWNER)).ok()?;
    file.try_lock().ok()?;
    let mut owner = Vec::new();
    (&file).take(LONGEST).read_to_end(&mut owner).ok()?;
    // Whoever had it until now may have removed it.
    (owner == logs.as_os_str().as_bytes() && fs::is_private_dir(dir)).then_some(file)
}

/// Where lines belong.
struct Home<'a> {
    logs: &'a Path,
    notices: &'a Arc<dyn Notices>,
    shared: &'a Arc<Shared>,
}

impl Home<'_> {
    fn empty(&self, left: &mut PrivateDir) {
        let entries = match std::fs::read_dir(&left.dir) {
            Ok(entries) => entries,
            Err(error) => return left.failure = Some(fs::reason(&error)),
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some(category) = category(&left.dir.join(&name)) else { continue };
            let file = self.file(category, &name);
            let mut private = Private::found(&left.dir, &name);
            let (lines, result) = private.bring_back(&file, Timestamp::now());
            left.lines += lines;
            self.shared.counters.lines_returned.add(lines);
            if let Err(failure) = result.and_then(|()| file.flush()) {
                left.failure = Some(failure.to_string());
                return;
            }
            // What cannot be removed comes again: the directory is named.
            let _ = private.remove();
        }
    }

    fn file(&self, category: Category, name: &str) -> Rolling {
        let parts = RollingParts::of_dead(self.logs, Arc::clone(self.notices), self.shared);
        Rolling::new(
            RollingSettings::of_dead(category, self.logs, FileSettings::plain(name)),
            parts,
        )
    }
}

/// Of which category the lines of a log file are; none of another file.
fn category(path: &Path) -> Option<Category> {
    let name = path.file_name()?.to_str()?;
    let is_log = name.strip_suffix(".log").is_some_and(|stem| !stem.is_empty());
    let mut line = Vec::new();
    let file = is_log.then(|| fs::open_read(path).ok()).flatten()?;
    BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut line).ok()?;
    let text = String::from_utf8_lossy(&line);
    let of = |category: &Category| text.contains(&format!("\"category\":\"{category}\""));
    Some(Category::ALL.into_iter().find(of).unwrap_or(Category::System))
}
