//! Making a spool's file: complete under another name, then renamed.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;

use super::{
    map::map,
    memory::Memory,
    plan::{self, Header},
    ring::{Cursor, Store},
    sheet::{self, About},
};
use crate::fs::{self, Identity};

/// A spool's file, locked and mapped up to its first segment.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) base: Memory,
}

/// So often it is begun anew because somebody took the unfinished file for one that was left.
const ATTEMPTS: usize = 20;

/// Makes the file of a spool in the directory `dir` of spools; the directory of the log files above
/// it, where it is missing, with that mode.
pub(super) fn create(dir: &Path, mode: u32, header: &Header, about: &About) -> io::Result<Made> {
    let mut attempt = 1;
    loop {
        let result = attempt_to_create(dir, mode, header, about);
        let taken = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::WouldBlock)
        };
        if attempt == ATTEMPTS || !result.as_ref().is_err_and(taken) {
            return result;
        }
        attempt += 1;
    }
}

fn attempt_to_create(dir: &Path, mode: u32, header: &Header, about: &About) -> io::Result<Made> {
    make_dir(dir, mode)?;
    check_file_system(dir)?;
    let [name, unfinished] = plan::names(header.id);
    let (path, unfinished) = (dir.join(name), dir.join(unfinished));
    let file = open(&unfinished, OpenOptions::new().create_new(true))?;
    let filled = fill(&file, &unfinished, header, about).and_then(|base| {
        fs::rename_new(&unfinished, &path)?;
        Ok(base)
    });
    match filled {
        Ok(base) => Ok(Made { file, path, base }),
        Err(error) => {
            // Whoever recovers takes it away should this fail.
            let _ = fs::remove(&unfinished);
            Err(error)
        }
    }
}

/// Adds the segment of a stream to the file.
pub(super) fn add_segment(file: &File, stream: usize) -> io::Result<Memory> {
    zero(file, plan::segment(stream), plan::SEGMENT)?;
    map(file, plan::segment(stream), plan::SEGMENT)
}

/// Opens a file of the directory of spools, for this user alone; links are not followed.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let options = options.read(true).write(true).mode(0o600);
    let file = options.custom_flags(flags.bits().cast_signed()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

/// Takes the lock that says the spool is in use; whether it is ours.
pub(super) fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn make_dir(dir: &Path, mode: u32) -> io::Result<()> {
    let attempt = || DirBuilder::new().mode(0o700).create(dir);
    let mut result = attempt();
    if let (Err(error), Some(logs)) = (&result, dir.parent())
        && error.kind() == io::ErrorKind::NotFound
    {
        fs::create_dir_all(logs, mode)?;
        result = attempt();
    }
    match result {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Whoever else could enter it could put a link in our way.
            let private = fs::is_private_dir(dir);
            private.then_some(()).ok_or_else(|| io::ErrorKind::PermissionDenied.into())
        }
        other => other,
    }
}

fn fill(file: &File, path: &Path, header: &Header, about: &About) -> io::Result<Memory> {
    if !lock(file)? {
        // Somebody who recovers was quicker.
        return Err(io::ErrorKind::WouldBlock.into());
    }
    // Some file systems take a lock and exclude nobody: another open file must not have it too.
    if lock(&open(path, &mut OpenOptions::new())?)? {
        return Err(io::Error::other("locks do not exclude others here"));
    }
    zero(file, 0, plan::BASE)?;
    let base = map(file, 0, plan::BASE)?;
    let (magic, rest) = header.encode();
    let about = sheet::framed(&about.encode());
    if about.len() > plan::ABOUT.len() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: nobody else knows these bytes yet.
    unsafe {
        base.put(8, &rest);
        base.put(plan::ABOUT.start, &about);
    }
    base.word(0).ok_or(io::ErrorKind::UnexpectedEof)?.publish(magic);
    // Somebody who recovers might have taken the unfinished file for a left one.
    if Identity::at(path)? == Some(Identity::of(file)?) {
        Ok(base)
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Writes zeros, so that the disk has room for what is stored there later.
fn zero(file: &File, at: usize, length: usize) -> io::Result<()> {
    static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
    if (at + length) as u64 > fs::size_limit() {
        // The kernel would end the process by a signal.
        return Err(rustix::io::Errno::FBIG.into());
    }
    let mut done = 0;
    while done < length {
        let zeros = ZEROS.get(..ZEROS.len().min(length - done)).unwrap_or_default();
        file.write_all_at(zeros, (at + done) as u64)?;
        done += zeros.len();
    }
    Ok(())
}

/// Fails where a store into a mapped file that was written may still need space, and end the process
/// or hold it up for ever: btrfs is such a file system, also for files that it does not copy.
#[cfg(target_os = "linux")]
fn check_file_system(dir: &Path) -> io::Result<()> {
    use rustix::fs::FsWord;

    const EXT: FsWord = 0xef53;
    const XFS: FsWord = 0x5846_5342;
    const TMPFS: FsWord = 0x0102_1994;
    const OVERLAY: FsWord = 0x794c_7630;
    match rustix::fs::statfs(dir)?.f_type {
        EXT | XFS | TMPFS | OVERLAY => Ok(()),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn check_file_system(_dir: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
