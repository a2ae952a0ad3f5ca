//! Writing one file so that readers and crashes see it whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::Error;

/// One name is enough: only the holder of the store's lock writes, and it begins by removing it.
const TEMPORARY: &str = ".write.tmp";

/// Puts `bytes` in place of the file at `path`, keeping its permissions.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let permissions = std::fs::metadata(path)
        .map_err(|error| Error::io("cannot read", path, error))?
        .permissions();
    let temporary = write_temporary(path, bytes)?;
    let done = std::fs::set_permissions(&temporary, permissions)
        .and_then(|()| std::fs::rename(&temporary, path))
        .map_err(|error| Error::io("cannot replace", path, error));
    finish(done, &temporary, path)
}

/// Makes the file at `path`; fails with `AlreadyExists` when there is one.
pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = write_temporary(path, bytes)?;
    let done = rename_new(&temporary, path).map_err(|e| Error::io("cannot create", path, e));
    finish(done, &temporary, path)
}

/// Moves a file to a name that must be free, and syncs both folders.
pub(super) fn relocate(from: &Path, to: &Path) -> Result<(), Error> {
    rename_new(from, to).map_err(|error| Error::io("cannot move", from, error))?;
    sync_folder(to)?;
    sync_folder(from)
}

fn finish(done: Result<(), Error>, temporary: &Path, path: &Path) -> Result<(), Error> {
    if done.is_err() {
        // The first failure is the one to report; the next writer removes a leftover.
        let _ = std::fs::remove_file(temporary);
    }
    done?;
    sync_folder(path)
}

fn write_temporary(path: &Path, bytes: &[u8]) -> Result<std::path::PathBuf, Error> {
    let temporary = path.with_file_name(TEMPORARY);
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::io("cannot remove", &temporary, error));
        }
        _ => {}
    }
    let write = || -> std::io::Result<()> {
        // A new file, so that nobody's link is followed.
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| {
        // The first failure is the one to report; the next writer removes a leftover.
        let _ = std::fs::remove_file(&temporary);
        Error::io("cannot write", path, error)
    })?;
    Ok(temporary)
}

/// Renames without replacing, also where the file system lacks the flag (the caller holds the lock).
fn rename_new(from: &Path, to: &Path) -> std::io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS) => {
            if std::fs::symlink_metadata(to).is_ok() {
                return Err(ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(from, to)
        }
        other => other.map_err(Into::into),
    }
}

fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Error::io("cannot sync", folder, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_and_replaced_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.md");
        create(&path, b"one").unwrap();
        let again = create(&path, b"two").unwrap_err();
        assert!(
            matches!(&again, Error::Io { source, .. } if source.kind() == ErrorKind::AlreadyExists)
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        replace(&path, b"three").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"three");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "a temporary file is left");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_survive_and_planted_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (path, outside) = (dir.path().join("a.md"), dir.path().join("outside"));
        std::fs::write(&outside, "safe").unwrap();
        create(&path, b"one").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&outside, dir.path().join(TEMPORARY)).unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&outside).unwrap(), "safe");
    }
}
