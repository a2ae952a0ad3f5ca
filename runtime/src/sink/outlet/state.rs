//! What waits and what becomes of it; the counting of both.

use std::mem::{replace, take};

use super::queue::{Bounds, Entry, Queue, Rank};
use crate::{clock::Timestamp, ledger::Gap, record::Category, wait};

/// Who is told what becomes of the lines.
pub trait Events: Send + Sync {
    /// So many lines were written, of so many bytes.
    fn written(&self, lines: u64, bytes: u64);
    /// So many were not: dropped because the queue was full, or lost by the stream.
    fn lost(&self, lines: u64, dropped: bool);
    /// So many bytes and lines wait.
    fn depth(&self, bytes: usize, lines: usize);
    /// The stream takes nothing, for that reason; `None`: it takes lines again.
    fn trouble(&self, reason: Option<&str>);
    /// The target panicked, or the thread did and was replaced.
    fn panicked(&self);
    /// The line that says what is missing, if there is to be one.
    fn gap(&self, category: Category, gap: &Gap, now: Timestamp) -> Option<Box<[u8]>>;
}

/// What waits, and who waits for it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct State {
    pub(super) queue: Queue,
    gaps: [Option<Gap>; Category::ALL.len()],
    /// Entries below this number are settled.
    pub(super) settled: u64,
    /// Numbers of entries that are waited for.
    pub(super) waited: Vec<u64>,
    /// Those of them that were lost.
    pub(super) failed: Vec<u64>,
    /// The process whose lines these are.
    pub(super) owner: u32,
    /// The thread is there.
    pub(super) works: bool,
    /// It waits for lines.
    pub(super) idle: bool,
    /// The last write waited in vain.
    pub(super) stalled: bool,
    /// The stream has failed since it last took a line.
    troubled: bool,
    /// No thread is started any more.
    pub(super) closed: bool,
    /// The thread ends, whatever waits.
    pub(super) abandoned: bool,
}

/// What is being written.
#[derive(Default)]
pub(super) struct Writing {
    pub(super) owner: u32,
    pub(super) batch: Vec<Entry>,
    /// How many bytes of the first entry the stream has.
    pub(super) taken: usize,
    /// The stream stands within a line.
    pub(super) torn: bool,
}

impl State {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            queue: Queue::new(bounds),
            gaps: [const { None }; Category::ALL.len()],
            settled: 0,
            waited: Vec::new(),
            failed: Vec::new(),
            owner: wait::process(),
            works: false,
            idle: false,
            stalled: false,
            troubled: false,
            closed: false,
            abandoned: false,
        }
    }

    /// What a fork inherits is written by the process that it was forked from.
    pub(super) fn inherited(&mut self) {
        self.queue.clear();
        self.gaps = [const { None }; Category::ALL.len()];
        self.waited.clear();
        self.failed.clear();
        self.owner = wait::process();
        (self.works, self.idle, self.stalled, self.troubled) = (false, false, false, false);
    }

    fn gap(&mut self, category: Category) -> Option<&mut Option<Gap>> {
        self.gaps.get_mut(category.index())
    }

    /// Queues an entry, behind the line of the gap before it.
    pub(super) fn offer(&mut self, events: &dyn Events, entry: Entry) -> Result<u64, Entry> {
        let category = entry.category;
        let gap = self.gap(category).and_then(Option::take);
        if let Some(gap) = gap {
            let again = self.queue.has_room_again();
            if !again || !self.offer_gap(events, category, &gap, entry.at) {
                Gap::join(self.gap(category), gap);
            }
            if !again && entry.rank == Rank::Low {
                return Err(entry);
            }
        }
        let (number, dropped) = self.queue.offer(entry)?;
        for entry in dropped {
            self.drop_entry(events, &entry);
        }
        self.tell_depth(events);
        Ok(number)
    }

    fn offer_gap(
        &mut self,
        events: &dyn Events,
        category: Category,
        gap: &Gap,
        at: Timestamp,
    ) -> bool {
        let Some(bytes) = events.gap(category, gap, at) else { return true };
        let (rank, gap) = (Rank::High, Some(gap.clone()));
        self.queue.offer(Entry { category, rank, at, bytes, gap, number: 0 }).is_ok()
    }

    /// The lines of all gaps, at the end.
    pub(super) fn flush_gaps(&mut self, events: &dyn Events) {
        for category in Category::ALL {
            if let Some(gap) = self.gap(category).and_then(Option::take) {
                self.offer_gap(events, category, &gap, Timestamp::now());
            }
        }
    }

    /// The queue was too full for it.
    pub(super) fn drop_entry(&mut self, events: &dyn Events, entry: &Entry) {
        events.lost(1, true);
        let gap = Gap::new(1, entry.at, "queue_full");
        Gap::join(self.gap(entry.category), gap);
    }

    /// Entries are written, or lost for that reason.
    pub(super) fn settle(&mut self, events: &dyn Events, entries: Vec<Entry>, lost: Option<&str>) {
        let (mut lines, mut bytes) = (0, 0);
        for entry in entries {
            self.queue.forget(&entry);
            self.settled = self.settled.max(entry.number + 1);
            lines += u64::from(entry.gap.is_none() || lost.is_none());
            bytes += entry.bytes.len() as u64;
            let Some(reason) = lost else { continue };
            if self.waited.contains(&entry.number) {
                self.failed.push(entry.number);
            }
            let gap = entry.gap.unwrap_or_else(|| Gap::new(1, entry.at, reason));
            Gap::join(self.gap(entry.category), gap);
        }
        match lost {
            None if lines > 0 => events.written(lines, bytes),
            Some(_) if lines > 0 => events.lost(lines, false),
            _ => {}
        }
        self.tell_depth(events);
    }

    pub(super) fn trouble(&mut self, events: &dyn Events, reason: &str) {
        if !replace(&mut self.troubled, true) {
            events.trouble(Some(reason));
        }
    }

    /// The stream takes lines.
    pub(super) fn works_again(&mut self, events: &dyn Events) {
        self.stalled = false;
        if take(&mut self.troubled) {
            events.trouble(None);
        }
    }

    fn tell_depth(&self, events: &dyn Events) {
        let (bytes, lines) = self.queue.depth();
        events.depth(bytes, lines);
    }
}

impl Writing {
    /// The stream took so many bytes more; gives the entries that it has whole.
    pub(super) fn advance(&mut self, count: usize) -> Vec<Entry> {
        self.taken += count;
        let mut whole = 0;
        for entry in &self.batch {
            if self.taken < entry.bytes.len() {
                break;
            }
            self.taken -= entry.bytes.len();
            whole += 1;
        }
        self.batch.drain(..whole).collect()
    }
}
