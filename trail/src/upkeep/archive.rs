//! `trail archive`: moves archives to another directory, with a manifest.
//!
//! Each is copied to a temporary file, synced, read back and compared, and given its name, which
//! is never one that is taken. When all are there the manifest is written; only then the originals
//! go. Cut off at any point, nothing is lost: what was copied already is found equal by the next
//! run, which goes on from there. The newest archive of each category stays, as log shippers may
//! be reading it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self as std_fs, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use audit_runtime::fs::{self, Identity};
use audit_runtime::layout::{self, COMPRESS_LOCK};
use audit_runtime::ledger::LockFile;
use audit_runtime::read::{LogDir, LogFile, Reason};
use audit_runtime::{Category, Timestamp};
use clap::Args;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Done, active_of, category};
use crate::escape::{printable, printable_json};
use crate::window::parse_length;

/// How long compression or another `trail archive` is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const BLOCK: usize = 256 * 1024;

#[derive(Args)]
pub(crate) struct ArchiveArgs {
    /// The directory that holds audit.log and its archives.
    #[arg(value_name = "DIR", env = "AUDIT_LOG_DIR", default_value = "logs")]
    dir: PathBuf,
    /// Where to move them; made where it is missing.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only this category; may be given several times.
    #[arg(long, value_name = "CATEGORY", value_parser = parse_category)]
    category: Vec<Category>,
    /// Only archives that were rotated so long ago: 90s, 12h, 14d, 2w.
    #[arg(long, value_name = "AGE", value_parser = parse_age)]
    older_than: Option<Duration>,
}

fn parse_category(text: &str) -> Result<Category, String> {
    let names = || Category::ALL.map(|category| category.to_string()).join(", ");
    category(text).ok_or_else(|| format!("expected one of {}", names()))
}

fn parse_age(text: &str) -> Result<Duration, String> {
    parse_length(text).ok_or_else(|| "expected a length of time such as 90s, 12h or 14d".to_owned())
}

/// The document beside the moved archives.
#[derive(Serialize)]
struct Manifest {
    schema: &'static str,
    from: String,
    created: String,
    files: Vec<Row>,
}

/// One archive.
#[derive(Default, Serialize)]
struct Row {
    name: String,
    category: String,
    bytes: u64,
    sha256: String,
    /// Of the first and the last line that tells one.
    first: Option<String>,
    last: Option<String>,
    lines: u64,
    /// Lines that could not be read, and the rest of an archive that could not be unpacked.
    damaged: u64,
}

/// An original that has its copy.
struct Moved {
    path: PathBuf,
    identity: Identity,
    row: Row,
}

/// Moves what is asked for.
pub(crate) fn run(arguments: &ArchiveArgs, now: Timestamp) -> Result<Done, String> {
    let ArchiveArgs { dir, to, .. } = arguments;
    let files = chosen(arguments, now)?;
    let failed = |what: &str, error: &io::Error| format!("cannot {what} {}: {error}", to.display());
    fs::create_dir_all(to, fs::DIR_MODE).map_err(|error| failed("make", &error))?;
    let same = |path: &Path| path.canonicalize().ok();
    if same(dir).is_some() && same(dir) == same(to) {
        return Err(format!("{} is the directory itself; name another one", to.display()));
    }
    let deadline = Instant::now() + PATIENCE;
    let mut locks = [dir, to].map(|dir| LockFile::new(dir.join(COMPRESS_LOCK), false));
    let [here, there] = &mut locks;
    // Archives are neither compressed nor moved by others meanwhile.
    let locked =
        |error: &dyn std::fmt::Display| format!("cannot take the lock of archives: {error}");
    let _here = here.acquire(deadline).map_err(|error| locked(&error))?;
    let _there = there.acquire(deadline).map_err(|error| locked(&error))?;

    let mut done = Done { complete: true, ..Done::default() };
    let mut moved = Vec::new();
    for file in files {
        let path = file.path.clone();
        match copy(file, to) {
            Ok(copied) => moved.push(copied),
            // Deleted since the list was made.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                done.complete = false;
                done.complaints.push(format!("{} stays: {error}", path.display()));
            }
        }
    }
    if moved.is_empty() {
        return Ok(Done { text: "nothing to move\n".to_owned(), ..done });
    }
    let rows = moved.iter_mut().map(|moved| std::mem::take(&mut moved.row)).collect();
    let manifest = Manifest {
        schema: "audit-trail/archive/1",
        from: dir.display().to_string(),
        created: now.to_string(),
        files: rows,
    };
    let name = write_manifest(to, &manifest, now).map_err(|error| failed("write to", &error))?;
    // From here on the copies are as good as the originals.
    for moved in &moved {
        if let Err(error) = delete(moved) {
            done.complete = false;
            done.complaints.push(format!("cannot delete {}: {error}", moved.path.display()));
        }
    }
    // The copies are there; whether the deletion is on the disk already loses nothing.
    let _ = fs::sync_dir(dir);
    done.text = table(&manifest, &to.join(name));
    Ok(done)
}

