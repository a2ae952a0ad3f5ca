//! The spool of this process: its streams, and which thread writes which.

use std::{
    array,
    collections::{HashMap, hash_map::Entry},
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    apart::Apart,
    create::{self, Made},
    local,
    memory::Memory,
    outlet::Outlet,
    plan::{self, Header, STREAMS},
    pump::{Pump, Sleeper},
    record::Seal,
    ring::{Cursor, Place, Refused, Ring, Store, Writer},
    sheet::{self, About},
};
use crate::{drain::Route, fs, record::Callsite, wait::lock_within};

pub(super) type Lane = Ring<Memory, &'static AtomicU64>;
pub(super) type LaneWriter = Writer<'static, Memory, &'static AtomicU64>;

/// The stream that threads without one of their own share.
const SHARED: usize = 0;

/// The spool of this process.
#[derive(Debug)]
pub(in crate::handoff) struct Spool {
    pub(super) header: Header,
    file: File,
    path: PathBuf,
    pub(super) base: Memory,
    /// Whether it takes records.
    open: Apart<AtomicBool>,
    /// Whether somebody cut its file, so that its memory is no longer all there.
    cut: AtomicBool,
    pub(super) lanes: [OnceLock<&'static Lane>; STREAMS],
    slots: Mutex<Slots>,
    shared: Mutex<Option<LaneWriter>>,
    sites: Mutex<Sites>,
    pub(super) pump: Mutex<Pump>,
    pub(super) outlet: Outlet,
    pub(super) sleeper: Sleeper,
}

/// Which streams wait for a thread.
#[derive(Debug, Default)]
struct Slots {
    free: Vec<(usize, Place)>,
    /// How many streams there are.
    made: usize,
    closed: bool,
}

/// The call sites that were described.
#[derive(Debug, Default)]
struct Sites {
    numbers: HashMap<usize, Option<u32>>,
    known: Vec<&'static Callsite>,
    tail: usize,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::handoff) enum Pushed {
    /// It is in the spool.
    Taken,
    /// There is no room until something is drained.
    Full,
    /// It is too long, or there is no room for its call site, or the thread is in the middle of
    /// pushing another one.
    Refused,
    /// There is no spool any more: it was closed, or is that of a parent.
    Gone,
}

impl From<Refused> for Pushed {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::TooLong => Self::Refused,
        }
    }
}

