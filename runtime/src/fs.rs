//! Files and directories as the logs need them: how they are opened, made, renamed and told apart.

use std::{
    fs::{DirBuilder, File, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, Mode, OFlags, RenameFlags},
    io::Errno,
    process::Resource,
};

use crate::trap;

/// The mode of files unless something else is set.
pub const FILE_MODE: u32 = 0o640;
/// The mode of directories unless something else is set.
pub const DIR_MODE: u32 = 0o750;
const PRIVATE_MODE: u32 = 0o700;

/// How often something is tried again that another process may have changed in between.
const ATTEMPTS: usize = 8;

/// Which file it is, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// The identity of an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }

    /// The identity of what stands at `path`, links not followed; `None` where nothing does.
    pub fn at(path: &Path) -> io::Result<Option<Self>> {
        Ok(Look::at(path)?.map(|look| look.identity))
    }
}

/// What stands under a name, by one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which file it is.
    pub identity: Identity,
    /// Its length in bytes.
    pub length: u64,
}

impl Look {
    /// What stands at `path`, links not followed; `None` where nothing does.
    pub fn at(path: &Path) -> io::Result<Option<Self>> {
        match path.symlink_metadata() {
            Ok(metadata) => Ok(Some(Self::from(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an open file is.
    pub fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }
}

impl From<&Metadata> for Look {
    fn from(metadata: &Metadata) -> Self {
        Self { identity: Identity::from(metadata), length: metadata.len() }
    }
}

impl From<&Metadata> for Identity {
    fn from(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// Closes a file that a fork inherited, if it is the one.
///
/// Threads of the parent go on while it is forked: what the child finds in its memory may be newer
/// than its descriptors, and the number be that of no file or of another one. That is left alone.
pub fn close_inherited(file: File, identity: Identity) {
    if Identity::of(&file).ok() != Some(identity) {
        std::mem::forget(file);
    }
}

/// Opens a file for appending and reading, and makes it where there is none, with that mode
/// whatever the umask is. Symbolic links and all but regular files are refused.
pub fn open_append(path: &Path, mode: u32) -> io::Result<File> {
    for _ in 0..ATTEMPTS {
        match create_append(path, mode) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other,
        }
        match open(path, OpenOptions::new().append(true).read(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
    }
    Err(io::Error::other("the file keeps changing; stop what else makes and deletes it"))
}

/// Makes a file for appending and reading, with that mode whatever the umask is; fails where there
/// is one.
pub fn create_append(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = open(path, options.append(true).read(true).create_new(true).mode(mode))?;
    rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))?;
    Ok(file)
}

/// Opens a regular file for reading; links are not followed.
pub fn open_read(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().read(true))
}

/// Reads a small text file of the operator's; links are followed.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let file = open_read(&path.canonicalize()?)?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("more than {most} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("not UTF-8"))
}

fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // NONBLOCK keeps a named pipe from holding us up; regular files ignore it.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = options.custom_flags(flags.bits().cast_signed()).open(path).map_err(|error| {
        if Errno::from_io_error(&error) == Some(Errno::LOOP) {
            io::Error::other("the file is a symbolic link")
        } else {
            error
        }
    })?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

/// Makes a directory and its parents, those it makes with that mode; others may do the same.
pub fn create_dir_all(path: &Path, mode: u32) -> io::Result<()> {
    for _ in 0..ATTEMPTS {
        match create_dir(path, mode) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return match path.metadata() {
                    Ok(metadata) if metadata.is_dir() => Ok(()),
                    Ok(_) => Err(Errno::NOTDIR.into()),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => Err(error),
                };
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => create_dir_all(parent, mode)?,
                _ => return Err(error),
            },
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("the directory keeps changing; stop what else makes and deletes it"))
}

fn create_dir(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().mode(mode).create(path)?;
    let dir = rustix::fs::open(
        path,
        OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC,
        Mode::empty(),
    );
    match dir {
        Ok(dir) => Ok(rustix::fs::fchmod(&dir, Mode::from_raw_mode(mode))?),
        // Somebody was quicker to delete it, or the umask hides it: the next step will tell.
        Err(_) => Ok(()),
    }
}

/// Makes a directory of a name nobody can guess that only this user can enter.
pub fn create_private_dir(parent: &Path, prefix: &str) -> io::Result<PathBuf> {
    for _ in 0..ATTEMPTS {
        let mut random = [0; 8];
        rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())?;
        let path = parent.join(format!("{prefix}-{:016x}", u64::from_ne_bytes(random)));
        match create_dir(&path, PRIVATE_MODE) {
            Ok(()) if is_private_dir(&path) => return Ok(path),
            Ok(()) => break,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no private directory could be made"))
}

/// Whether `path` is a directory of this user that nobody else can enter; links are refused.
#[must_use]
pub fn is_private_dir(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| {
        metadata.is_dir()
            && metadata.uid() == rustix::process::geteuid().as_raw()
            && metadata.mode() & 0o777 == PRIVATE_MODE
    })
}

