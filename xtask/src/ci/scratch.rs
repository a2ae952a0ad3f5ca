//! Directories that go away.

use std::path::{Path, PathBuf};

/// A directory under the system's for temporary files, removed at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        // Of somebody else, or left by a run that was killed: never reused.
        match std::fs::create_dir(&path) {
            Ok(()) => Ok(Self(path)),
            Err(error) => Err(format!("cannot make {}: {error}", path.display())),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind is a temporary file, not a failure of the step.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
