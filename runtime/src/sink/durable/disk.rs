//! What brings files to the disk; tests have another one.

use std::{fmt, fs::File, io, path::Path};

use crate::fs;

/// What brings files to the disk.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Returns when the data of the file is on the disk, its length included.
    ///
    /// # Errors
    ///
    /// Where it is not; what of the file is on the disk is unknown then.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Returns when the names in a directory are on the disk, as far as its file system can.
    fn sync_names(&self, dir: &Path);
}

/// The disk of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_names(&self, dir: &Path) {
        // A directory that this user may not read, or of a file system that cannot do it: a file
        // takes its name along on all that have a journal.
        let _ = fs::sync_dir(dir);
    }
}

#[cfg(test)]
pub(in crate::sink) mod testing {
    use std::{
        collections::HashMap,
        os::{fd::AsRawFd, unix::fs::MetadataExt},
        sync::{Condvar, Mutex},
    };

    use super::*;

    /// A disk that remembers up to where each file is on it, fails when it is told to, and can be
    /// held up.
    #[derive(Debug, Default)]
    pub(in crate::sink) struct Model {
        state: Mutex<State>,
        changed: Condvar,
    }

    #[derive(Debug, Default)]
    struct State {
        /// Bytes on the disk, by inode.
        safe: HashMap<u64, u64>,
        syncs: HashMap<u64, u64>,
        names: u64,
        /// What the files were called when they were synced.
        called: Vec<String>,
        /// So many syncs fail.
        failing: u64,
        held: bool,
        /// Who is inside a sync.
        inside: u64,
    }

    impl Model {
        /// The next syncs fail.
        pub(in crate::sink) fn fail(&self, syncs: u64) {
            self.state.lock().unwrap().failing = syncs;
        }

        /// Syncs that succeeded or failed.
        pub(in crate::sink) fn syncs(&self) -> u64 {
            self.state.lock().unwrap().syncs.values().sum()
        }

        /// Those of one file.
        pub(in crate::sink) fn syncs_of(&self, path: &Path) -> u64 {
            let inode = std::fs::metadata(path).unwrap().ino();
            self.state.lock().unwrap().syncs.get(&inode).copied().unwrap_or(0)
        }

        /// What the files were called when they were synced.
        pub(in crate::sink) fn called(&self) -> Vec<String> {
            self.state.lock().unwrap().called.clone()
        }

        /// How often the names of a directory were brought to the disk.
        pub(in crate::sink) fn names(&self) -> u64 {
            self.state.lock().unwrap().names
        }

        /// How much of a file is on the disk.
        pub(in crate::sink) fn safe(&self, path: &Path) -> u64 {
            let inode = std::fs::metadata(path).unwrap().ino();
            self.state.lock().unwrap().safe.get(&inode).copied().unwrap_or(0)
        }

        /// Holds up all syncs, or lets them go on.
        pub(in crate::sink) fn hold(&self, held: bool) {
            self.state.lock().unwrap().held = held;
            self.changed.notify_all();
        }

        /// Returns when a sync is being held up.
        pub(in crate::sink) fn is_entered(&self) {
            let state = self.state.lock().unwrap();
            drop(self.changed.wait_while(state, |state| state.inside == 0).unwrap());
        }
    }

    impl Disk for Model {
        fn sync(&self, file: &File) -> io::Result<()> {
            // What is appended from here on may be missing.
            let metadata = file.metadata()?;
            let mut state = self.state.lock().unwrap();
            let link = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
            let name = link.file_name().unwrap_or_default().to_string_lossy().into_owned();
            state.called.push(name);
            *state.syncs.entry(metadata.ino()).or_default() += 1;
            state.inside += 1;
            self.changed.notify_all();
            state = self.changed.wait_while(state, |state| state.held).unwrap();
            state.inside -= 1;
            if state.failing > 0 {
                state.failing -= 1;
                return Err(rustix::io::Errno::IO.into());
            }
            state.safe.insert(metadata.ino(), metadata.len());
            Ok(())
        }

        fn sync_names(&self, _: &Path) {
            self.state.lock().unwrap().names += 1;
        }
    }
}