/// Renames a file; fails where the new name is taken.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // File systems that cannot do it at once; our own processes hold a lock meanwhile.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            if Identity::at(to)?.is_some() {
                return Err(Errno::EXIST.into());
            }
            std::fs::rename(from, to)
        }
        other => Ok(other?),
    }
}

/// Deletes a file; one that is gone already is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Brings the names in a directory to the disk.
pub fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The largest file this process may write; past it the kernel ends the process by a signal.
#[must_use]
pub fn size_limit() -> u64 {
    // It panics where a sandbox forbids the question.
    let limit = trap::contained(|| rustix::process::getrlimit(Resource::Fsize));
    limit.and_then(|limit| limit.current).unwrap_or(u64::MAX)
}

/// The space of a file system, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What users other than root can still write.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

/// The space of the file system that holds `path`.
pub fn space(path: &Path) -> io::Result<Space> {
    let vfs = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(vfs.f_frsize);
    Ok(Space { free: bytes(vfs.f_bavail), total: bytes(vfs.f_blocks) })
}

/// The text of an error without its number: `Permission denied`.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn files_and_directories_have_their_modes() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("a/b/c");
        create_dir_all(&dir, DIR_MODE).unwrap();
        create_dir_all(&dir, DIR_MODE).unwrap();
        assert_eq!((mode(&dir), mode(&temp.path().join("a"))), (0o750, 0o750));
        let file = dir.join("x.log");
        open_append(&file, FILE_MODE).unwrap();
        assert_eq!(mode(&file), 0o640);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        open_append(&file, FILE_MODE).unwrap();
        assert_eq!(mode(&file), 0o600, "an existing file keeps its mode");
        assert!(create_append(&file, FILE_MODE).is_err());
    }

    #[test]
    fn a_file_in_the_way_is_not_a_directory() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("f");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("logs")] {
            let error = create_dir_all(&path, DIR_MODE).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotADirectory, "{path:?}");
        }
    }

    #[test]
    fn links_pipes_and_directories_are_not_opened() {
        let temp = tempfile::tempdir().unwrap();
        let target = temp.path().join("target");
        fs::write(&target, "").unwrap();
        let link = temp.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert_eq!(
            reason(&open_append(&link, FILE_MODE).unwrap_err()),
            "the file is a symbolic link"
        );
        let dangling = temp.path().join("dangling");
        std::os::unix::fs::symlink(temp.path().join("none"), &dangling).unwrap();
        assert_eq!(
            reason(&open_append(&dangling, FILE_MODE).unwrap_err()),
            "the file is a symbolic link"
        );
        assert!(!temp.path().join("none").exists());
        assert_eq!(reason(&open_append(temp.path(), FILE_MODE).unwrap_err()), "Is a directory");
        let pipe = temp.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &pipe, Mode::from_raw_mode(0o600)).unwrap();
        assert_eq!(reason(&open_append(&pipe, FILE_MODE).unwrap_err()), "not a regular file");
    }

    #[test]
    fn only_small_text_files_are_read() {
        let temp = tempfile::tempdir().unwrap();
        let (file, link) = (temp.path().join("file"), temp.path().join("link"));
        fs::write(&file, "four").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read_text(&link, 4).unwrap(), "four");
        let refused = |path: &Path, most| reason(&read_text(path, most).unwrap_err());
        assert_eq!(refused(&file, 3), "more than 3 bytes");
        fs::write(&file, b"\xff").unwrap();
        assert_eq!(refused(&file, 3), "not UTF-8");
        assert_eq!(refused(temp.path(), 3), "not a regular file");
        let pipe = temp.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &pipe, Mode::from_raw_mode(0o600)).unwrap();
        assert_eq!(refused(&pipe, 3), "not a regular file");
    }

    #[test]
    fn a_rename_replaces_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let (a, b) = (temp.path().join("a"), temp.path().join("b"));
        fs::write(&a, "a").unwrap();
        fs::write(&b, "b").unwrap();
        assert_eq!(rename_new(&a, &b).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&b).unwrap(), "b");
        fs::remove_file(&b).unwrap();
        rename_new(&a, &b).unwrap();
        assert_eq!(fs::read_to_string(&b).unwrap(), "a");
        remove(&b).unwrap();
        remove(&b).unwrap();
        assert_eq!(Identity::at(&b).unwrap(), None);
    }

    #[test]
    fn private_directories_are_private_and_never_the_same() {
        let temp = tempfile::tempdir().unwrap();
        let first = create_private_dir(temp.path(), "app").unwrap();
        let second = create_private_dir(temp.path(), "app").unwrap();
        assert_ne!(first, second);
        assert!(is_private_dir(&first));
        fs::set_permissions(&first, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(!is_private_dir(&first));
        let link = temp.path().join("link");
        std::os::unix::fs::symlink(&second, &link).unwrap();
        assert!(!is_private_dir(&link));
    }
}
