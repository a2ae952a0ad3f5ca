//! Whether and when a process gets a spool: it costs a short one more than it is worth.

use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    exit,
    fork::{self, Batching},
    live::Spool,
    plan::Header,
    sheet::About,
};
use crate::{clock::Timestamp, config::SpoolMode, drain::Drain, sink::Shared};

/// So many records are written directly first.
const RECORDS: u32 = 32;
/// A process of that age gets a spool at its next record.
const AGE: Duration = Duration::from_millis(50);

/// What a process wants of its spool.
#[derive(Clone, Debug)]
pub struct Wish {
    /// When it gets one.
    pub mode: SpoolMode,
    /// The directory of its log files.
    pub logs: PathBuf,
    /// The mode of that directory, where it is to be made.
    pub dir_mode: u32,
    /// The number of its spool: its `run_id`.
    pub id: u64,
    /// Random; nobody else knows it.
    pub key: u64,
    /// What its lines say of it.
    pub about: About,
    /// Counters, for the spools of others it takes up.
    pub shared: Arc<Shared>,
    /// How often it looks for those.
    pub look: Duration,
}

impl Wish {
    /// How often it is looked for spools of processes that died.
    pub const LOOK: Duration = Duration::from_mins(1);
}

/// The spool of a process, when there is one.
#[derive(Debug)]
pub(in crate::handoff) struct Promotion {
    wish: Option<Wish>,
    /// None within: there is none and there will be none.
    spool: OnceLock<Option<&'static Spool>>,
    direct: AtomicU32,
    since: Instant,
    /// The process that wished; a child of it has another one's number.
    pid: u32,
}

impl Promotion {
    pub(in crate::handoff) fn new(wish: Option<Wish>) -> Self {
        let wish = wish.filter(|wish| wish.mode != SpoolMode::Off);
        let spool = OnceLock::new();
        if wish.is_none() {
            // It is new.
            let _ = spool.set(None);
        }
        let (direct, since) = (AtomicU32::new(0), Instant::now());
        Self { wish, spool, direct, since, pid: std::process::id() }
    }

    /// The spool, once there is one.
    #[inline]
    pub(in crate::handoff) fn get(&self, drain: &Arc<Drain>) -> Option<&'static Spool> {
        match self.spool.get() {
            Some(spool) => *spool,
            None => self.consider(drain),
        }
    }

    /// The same, but none is made.
    #[inline]
    pub(in crate::handoff) fn present(&self) -> Option<&'static Spool> {
        self.spool.get().copied().flatten().filter(|_| !fork::is_child())
    }

    /// None is made any more.
    pub(in crate::handoff) fn end(&self) {
        // A child may have been forked while one was being made, and would wait for it for ever.
        if self.pid == std::process::id() {
            // One that was made is ended by itself.
            let _ = self.spool.set(None);
        }
    }

    #[cold]
    fn consider(&self, drain: &Arc<Drain>) -> Option<&'static Spool> {
        let wish = self.wish.as_ref()?;
        let due = wish.mode == SpoolMode::On
            || self.direct.fetch_add(1, Ordering::Relaxed) >= RECORDS
            || self.since.elapsed() >= AGE;
        if !due || self.pid != std::process::id() {
            return None;
        }
        *self.spool.get_or_init(|| {
            let spool = wish.make(drain);
            if spool.is_none() {
                drain.spool_refused();
            }
            spool
        })
    }
}

impl Wish {
    fn make(&self, drain: &Arc<Drain>) -> Option<&'static Spool> {
        let header = Header {
            id: self.id,
            key: self.key,
            boot: boot(),
            created: Timestamp::now().0,
            pid: self.about.pid,
        };
        // A child that is forked in the middle would keep the lock and not know of it.
        let making = Batching::begin_soon().filter(|_| fork::prepare())?;
        let spool = Spool::create((&self.logs, self.dir_mode), header, &self.about).ok()?;
        fork::watch(spool);
        drop(making);
        if spool.start(Arc::clone(drain), self.clone()) {
            exit::watch(spool);
            return Some(spool);
        }
        spool.close();
        spool.remove_if_done();
        None
    }
}

/// The number of the machine's boot; zeros where it is not told.
fn boot() -> [u8; 16] {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    u128::from_str_radix(&digits, 16).unwrap_or_default().to_be_bytes()
}
