//! What is asked of a file from outside: to rotate, to be like something else.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{Failure, FileSettings, Rolling, RollingParts, RollingSettings, current, nanos};
use crate::{clock::Timestamp, record::Category, sink::Upkeep};

impl Rolling {
    /// The same, rotated by the timer of the archives as well when nothing is appended.
    #[must_use]
    pub fn attended(settings: RollingSettings, parts: RollingParts) -> Arc<Self> {
        let rolling = Arc::new(Self::new(settings, parts));
        rolling.parts.upkeep.attend(&rolling);
        rolling
    }

    /// Rotates the file unless it is empty; tells whether it did.
    pub fn rotate_now(&self, now: Timestamp) -> Result<bool, Failure> {
        self.rotate_where(now, false)
    }

    /// Rotates the file if its period has ended and it is not empty; tells whether it did.
    pub(in crate::sink) fn rotate_if_due(&self, now: Timestamp) -> Result<bool, Failure> {
        self.rotate_where(now, true)
    }

    fn rotate_where(&self, now: Timestamp, due: bool) -> Result<bool, Failure> {
        // What is not there is not made to be rotated.
        if self.path().symlink_metadata().is_err() {
            return Ok(false);
        }
        self.with_lock(now, |guard, file| {
            self.resolve(guard, file, now)?;
            let tail = file.active.tail()?;
            let wanted = !due || file.rotation.is_ready(now) && self.is_due(file, tail, now)?;
            if tail.length == 0 || !wanted {
                return Ok(false);
            }
            current(guard)?;
            self.rotate(guard, file, now)?;
            Ok(true)
        })
    }

    /// Makes the file like that from the next append on; its name stays.
    pub(in crate::sink) fn change(&self, rules: &FileSettings) {
        // A file that is held up that long goes on as it was.
        let _ = self.with_state(|state| state.file.rules.clone_from(rules));
    }

    /// Has its lock be waited for so long from now on.
    pub(in crate::sink) fn wait_for(&self, patience: Duration) {
        self.patience.store(nanos(patience), Ordering::Relaxed);
    }

    /// Until when its lock is waited for.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_nanos(self.patience.load(Ordering::Relaxed))
    }

    /// What looks after its archives.
    pub(in crate::sink) fn upkeep(&self) -> &Arc<Upkeep> {
        &self.parts.upkeep
    }

    /// The category it holds.
    pub(in crate::sink) fn category(&self) -> Category {
        self.settings.category
    }

    /// Where the active file is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.settings.dir.join(&self.settings.file.name)
    }
}
