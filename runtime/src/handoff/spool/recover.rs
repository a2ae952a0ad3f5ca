//! Bringing the records of dead processes into the files.
//!
//! A spool whose lock is free belongs to nobody any more; process numbers decide nothing. Who has
//! its lock writes what is missing: a record is in a file if it stands at or behind the place that
//! the intent names, or in front of the stream's head. The file goes last, so that whoever dies in
//! the middle of this leaves what the next one needs.

use std::{
    cell::Cell,
    collections::HashSet,
    fmt,
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    create,
    image::{self, Image, Ruin},
    plan::{self, Kind},
    sheet::About,
};
use crate::{
    clock::Timestamp,
    drain::{Batch, Drain, Files, Route},
    frame::Ticket,
    fs::{self, Identity},
    record::{Category, Level},
    render::{Line, Origin, Renderer},
    sink::{FileSettings, LineNotices, Rolling, RollingParts, RollingSettings, Shared, Spot},
};

/// So many records are written at once.
pub(super) const BATCH: usize = 512;

/// What became of the spools in a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Spools whose records are all in their files.
    pub spools: u64,
    /// Lines that were written for them.
    pub lines: u64,
    /// Spools of processes that are alive.
    pub alive: u64,
    /// Spools that are put aside under a name that says what is wrong with them; what of their
    /// records could be read is in its files.
    pub damaged: Vec<PathBuf>,
    /// Spools that were left as they are, each with the reason: of an unknown version, of another
    /// user, or not to be read or written at present.
    pub left: Vec<(PathBuf, String)>,
}

/// What became of one file.
#[derive(Debug)]
enum Fate {
    Recovered(u64),
    Damaged(PathBuf, u64),
    Alive,
    Left(String),
    /// It held nothing, or somebody else was quicker.
    Gone,
}

/// Whether a directory of log files has spools that may be those of dead processes.
pub(in crate::handoff) fn has_any(logs: &Path, own: Option<u64>) -> bool {
    let entries = match std::fs::read_dir(logs.join(plan::DIR)) {
        Ok(entries) => entries,
        Err(error) => return error.kind() == io::ErrorKind::PermissionDenied,
    };
    entries.flatten().any(|entry| {
        entry.file_name().to_str().and_then(plan::kind).is_some_and(|kind| !is_own(kind, own))
    })
}

/// Brings the records of dead processes into the files of the directory.
///
/// # Errors
///
/// Where the directory of spools cannot be listed; that there is none is no error.
pub fn recover(logs: &Path, own: Option<u64>, shared: &Arc<Shared>) -> io::Result<Recovery> {
    let mut recovery = Recovery::default();
    let dir = logs.join(plan::DIR);
    let entries = match std::fs::read_dir(&dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(recovery),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            // They are another user's.
            recovery.left.push((dir, fs::reason(&error)));
            shared.counters.spools_left.add_one();
            return Ok(recovery);
        }
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(kind) = name.and_then(plan::kind) else { continue };
        if is_own(kind, own) {
            continue;
        }
        let fate = one(logs, &path, kind, shared);
        match fate.unwrap_or_else(|error| Fate::Left(fs::reason(&error))) {
            Fate::Recovered(lines) => {
                recovery.spools += 1;
                recovery.lines += lines;
            }
            Fate::Damaged(aside, lines) => {
                recovery.lines += lines;
                recovery.damaged.push(aside);
            }
            Fate::Alive => recovery.alive += 1,
            Fate::Left(reason) => recovery.left.push((path, reason)),
            Fate::Gone => {}
        }
    }
    let counters = &shared.counters;
    counters.spools_recovered.add(recovery.spools);
    counters.spool_lines_recovered.add(recovery.lines);
    counters.spools_damaged.add(recovery.damaged.len() as u64);
    counters.spools_left.add(recovery.left.len() as u64);
    Ok(recovery)
}

/// Our own is known by its number: a lock that this process holds says nothing to this process.
fn is_own(kind: Kind, own: Option<u64>) -> bool {
    matches!(kind, Kind::Spool(id) if Some(id) == own)
}

fn one(logs: &Path, path: &Path, kind: Kind, shared: &Arc<Shared>) -> io::Result<Fate> {
    let file = match create::open(path, &mut OpenOptions::new()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Fate::Gone),
        file => file?,
    };
    if !create::lock(&file)? {
        return Ok(Fate::Alive);
    }
    if Identity::at(path)? != Some(Identity::of(&file)?) {
        return Ok(Fate::Gone);
    }
    let Kind::Spool(id) = kind else {
        fs::remove(path)?;
        return Ok(Fate::Gone);
    };
    let image = match image::read(&file, id)? {
        Ok(image) => image,
        Err(Ruin::Version(version)) => {
            return Ok(Fate::Left(format!("version {version} is not known")));
        }
        Err(ruin) => return set_aside(path, ruin).map(|aside| Fate::Damaged(aside, 0)),
    };
    let lines = write(logs, &file, &image, shared)?;
    shared.counters.lines_lost.add(image.gaps.iter().map(|gap| gap.records).sum());
    match image.ruin {
        Some(ruin) => set_aside(path, ruin).map(|aside| Fate::Damaged(aside, lines)),
        None => fs::remove(path).map(|()| Fate::Recovered(lines)),
    }
}

