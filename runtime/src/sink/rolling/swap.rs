//! The renames of a rotation, and when it is a machine's turn.

use std::{io, path::Path};

use crate::fs;

/// Gives the active file the name of the archive, and the next one that of the active file; where
/// the second fails, the first is undone.
pub(super) fn swap(active: &Path, next: &Path, archive: &Path) -> io::Result<()> {
    fs::rename_new(active, archive)?;
    let result = fs::rename_new(next, active);
    if result.is_err() {
        // Should this fail as well, the next append finds no active file and makes one.
        let _ = fs::rename_new(archive, active);
    }
    result
}

/// A number that tells machines, directories and files apart (FNV-1a).
pub(in crate::sink) fn spread(dir: &Path, name: &str) -> u64 {
    let host = rustix::system::uname();
    let parts = [host.nodename().to_bytes(), dir.as_os_str().as_encoded_bytes(), name.as_bytes()];
    parts.into_iter().flatten().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_without_a_next_file_is_undone() {
        let temp = tempfile::tempdir().unwrap();
        let path = |name| temp.path().join(name);
        std::fs::write(path("active"), "1").unwrap();
        assert!(swap(&path("active"), &path("next"), &path("archive")).is_err());
        assert_eq!(std::fs::read_to_string(path("active")).unwrap(), "1");
        assert!(!path("archive").exists());
        std::fs::write(path("next"), "2").unwrap();
        swap(&path("active"), &path("next"), &path("archive")).unwrap();
        assert_eq!(std::fs::read_to_string(path("archive")).unwrap(), "1");
        assert_eq!(std::fs::read_to_string(path("active")).unwrap(), "2");
    }
}
