//! The peers: each writes the same record of eight fields, as its documentation sets it up for a
//! program in production, to files in a directory of its own.
//!
//! A peer lives in a process of its own, because most of them have one global logger. All take the
//! same road to the same line: the caller reads a clock, does nothing, reads it again, and hands on
//! operation, eight fields, outcome and duration.

mod hand_written;
#[cfg(feature = "peers")]
mod on_emit;
#[cfg(feature = "peers")]
mod on_fastrace;
#[cfg(feature = "peers")]
mod on_log;
#[cfg(feature = "peers")]
mod on_slog;
#[cfg(feature = "peers")]
mod on_spdlog;
mod on_tracing;
mod order;
mod ours;

use std::{io, path::Path};

pub(crate) use on_tracing::RAW_FILE;
pub(crate) use order::{KEYS, OPERATION, Order};
pub(crate) use ours::{DIRECT, ROTATING, SPOOLED, SYNCED, recover, rotating, synced};

/// Something that writes records.
pub(crate) trait Peer: Send + Sync {
    /// Writes a record of eight fields.
    fn record(&self, order: &Order<'_>);

    /// Writes a record of one field.
    fn record_one(&self, _order: &Order<'_>) {}

    /// Writes a record of sixteen fields.
    fn record_sixteen(&self, _order: &Order<'_>) {}

    /// Returns when all records are on the disk.
    fn sync(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Brings what waits to the file, in the way that the peer's documentation gives for the end
    /// of a program.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// As many records as a queue takes whose bound can be chosen; less than a sustained run writes.
const QUEUE: usize = 16_384;

/// Sets a peer up.
pub(crate) type Make = fn(&Path) -> io::Result<Box<dyn Peer>>;

/// A peer of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) make: Make,
    /// It knows records of one and of sixteen fields too.
    pub(crate) counts_fields: bool,
    /// It is ours: a line that is missing is an error of ours.
    pub(crate) ours: bool,
}

/// A peer with records of eight fields only.
const fn entry(name: &'static str, make: Make) -> Entry {
    Entry { name, make, counts_fields: false, ours: false }
}

impl Entry {
    const fn with_counts(self) -> Self {
        Self { counts_fields: true, ..self }
    }

    const fn that_is_ours(self) -> Self {
        Self { ours: true, counts_fields: true, ..self }
    }
}

/// The cost of the harness itself: no record at all.
pub(crate) const NOTHING: &str = "nothing";

struct Nothing;

impl Peer for Nothing {
    fn record(&self, order: &Order<'_>) {
        std::hint::black_box(order);
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// All peers that this program was built with.
pub(crate) fn all() -> Vec<Entry> {
    let mut all = vec![entry(NOTHING, |_| Ok(Box::new(Nothing)))];
    all.extend(ours::entries());
    all.extend(hand_written::ENTRIES);
    all.extend(on_tracing::ENTRIES);
    #[cfg(feature = "peers")]
    {
        all.extend(on_fastrace::ENTRIES);
        all.extend(on_log::ENTRIES);
        all.extend(on_slog::ENTRIES);
        all.extend(on_spdlog::ENTRIES);
        all.extend(on_emit::ENTRIES);
    }
    all
}

/// Where a peer that writes one file writes it.
fn file(dir: &Path) -> io::Result<std::fs::File> {
    std::fs::create_dir_all(dir)?;
    std::fs::File::options().append(true).create(true).open(dir.join("audit.log"))
}
