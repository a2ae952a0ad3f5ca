//! One category's file in one directory: appending, and rotating it among any number of processes.

mod control;
mod lasting;
mod swap;

use std::{
    io,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

pub(super) use swap::spread;
use swap::swap;

use super::{
    Failure, FileSettings, RollingParts, RollingSettings, archives,
    backoff::Backoff,
    durable::{Appended, Durable},
    replay,
};
use crate::{
    clock::Timestamp,
    config::Durability,
    fs,
    layout::{self, Archive, Compression},
    ledger::{Active, At, Batch, Change, Guard, LockFile, Tail},
    render::Line,
    wait::Turn,
};

/// How long a rotation that failed is put off, at first and at most.
const ROTATION_PAUSE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_mins(1));
/// How often an append begins anew because the directory went away under it.
const ATTEMPTS: usize = 3;

/// One category's file in one directory.
#[derive(Debug)]
pub struct Rolling {
    settings: RollingSettings,
    parts: RollingParts,
    /// This file's share of the jitter.
    spread: u64,
    /// What of the file is on the disk.
    durable: Arc<Durable>,
    /// How long its lock is waited for, in nanoseconds.
    patience: AtomicU64,
    state: Turn<State>,
}

#[derive(Debug)]
struct State {
    lock: LockFile,
    file: OpenFile,
}

/// What the lock guards.
#[derive(Debug)]
struct OpenFile {
    active: Active,
    /// What it is like at the moment.
    rules: FileSettings,
    /// The number in the lock file when the active file was opened.
    number: u64,
    /// The line an empty file begins with.
    head: Option<Line>,
    /// Whether it is written even if the file is not empty.
    insist: bool,
    /// What was found while the lock was not the one that others take.
    found: Option<Change>,
    /// Whether the first rotation of this process is still to come.
    start: bool,
    /// Whether the newest archive was asked when the file began.
    asked: bool,
    rotation: Backoff,
    after: Option<After>,
}

/// A place among the lines of a file and its archives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The number in the lock file: it grows with each rotation.
    pub number: u64,
    /// The offset in the file that was active then.
    pub offset: u64,
}

/// What is done once the lock is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Opened,
    Rotated,
}

impl State {
    fn new(settings: &RollingSettings) -> Self {
        let name = &settings.file.name;
        let lock = LockFile::new(settings.dir.join(layout::lock(name)), settings.create_dir)
            .with_modes(settings.file.mode, settings.dir_mode);
        let (first, longest) = ROTATION_PAUSE;
        let file = OpenFile {
            active: Active::new(&settings.dir, name).with_mode(settings.file.mode),
            rules: settings.file.clone(),
            number: 0,
            head: None,
            insist: false,
            found: None,
            start: false,
            asked: false,
            rotation: Backoff::new(first, longest),
            after: None,
        };
        Self { lock, file }
    }
}

impl Rolling {
    /// The file of those settings; nothing is opened or made before the first append.
    #[must_use]
    pub fn new(settings: RollingSettings, parts: RollingParts) -> Self {
        let RollingSettings { category, dir, file, .. } = &settings;
        let spread = spread(dir, &file.name);
        let (shared, disk) = (Arc::clone(&parts.shared), Arc::clone(parts.syncer.disk()));
        let durable = Arc::new(Durable::new(*category, dir, shared, disk));
        let patience = AtomicU64::new(nanos(settings.lock_timeout));
        Self { state: Turn::new(State::new(&settings)), settings, parts, spread, durable, patience }
    }

