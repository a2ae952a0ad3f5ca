//! What waits for a stream, bounded in bytes and in number.

use std::collections::VecDeque;

use crate::{clock::Timestamp, ledger::Gap, record::Category};

/// What an entry costs beside its bytes.
pub(super) const OVERHEAD: usize = size_of::<Entry>();

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// So many bytes of lines and what holds them.
    pub bytes: usize,
    /// So many lines.
    pub lines: usize,
}

/// What becomes of a line when the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// It is dropped.
    Low,
    /// Low ones make room for it, the newest first.
    High,
}

/// A line that waits.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) category: Category,
    pub(super) rank: Rank,
    pub(super) at: Timestamp,
    pub(super) bytes: Box<[u8]>,
    /// What it tells of, where it is the line of a gap.
    pub(super) gap: Option<Gap>,
    /// Its place in the order of all entries.
    pub(super) number: u64,
}

impl Entry {
    fn cost(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }
}

/// What waits, in order.
#[derive(Debug)]
pub(super) struct Queue {
    bounds: Bounds,
    entries: VecDeque<Entry>,
    /// Taken entries included, until they are settled.
    bytes: usize,
    lines: usize,
    /// Those of them that are lines of gaps.
    gaps: usize,
    next: u64,
}

impl Queue {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, entries: VecDeque::new(), bytes: 0, lines: 0, gaps: 0, next: 0 }
    }

    /// Takes the entry and gives its number and the entries that were dropped for it; or gives it
    /// back.
    pub(super) fn offer(&mut self, mut entry: Entry) -> Result<(u64, Vec<Entry>), Entry> {
        let mut dropped = Vec::new();
        if !self.fits(&entry) {
            if entry.rank == Rank::Low || !self.could_fit(&entry) {
                return Err(entry);
            }
            let mut place = self.entries.len();
            while place > 0 && !self.fits(&entry) {
                place -= 1;
                if self.entries.get(place).is_some_and(|other| other.rank == Rank::Low) {
                    let low = self.entries.remove(place);
                    dropped.extend(low.inspect(|low| self.forget(low)));
                }
            }
        }
        entry.number = self.next;
        self.next += 1;
        self.bytes += entry.cost();
        self.lines += 1;
        self.gaps += usize::from(entry.gap.is_some());
        let number = entry.number;
        self.entries.push_back(entry);
        Ok((number, dropped))
    }

    fn fits(&self, entry: &Entry) -> bool {
        self.lines < self.bounds.lines && self.bytes + entry.cost() <= self.bounds.bytes
    }

    /// Whether it would fit if all low ones were dropped.
    fn could_fit(&self, entry: &Entry) -> bool {
        let low = self.entries.iter().filter(|other| other.rank == Rank::Low);
        let (bytes, lines) =
            low.fold((0, 0), |(bytes, lines), low| (bytes + low.cost(), lines + 1));
        self.lines - lines < self.bounds.lines
            && self.bytes - bytes + entry.cost() <= self.bounds.bytes
    }

    /// The oldest entries, of so many bytes; one at least where there is one.
    pub(super) fn take(&mut self, most: usize) -> Vec<Entry> {
        let mut bytes = 0;
        let fits = |entry: &&Entry| {
            bytes += entry.bytes.len();
            bytes <= most
        };
        let count = self.entries.iter().take_while(fits).count().max(1);
        self.entries.drain(..count.min(self.entries.len())).collect()
    }

    /// A taken entry is written or lost.
    pub(super) fn forget(&mut self, entry: &Entry) {
        self.bytes = self.bytes.saturating_sub(entry.cost());
        self.lines = self.lines.saturating_sub(1);
        self.gaps = self.gaps.saturating_sub(usize::from(entry.gap.is_some()));
    }

    /// Whether so much is free that dropping can end.
    pub(super) fn has_room_again(&self) -> bool {
        self.bytes <= self.bounds.bytes / 2 && self.lines <= self.bounds.lines / 2
    }

    /// Bytes and lines that wait or are being written.
    pub(super) fn depth(&self) -> (usize, usize) {
        (self.bytes, self.lines)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.entries.len()
    }

    /// Whether all that was taken is written or lost.
    pub(super) fn is_settled(&self) -> bool {
        self.lines == 0
    }

    /// Forgets all of it; tells how many lines of the program that was.
    pub(super) fn clear(&mut self) -> u64 {
        let lines = self.lines - self.gaps;
        self.entries.clear();
        (self.bytes, self.lines, self.gaps) = (0, 0, 0);
        lines as u64
    }
}