/// Gives a spool a name that says what is wrong with it, and that nobody recovers.
fn set_aside(path: &Path, ruin: Ruin) -> io::Result<PathBuf> {
    let mut aside = path.to_owned().into_os_string();
    aside.push(format!(".{}.bad", ruin.word()));
    let aside = PathBuf::from(aside);
    fs::rename_new(path, &aside)?;
    Ok(aside)
}

/// Writes what is not yet in the files; how many lines that were.
fn write(logs: &Path, file: &File, image: &Image, shared: &Arc<Shared>) -> io::Result<u64> {
    let parcels = image.parcels();
    let about = &image.about;
    let origin = Origin {
        host: about.host.clone(),
        pid: about.pid,
        run_id: format!("{:016x}", image.header.id),
        app: about.app.clone(),
    };
    let limits = about.max_lines.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    let renderer = Renderer::new(origin, 0).with_formats(about.formats).with_limits(limits);
    let renderer = Arc::new(renderer);
    let files = Arc::new(DeadFiles::new(logs, image, &renderer, shared));
    let mut batch = Missing {
        file,
        present: Default::default(),
        begun: Cell::default(),
        settled: Cell::new(Route::to(|category| image.intent(category).is_some())),
        written: Cell::new(0),
    };
    for (category, present) in Category::ALL.into_iter().zip(&mut batch.present) {
        let wanted = parcels.iter().any(|parcel| parcel.route.has(category));
        if let Some(spot) = image.intent(category).filter(|_| wanted) {
            files.present(category, spot, image.header.id, present).map_err(io::Error::other)?;
        }
    }
    let everything = [Some(Level::Trace); 5];
    let drain = Drain::new(files, renderer, Arc::clone(&shared.counters), everything);
    for parcels in parcels.chunks(BATCH) {
        if !drain.take_all(parcels, &batch) {
            return Err(io::Error::other("the log files cannot be written"));
        }
        batch.settle();
    }
    Ok(batch.written.get())
}

/// What is still to be written of a spool.
struct Missing<'a> {
    file: &'a File,
    present: [HashSet<Ticket>; Category::ALL.len()],
    /// The categories of which lines may have been written.
    begun: Cell<Route>,
    /// Those whose intent stays, as lines in front of any later place were written.
    settled: Cell<Route>,
    written: Cell<u64>,
}

impl Missing<'_> {
    /// A batch was written: what comes next must not move the beginning behind it.
    fn settle(&self) {
        self.settled.set(Route(self.settled.get().0 | self.begun.get().0));
    }
}

impl Batch for Missing<'_> {
    fn wants(&self, category: Category, ticket: Ticket) -> bool {
        let present = self.present.get(category.index());
        let wants = present.is_none_or(|present| !present.contains(&ticket));
        self.written.set(self.written.get() + u64::from(wants));
        wants
    }

    fn begins(&self, category: Category, spot: Spot) {
        if self.settled.get().has(category) {
            return;
        }
        self.begun.set(Route(self.begun.get().0 | Route::to(|it| it == category).0));
        let (state, place) = plan::intent(category);
        let intents = [(place, spot.offset), (state, spot.number.saturating_add(1))];
        for (at, word) in intents {
            // A page of a file that was read is in memory; were it to fail, a death before the
            // end of this recovery could double what it wrote.
            let _ = self.file.write_all_at(&word.to_le_bytes(), at as u64);
        }
    }
}

/// The files of a dead process, as it named them. They are rotated as it would have done so when they
/// are full; their archives are looked after by those who live.
struct DeadFiles([Option<Rolling>; Category::ALL.len()]);

impl DeadFiles {
    fn new(logs: &Path, image: &Image, renderer: &Arc<Renderer>, shared: &Arc<Shared>) -> Self {
        let notices = Arc::new(LineNotices::of_dead(Arc::clone(renderer)));
        let parts = RollingParts::of_dead(logs, notices, shared);
        let About { names, rotate_sizes, modes, .. } = &image.about;
        Self(Category::ALL.map(|category| {
            let at = category.index();
            let limit = rotate_sizes.get(at).copied().filter(|bytes| *bytes != u64::MAX);
            let file = FileSettings {
                rotate_size: limit,
                mode: *modes.get(at)?,
                ..FileSettings::plain(names.get(at)?)
            };
            let settings = RollingSettings::of_dead(category, logs, file);
            Some(Rolling::new(settings, parts.clone()))
        }))
    }

    fn get(&self, category: Category) -> Option<&Rolling> {
        self.0.get(category.index())?.as_ref()
    }

    /// Adds which records of the spool stand in the file from a spot on.
    fn present(
        &self,
        category: Category,
        spot: Spot,
        id: u64,
        present: &mut HashSet<Ticket>,
    ) -> Result<(), crate::sink::Failure> {
        let Some(rolling) = self.get(category) else { return Ok(()) };
        let run_id = format!("{id:016x}");
        rolling.replay(spot, Timestamp::now(), &mut |line| {
            present.extend(image::ticket(line, &run_id, category));
        })
    }
}

impl fmt::Debug for DeadFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadFiles").finish_non_exhaustive()
    }
}

impl Files for DeadFiles {
    fn append(
        &self,
        category: Category,
        lines: &[Line],
        now: Timestamp,
        begins: &mut dyn FnMut(Spot),
    ) -> bool {
        self.get(category).is_some_and(|file| file.append_from(lines, now, begins).is_ok())
    }
}