    /// Shows the lines from `spot` on, under the lock: those of the archives that were made since,
    /// then those of the active file. The last one may be torn. Where the files are no longer those
    /// that they were, more is shown, never less.
    pub fn replay(
        &self,
        spot: Spot,
        now: Timestamp,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Failure> {
        self.with_lock(now, |guard, _| {
            Ok(replay::lines(&self.settings, spot, guard.number(), each)?)
        })
    }

    fn with_state<T>(&self, act: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.state.with(self.deadline(), || State::new(&self.settings), act)
    }

    /// Runs `act` under the lock, anew where the directory went away under it.
    fn with_lock<T>(
        &self,
        now: Timestamp,
        mut act: impl FnMut(&Guard<'_>, &mut OpenFile) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Counted from here, so that those who wait for their turn do not wait once more each.
        let deadline = self.deadline();
        let renew = || State::new(&self.settings);
        let done = self.state.with(deadline, renew, |State { lock, file }| {
            let mut attempt = 1;
            let result = loop {
                let result = match lock.acquire(deadline) {
                    Ok(guard) => act(&guard, file),
                    Err(error) => Err(error.into()),
                };
                match result {
                    Err(Failure::Io(error))
                        if error.kind() == io::ErrorKind::NotFound && attempt < ATTEMPTS =>
                    {
                        attempt += 1;
                        lock.distrust();
                    }
                    result => break result,
                }
            };
            (result, file.after.take())
        });
        let Some((result, after)) = done else { return Err(Failure::Stuck) };
        let RollingParts { upkeep, compressor, .. } = &self.parts;
        match after {
            Some(After::Opened) => upkeep.begin(now, compressor),
            Some(After::Rotated) => upkeep.rotated(now, compressor),
            None => {}
        }
        result
    }

    /// Makes sure the active file is open and not due for rotation; tells how many of the lines
    /// go into it, and how it ends.
    fn prepare(
        &self,
        guard: &Guard<'_>,
        file: &mut OpenFile,
        lines: &[Line],
        now: Timestamp,
    ) -> Result<(usize, Tail), Failure> {
        self.resolve(guard, file, now)?;
        let limit = file.rules.rotate_size.unwrap_or(u64::MAX);
        let mut tail = file.active.tail()?;
        let first = lines.first().map_or(0, size);
        let full = tail.length > 0 && tail.length.saturating_add(first) > limit;
        let broken = self.durable.is_broken(file.active.file());
        if (broken || tail.length > 0 && (full || file.start || self.is_due(file, tail, now)?))
            && file.rotation.is_ready(now)
        {
            current(guard)?;
            // Counted where it fails; then the file is the one it was.
            let _ = self.rotate(guard, file, now);
            tail = file.active.tail()?;
            if broken && self.durable.is_broken(file.active.file()) {
                Self::may_go_on(file)?;
            }
        } else if broken {
            Self::may_go_on(file)?;
        } else if full {
            // A file that is too long is better than a lost line.
            return Ok((lines.len(), tail));
        }
        let head = file.head.as_ref().filter(|_| tail.length == 0).map_or(0, size);
        let fitting = lines
            .iter()
            .scan(tail.length + head, |length, line| {
                *length = length.saturating_add(size(line));
                Some(*length)
            })
            .take_while(|length| *length <= limit)
            .count();
        Ok((fitting.max(1), tail))
    }

    fn is_due(&self, file: &mut OpenFile, tail: Tail, now: Timestamp) -> io::Result<bool> {
        let OpenFile { active, rules, asked, .. } = file;
        let Some(schedule) = &rules.rotate_every else { return Ok(false) };
        let due = |active: &mut Active| {
            let begun = active.begun(tail)?;
            io::Result::Ok(begun.is_some_and(|begun| schedule.is_due(begun, now, self.spread)))
        };
        if !due(active)? {
            return Ok(false);
        }
        if !*asked {
            // Its first line may tell of something that began in an earlier period.
            let (found, _) = archives::list(&self.settings.dir, &self.settings.file.name)?;
            let begun = active.begun(tail)?;
            let rotated = found.last().map(|found| found.archive.stamp());
            if let Some(rotated) = rotated.filter(|rotated| begun < Some(*rotated)) {
                active.set_begun(rotated);
            }
            *asked = true;
        }
        due(active)
    }

    fn resolve(
        &self,
        guard: &Guard<'_>,
        file: &mut OpenFile,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let change = match (file.active.resolve()?, file.found.take()) {
            (Change::None, Some(earlier)) => earlier,
            (change, _) => change,
        };
        if change == Change::None {
            return Ok(());
        }
        if let Err(failure) = current(guard) {
            file.found = Some(change);
            return Err(failure);
        }
        let number = guard.number();
        file.asked = false;
        if change == Change::Truncated {
            self.parts.shared.counters.truncated.add_one();
            file.head = Some(self.parts.notices.reopened(self.at(now), change.word()));
            file.insist = true;
            return Ok(());
        }
        file.head = None;
        file.insist = false;
        if change == Change::First {
            file.after = Some(After::Opened);
            file.start = self.settings.file.rotate_on_start;
        } else if number == file.number {
            self.parts.shared.counters.reopened.add_one();
            file.head = Some(self.parts.notices.reopened(self.at(now), change.word()));
        }
        file.number = number;
        Ok(())
    }

    fn write(
        &self,
        file: &mut OpenFile,
        tail: Tail,
        lines: &[Line],
        now: Timestamp,
    ) -> io::Result<Option<Appended>> {
        let torn = tail.torn > 0;
        let seal = torn.then(|| self.parts.notices.torn(self.at(now), tail.torn));
        let head = file.head.as_ref().filter(|_| tail.length == 0 || file.insist);
        file.active.append(tail, Batch { seal: seal.as_ref(), head, lines })?;
        let new = tail.length == 0;
        let within = matches!(file.rules.durability, Durability::Within(_));
        let owed = if within { lines.len() as u64 } else { 0 };
        let appended = file.active.file().map(|file| self.durable.appended(file, new, owed));
        file.head = None;
        file.insist = false;
        file.start = false;
        if tail.length == 0 {
            file.active.set_begun(now);
        }
        self.parts.shared.counters.torn_lines.add(u64::from(torn));
        Ok(appended)
    }

    /// The rotation as a transaction: until its last step the old file is the one written to.
    fn rotate(&self, guard: &Guard<'_>, file: &mut OpenFile, now: Timestamp) -> io::Result<()> {
        let broken = self.durable.is_broken(file.active.file());
        let result = self.exchange(guard, file, now);
        if let Ok((previous, number)) = &result {
            file.rotation.succeeded();
            self.parts.shared.counters.rotations.add_one();
            file.number = *number;
            // Without it the others take the new file for somebody else's, and only say so.
            let _ = guard.set_number(file.number);
            let notices = &self.parts.notices;
            file.head = if broken {
                Some(notices.reopened(self.at(now), "sync_failed"))
            } else {
                notices.began(self.at(now), previous)
            };
            file.insist = false;
            file.start = false;
            file.asked = false;
            file.after = Some(After::Rotated);
        } else {
            file.rotation.failed(now);
            self.parts.shared.counters.rotation_errors.add_one();
        }
        result.map(drop)
    }

    fn exchange(
        &self,
        guard: &Guard<'_>,
        file: &mut OpenFile,
        now: Timestamp,
    ) -> io::Result<(String, u64)> {
        let dir = &self.settings.dir;
        let name = &self.settings.file.name;
        let active = &mut file.active;
        let (found, _) = archives::list(dir, name)?;
        // The lock file remembers it where no archive is left.
        let number = archives::newest(&found).max(guard.number()).saturating_add(1);
        // One that an interrupted rotation left is as good.
        let next = active.open_next()?;
        if file.rules.durability == Durability::Synced {
            // Whoever waits for it is told where it fails; the file is left all the same.
            let _ = self.durable.sync(self.patience());
        }
        let archive = layout::format(name, &Archive::new(now, number, Compression::None));
        let archived = dir.join(&archive);
        swap(active.path(), active.next_path(), &archived)?;
        active.hold(next)?;
        // The names are in place; whether they are on the disk already changes nothing here.
        let _ = fs::sync_dir(dir);
        Ok((archive, number))
    }

    fn at(&self, now: Timestamp) -> At {
        At { category: self.settings.category, now }
    }
}

/// Fails, so that the attempt is repeated, where the lock is not the one that others take.
fn current(guard: &Guard<'_>) -> Result<(), Failure> {
    let gone = || Failure::Io(io::ErrorKind::NotFound.into());
    guard.is_current().then_some(()).ok_or_else(gone)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn size(line: &Line) -> u64 {
    line.as_bytes().len() as u64
}