/// The archives to move: what is asked for without the newest of each active file.
fn chosen(arguments: &ArchiveArgs, now: Timestamp) -> Result<Vec<LogFile>, String> {
    let logs = LogDir::open(&arguments.dir).map_err(|error| error.to_string())?;
    let mut newest = BTreeMap::new();
    let mut files = Vec::new();
    for file in logs.into_files().into_iter().filter(|file| file.archived) {
        let stands = file.path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let Some(active) = active_of(&file.path).filter(|_| stands).map(str::to_owned) else {
            continue;
        };
        let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(archive) = layout::parse(&active, name) else { continue };
        let seq = newest.entry(active.clone()).or_insert(0);
        *seq = archive.seq().max(*seq);
        files.push((active, archive, file));
    }
    let wanted = |category_name: &str| {
        arguments.category.is_empty()
            || category(category_name).is_some_and(|named| arguments.category.contains(&named))
    };
    files.retain(|(active, archive, file)| {
        newest.get(active).is_some_and(|newest| archive.seq() < *newest)
            && wanted(&file.category)
            && arguments.older_than.is_none_or(|age| archive.stamp().after(age) < now)
    });
    Ok(files.into_iter().map(|(_, _, file)| file).collect())
}

/// Has a verified copy of the archive in `to`.
fn copy(file: LogFile, to: &Path) -> io::Result<Moved> {
    let path = file.path.to_path_buf();
    let mut source = fs::open_read(&path)?;
    let identity = Identity::of(&source)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let target = to.join(&name);
    let (bytes, sum) = match fs::open_read(&target) {
        Ok(mut there) => {
            // An earlier run was cut off.
            let found = digest(&mut source, &mut io::sink())?;
            if digest(&mut there, &mut io::sink())? != found {
                let why = "another file of that name is there; move one of them away";
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
            }
            there.sync_all()?;
            found
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let temporary = to.join(format!(".{name}.part"));
            let result = write(&mut source, &temporary)
                .and_then(|found| fs::rename_new(&temporary, &target).map(|()| found));
            if result.is_err() {
                // The next run removes it should this fail.
                let _ = fs::remove(&temporary);
            }
            result?
        }
        Err(error) => return Err(error),
    };
    let mut row =
        Row { name, category: file.category.clone(), bytes, sha256: sum, ..Row::default() };
    count(file, &mut row);
    Ok(Moved { path, identity, row })
}

fn write(source: &mut File, temporary: &Path) -> io::Result<(u64, String)> {
    // What an earlier run left; nobody else writes here, since we hold the lock.
    fs::remove(temporary)?;
    let mut target = fs::create_append(temporary, fs::FILE_MODE)?;
    let found = digest(source, &mut target)?;
    target.sync_all()?;
    target.rewind()?;
    if digest(&mut target, &mut io::sink())? != found {
        return Err(io::Error::other("the copy differs from the original"));
    }
    Ok(found)
}

/// Copies all there is; tells how much it was and its SHA-256.
fn digest(from: &mut File, to: &mut dyn Write) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut block = vec![0; BLOCK];
    let mut bytes = 0;
    loop {
        let count = match from.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = block.get(..count).unwrap_or_default();
        hash.update(read);
        to.write_all(read)?;
        bytes += count as u64;
    }
    let mut sum = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a string does not fail.
        let _ = write!(sum, "{byte:02x}");
    }
    Ok((bytes, sum))
}

/// Reads the lines of the archive.
fn count(file: LogFile, row: &mut Row) {
    for line in file.into_lines() {
        // What cannot be decompressed is no line.
        let is_line =
            line.as_ref().err().is_none_or(|f| !matches!(f.reason, Reason::Unreadable(_)));
        row.lines += u64::from(is_line);
        match line.and_then(|line| line.entry().map(|entry| entry.timestamp)) {
            Ok(time) => {
                let time = time.to_string();
                row.first.get_or_insert_with(|| time.clone());
                row.last = Some(time);
            }
            Err(_) => row.damaged += 1,
        }
    }
}

/// Writes the manifest under a name that is free.
fn write_manifest(to: &Path, manifest: &Manifest, now: Timestamp) -> io::Result<String> {
    let text = serde_json::to_string_pretty(manifest)?;
    let text = format!("{}\n", printable_json(&text));
    let stamp: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let temporary = to.join(".manifest.part");
    fs::remove(&temporary)?;
    let mut file = fs::create_append(&temporary, fs::FILE_MODE)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let mut suffix = 0;
    let name = loop {
        let name = match suffix {
            0 => format!("manifest-{stamp}.json"),
            more => format!("manifest-{stamp}-{more}.json"),
        };
        match fs::rename_new(&temporary, &to.join(&name)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => suffix += 1,
            result => break result.map(|()| name)?,
        }
    };
    fs::sync_dir(to)?;
    Ok(name)
}

/// Deletes the original, unless another file has its name by now.
fn delete(moved: &Moved) -> io::Result<()> {
    match Identity::at(&moved.path)? {
        Some(identity) if identity == moved.identity => std_fs::remove_file(&moved.path),
        Some(_) => Err(io::Error::other("another file has its name by now")),
        None => Ok(()),
    }
}

fn table(manifest: &Manifest, path: &Path) -> String {
    let mut text = String::new();
    let (mut bytes, mut lines) = (0, 0);
    for row in &manifest.files {
        // Writing to a string does not fail, here and below.
        let _ =
            writeln!(text, "{:>14}  {:>9} lines  {}", row.bytes, row.lines, printable(&row.name));
        bytes += row.bytes;
        lines += row.lines;
    }
    let count = manifest.files.len();
    let path = path.display().to_string();
    let path = printable(&path);
    let _ = writeln!(text, "{count} files, {bytes} bytes, {lines} lines moved; {path}");
    text
}
