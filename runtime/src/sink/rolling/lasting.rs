//! Appending, and when an append counts as done.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{OpenFile, Rolling, Spot};
use crate::{
    clock::Timestamp,
    config::Durability,
    record::Lasts,
    render::Line,
    sink::{
        AppendError, Failure,
        durable::{Durable, Group},
    },
};

/// A disk is given so many times as long as a lock.
const PATIENCE: u32 = 5;
/// Lines that a failing disk may have lost are written into so many files, the first one included.
const ATTEMPTS: usize = 2;

/// What an append left.
#[derive(Debug, Default)]
struct Left {
    written: usize,
    failure: Option<Failure>,
    durability: Durability,
    /// Whose sync brings it to the disk.
    groups: Vec<Arc<Group>>,
    crowded: bool,
}

impl Rolling {
    /// Appends the lines, each whole and in one file; rotates before where it is due.
    pub fn append(&self, lines: &[Line], now: Timestamp) -> Result<(), AppendError> {
        self.append_from(lines, now, &mut |_| {})
    }

    /// The same; `begins` is told where, under the lock and before anything is written.
    ///
    /// Where the file is set to be synced, the lines are on the disk when this succeeds. When the disk
    /// fails, they are written once more, into a new file.
    pub fn append_from(
        &self,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> Result<(), AppendError> {
        self.append_lasting(lines, now, begins, None)
    }

    /// The same for lines whose call asks for another durability than the file has.
    pub fn append_lasting(
        &self,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
        lasts: Option<Lasts>,
    ) -> Result<(), AppendError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut left = self.write_all(lines, now, begins, lasts);
        self.parts.upkeep.tick(now, &self.parts.compressor);
        for attempt in 1.. {
            let Err(failure) = self.last(&left) else { break };
            if attempt == ATTEMPTS || !matches!(failure, Failure::NotSynced(_)) {
                return Err(AppendError { written: 0, failure });
            }
            left = self.write_all(lines, now, &mut |_| {}, lasts);
        }
        let Left { written, failure, .. } = left;
        failure.map_or(Ok(()), |failure| Err(AppendError { written, failure }))
    }

    /// Brings what was appended to the disk.
    pub fn flush(&self) -> Result<(), Failure> {
        self.durable.sync(self.patience())
    }

    /// What of the file is on the disk.
    pub(in crate::sink) fn durable(&self) -> &Arc<Durable> {
        &self.durable
    }

    fn write_all(
        &self,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
        lasts: Option<Lasts>,
    ) -> Left {
        let mut left = Left::default();
        let result = self.with_lock(now, |guard, file| {
            left.durability = file.rules.durability.asked(lasts);
            while let Some(rest) = lines.get(left.written..).filter(|rest| !rest.is_empty()) {
                let (count, tail) = self.prepare(guard, file, rest, now)?;
                if left.written == 0 {
                    // As it stands in the lock file: whoever changes it there changes the file too.
                    begins(Spot { number: file.number, offset: tail.length });
                }
                let part = rest.get(..count).unwrap_or(rest);
                if let Some(appended) = self.write(file, tail, part, now)? {
                    left.crowded |= appended.crowded;
                    // An allocation that nobody needs who does not wait.
                    if left.durability == Durability::Synced {
                        left.groups.push(appended.group);
                    }
                }
                left.written += count;
            }
            Ok(())
        });
        left.failure = result.err();
        left
    }

    /// Returns when what was appended lasts as is set.
    fn last(&self, left: &Left) -> Result<(), Failure> {
        let Left { durability, groups, crowded, written, .. } = left;
        match durability {
            Durability::Synced => {
                let deadline = self.patience();
                groups.iter().try_for_each(|group| self.durable.wait(group, deadline))
            }
            Durability::Within(time) if *written > 0 => {
                self.parts.syncer.enqueue(&self.durable, *time);
                Ok(())
            }
            Durability::Written | Durability::Within(_) => {
                if *crowded {
                    self.parts.syncer.enqueue(&self.durable, Duration::ZERO);
                }
                Ok(())
            }
        }
    }

    /// Until when a disk is waited for.
    pub(super) fn patience(&self) -> Instant {
        Instant::now() + self.settings.lock_timeout * PATIENCE
    }

    /// Whether lines may go into a file of which nothing more reaches the disk; not where somebody
    /// waits for that.
    pub(super) fn may_go_on(file: &OpenFile) -> Result<(), Failure> {
        let fails = file.rules.durability == Durability::Synced;
        let error = || Failure::NotSynced(rustix::io::Errno::IO.into());
        if fails { Err(error()) } else { Ok(()) }
    }
}
