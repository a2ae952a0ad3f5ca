//! One more file that gets every record once, whatever its category.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::Shared;
use crate::{fs, render::Line};

/// A file that is only ever appended to: it is not rotated and has no fallback.
///
/// *Durability*: as of the category files. *Failures*: counted in `Health::write_errors`, told once;
/// the category files have the record nevertheless.
#[derive(Debug)]
pub struct Extra {
    path: PathBuf,
    file: File,
    shared: Arc<Shared>,
}

impl Extra {
    /// Opens or makes the file, with mode 0640; its directory has to be there. A path that somebody
    /// named by hand may be a link or a device.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn open(path: &Path, shared: Arc<Shared>) -> io::Result<Self> {
        let file = File::options().append(true).create(true).mode(fs::FILE_MODE).open(path)?;
        Ok(Self { path: path.to_owned(), file, shared })
    }

    /// Appends a line with one write; whether it is there.
    pub fn append(&self, line: &Line) -> bool {
        let mut file = &self.file;
        let Err(error) = file.write_all(line.as_bytes()) else { return true };
        self.shared.counters.write_errors.add_one();
        let (path, reason) = (self.path.display(), fs::reason(&error));
        self.shared.trap.warn_once(&format!("cannot write to {path} ({reason})"));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trap::Trap;

    #[test]
    fn lines_are_appended_and_failures_counted() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("all");
        std::fs::write(&path, "before\n").expect("a file");
        let shared = Arc::new(Shared { trap: Trap::quiet(), ..Shared::default() });
        let extra = Extra::open(&path, shared.clone()).expect("opened");
        assert!(extra.append(&Line::new("{}".to_owned())));
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "before\n{}\n");
        let full =
            Extra { file: File::options().write(true).open("/dev/full").expect("opened"), ..extra };
        assert!(!full.append(&Line::new("{}".to_owned())));
        assert_eq!(shared.counters.write_errors.value(), 1);
        assert_eq!(shared.trap.kept().len(), 1);
        assert!(Extra::open(&dir.path().join("no/such"), shared).is_err());
    }
}
