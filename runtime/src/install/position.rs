//! Writing many records and waiting once until they are on the disk.

use std::{
    io,
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::guard::{Logs, Running};
use crate::{
    handoff::Handed,
    record::Category,
    sink::{Mark, Mishaps, SinkSet},
};

/// How far the records of a category had come when [`Logs::position`] was asked.
#[derive(Clone, Debug)]
pub struct Position {
    category: Category,
    handed: Handed,
    mishaps: Mishaps,
    losses: u64,
    /// Up to where they stand in files, once they do.
    mark: OnceLock<Mark>,
}

impl Logs {
    /// Where the records of a category are that calls of this process handed off before, on any
    /// thread. Taking it costs next to nothing.
    ///
    /// Whoever writes many records that must not be lost even when the machine loses power need not
    /// wait for each of them (`AUDIT_LOG_DURABILITY=synced`): take a position after the last one, go
    /// on, and ask [`Logs::synced_up_to`] or wait with [`Logs::sync_up_to`] before you say that they
    /// are done.
    ///
    /// ```
    /// use std::time::Duration;
    /// use audit_runtime::{Category, Profile, audited};
    ///
    /// #[audited(operation = "TRANSFER", details(cents))]
    /// fn transfer(cents: u64) {}
    ///
    /// let logs = audit_runtime::builder("bank").profile(Profile::Test).init();
    /// for cents in 0..100 {
    ///     transfer(cents);
    /// }
    /// let position = logs.position(Category::Audit);
    /// logs.sync_up_to(&position, Duration::from_secs(10))?;
    /// assert!(logs.synced_up_to(&position));
    /// # std::io::Result::Ok(())
    /// ```
    #[must_use]
    pub fn position(&self, category: Category) -> Position {
        let running = self.running.as_ref();
        let sinks = running.and_then(|it| it.sinks.as_ref());
        Position {
            category,
            handed: running.map(|it| it.road.handed()).unwrap_or_default(),
            mishaps: sinks.map(|sinks| sinks.told(category)).unwrap_or_default(),
            losses: running.map_or(0, |it| it.road.drain().losses()),
            mark: OnceLock::new(),
        }
    }

    /// Whether all records up to a position are on the disk, as far as is known without asking the
    /// disk; never where some of them were lost. It does not wait.
    ///
    /// Of a category with `AUDIT_LOG_DURABILITY=1s` it becomes true by itself, of one with `synced`
    /// it is true when the calls have returned; with `written` only [`Logs::sync_up_to`] makes it so.
    #[must_use]
    pub fn synced_up_to(&self, position: &Position) -> bool {
        let Some((running, sinks)) = self.writing() else { return false };
        running.road.is_drained(&position.handed)
            && running.road.drain().losses() == position.losses
            && sinks.has(position.category, position.mark(sinks), position.mishaps)
    }

    /// Brings all records up to a position to the disk, within that time; many that wait at once
    /// share the work of the disk. Nothing is done where they are there already.
    ///
    /// # Errors
    ///
    /// Where they are not all on the disk in a log file: the time is over; the disk fails; lines
    /// were lost, dropped, or went to a private directory or a stream. Such a mishap is told to all who wait for a
    /// position from before it, and to the next one who waits if nobody did.
    pub fn sync_up_to(&self, position: &Position, within: Duration) -> io::Result<()> {
        let Some((running, sinks)) = self.writing() else {
            let reason = "no log file is written: logging is not set up here, or without files";
            return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
        };
        let deadline = Instant::now() + within;
        if !running.road.drain_to(&position.handed, deadline) {
            let reason = "records still wait to be written into their files";
            return Err(io::Error::new(io::ErrorKind::TimedOut, reason));
        }
        if self.synced_up_to(position) {
            return Ok(());
        }
        sinks.sync(position.category, position.mishaps, deadline)?;
        match running.road.drain().losses() - position.losses {
            0 => Ok(()),
            losses => Err(io::Error::other(format!("{losses} records could not be written"))),
        }
    }

    fn writing(&self) -> Option<(&Running, &SinkSet)> {
        let running = self.running.as_ref()?;
        Some((running, running.sinks.as_deref()?))
    }
}

impl Position {
    /// Asked once all of it was drained.
    fn mark(&self, sinks: &SinkSet) -> &Mark {
        self.mark.get_or_init(|| sinks.mark(self.category))
    }
}