impl Spool {
    /// Makes the spool of a process whose log files are in `logs`, a directory of that mode.
    pub(super) fn create(
        (logs, mode): (&Path, u32),
        header: Header,
        about: &About,
    ) -> io::Result<&'static Self> {
        let dir = logs.join(plan::DIR);
        let Made { file, path, base } = create::create(&dir, mode, &header, about)?;
        let spool = Self {
            header,
            file,
            path,
            base,
            open: Apart::new(AtomicBool::new(true)),
            cut: AtomicBool::new(false),
            lanes: array::from_fn(|_| OnceLock::new()),
            slots: Mutex::default(),
            shared: Mutex::default(),
            sites: Mutex::default(),
            pump: Mutex::default(),
            outlet: Outlet::default(),
            sleeper: Sleeper::default(),
        };
        let spool: &'static Self = Box::leak(Box::new(spool));
        spool.anchor(&mut spool.pump.lock().unwrap_or_else(PoisonError::into_inner));
        let Some((SHARED, writer)) = spool.claim() else {
            spool.remove();
            return Err(io::Error::other("the first segment could not be made"));
        };
        *spool.shared() = Some(writer);
        Ok(spool)
    }

    /// Its number, the `run_id` of the process's lines.
    #[must_use]
    pub(in crate::handoff) fn id(&self) -> u64 {
        self.header.id
    }

    /// Takes a record; it survives the process when this returns [`Pushed::Taken`].
    #[inline]
    pub(in crate::handoff) fn push(
        &'static self,
        site: &'static Callsite,
        bytes: &[u8],
        route: Route,
    ) -> Pushed {
        if super::fork::is_child() {
            return Pushed::Gone;
        }
        self.push_in::<false>(site, bytes, route)
    }

    /// The same for a call that is audited, in a process that is known to be no child.
    #[expect(
        clippy::inline_always,
        reason = "a call is one piece, down to the store that publishes it"
    )]
    #[inline(always)]
    pub(in crate::handoff) fn push_audited(
        &'static self,
        site: &'static Callsite,
        bytes: &[u8],
        route: Route,
    ) -> Pushed {
        self.push_in::<true>(site, bytes, route)
    }

    /// `AUDITED` makes two of it, each of which is used once and so becomes one piece with what is
    /// around it.
    #[expect(clippy::inline_always, reason = "as for `push_audited`")]
    #[inline(always)]
    fn push_in<const AUDITED: bool>(
        &'static self,
        site: &'static Callsite,
        bytes: &[u8],
        route: Route,
    ) -> Pushed {
        if !self.open.load(Ordering::Relaxed) {
            return Pushed::Gone;
        }
        local::push::<AUDITED>(self, site, bytes, route)
    }

    /// Takes a record of a thread that has no stream of its own, or is in the middle of using it.
    #[cold]
    #[inline(never)]
    pub(super) fn push_shared(
        &'static self,
        site: &'static Callsite,
        bytes: &[u8],
        route: Route,
    ) -> Pushed {
        let Some(number) = self.number(site) else { return Pushed::Refused };
        let mut shared = match self.shared.try_lock() {
            Ok(shared) => shared,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Whoever has it may be this very thread, in front of a signal.
            Err(TryLockError::WouldBlock) => return Pushed::Refused,
        };
        let Some(writer) = shared.as_mut() else { return Pushed::Gone };
        match writer.push(number, route.0, bytes) {
            Ok(_) => {
                self.sleeper.pushed(writer.is_filling());
                Pushed::Taken
            }
            Err(refused) => refused.into(),
        }
    }

    /// A stream for a thread; none when all are taken, or no more can be made.
    pub(super) fn claim(&'static self) -> Option<(usize, LaneWriter)> {
        let mut slots = self.slots();
        if slots.closed {
            return None;
        }
        if let Some((stream, place)) = slots.free.pop() {
            let lane = self.lanes.get(stream)?.get()?;
            // SAFETY: the writer before gave the stream back, under this lock.
            return Some((stream, unsafe { lane.writer(place) }));
        }
        let stream = slots.made;
        let lane = self.lanes.get(stream)?;
        let store = create::add_segment(&self.file, stream).ok()?;
        let (tail, head) = plan::positions(stream);
        let seal = Seal { key: self.header.key, stream: u32::try_from(stream).ok()? };
        let (tail, head) = (self.base.word(tail)?, self.base.word(head)?);
        let lane =
            *lane.get_or_init(|| Box::leak(Box::new(Apart::new(Ring { store, tail, head, seal }))));
        slots.made += 1;
        // SAFETY: it was just made.
        Some((stream, unsafe { lane.writer(Place::default()) }))
    }

    /// Gives a stream back: the next thread goes on where this one stopped.
    pub(super) fn give_back(&self, stream: usize, writer: &LaneWriter) {
        self.slots().free.push((stream, writer.place()));
    }

    /// The number under which a call site is described; described now where it was not. None when
    /// there is no room.
    pub(super) fn number(&self, site: &'static Callsite) -> Option<u32> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let Sites { numbers, known, tail } = &mut *sites;
        let vacant = match numbers.entry(std::ptr::from_ref(site).addr()) {
            Entry::Occupied(known) => return *known.get(),
            Entry::Vacant(vacant) => vacant,
        };
        let bytes = sheet::framed(&sheet::encode_site(site));
        let end = *tail + bytes.len();
        if end > plan::SITES.len() {
            return *vacant.insert(None);
        }
        // SAFETY: what is behind the tail is nobody's but of who holds this lock.
        unsafe { self.base.put(plan::SITES.start + *tail, &bytes) };
        self.base.word(plan::sites_tail())?.publish(end as u64);
        *tail = end;
        let number = u32::try_from(known.len()).ok();
        known.push(site);
        *vacant.insert(number)
    }

    /// Adds the call sites that were described meanwhile.
    pub(super) fn learn(&self, known: &mut Vec<&'static Callsite>) {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(sites.known.get(known.len()..).unwrap_or_default());
    }

    /// Whether nothing waits to be drained.
    #[must_use]
    pub(in crate::handoff) fn is_empty(&self) -> bool {
        self.is_cut() || self.lanes.iter().filter_map(OnceLock::get).all(|lane| lane.waiting() == 0)
    }

    /// Whether its memory must not be touched any more.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    /// The bytes its file has at least.
    pub(super) fn length(&self) -> u64 {
        plan::segment(self.slots().made) as u64
    }

    /// Takes nothing more, as something is wrong with its file; whether it took until now.
    pub(super) fn shut(&self, cut: bool) -> bool {
        self.cut.fetch_or(cut, Ordering::Relaxed);
        self.open.swap(false, Ordering::Relaxed)
    }

    /// Takes nothing more; what is there is still drained.
    pub(super) fn close(&'static self) {
        self.open.store(false, Ordering::Relaxed);
        local::leave(self);
        self.slots().closed = true;
        if let Some(writer) = self.shared().take() {
            self.give_back(SHARED, &writer);
        }
    }

    /// Removes the file, if it was closed, nothing is in it, and no thread can still write to it.
    /// What stays is taken up by the next process.
    pub(super) fn remove_if_done(&self) -> bool {
        let slots = self.slots();
        let done = slots.closed && slots.free.len() == slots.made && self.is_empty();
        if done {
            self.remove();
        }
        done
    }

    /// Takes nothing more and removes the file, where no thread has a stream and nothing is in it. It
    /// stays where that cannot be seen by then.
    pub(super) fn end_unused(&self, until: Instant) {
        let Some(mut shared) = lock_within(&self.shared, until) else { return };
        let Some(mut slots) = lock_within(&self.slots, until) else { return };
        // Nobody can write to it meanwhile: these are the locks of all that is in no thread's hands.
        let at_home = slots.free.len() + usize::from(shared.is_some());
        if !slots.closed && at_home == slots.made && self.is_empty() {
            self.open.store(false, Ordering::Relaxed);
            slots.closed = true;
            // Whoever asked before it was closed finds none.
            *shared = None;
            self.remove();
        }
    }

    fn remove(&self) {
        // A file that stays is taken away by whoever recovers.
        let _ = fs::remove(&self.path);
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self) -> MutexGuard<'_, Option<LaneWriter>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock's file, which a child of a fork closes.
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}
