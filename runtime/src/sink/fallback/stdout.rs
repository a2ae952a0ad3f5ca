//! What is counted and told of lines to the standard output.

use std::sync::Arc;

use super::set::Delivery;
use crate::{
    clock::Timestamp,
    ledger::{At, Gap, Notices},
    record::{Category, Level},
    render::Line,
    sink::{Events, Outlet, Put, Rank, Shared},
};

/// The name of the condition.
const NAME: &str = "standard output";

pub(super) struct Stdout {
    pub(super) shared: Arc<Shared>,
    pub(super) notices: Arc<dyn Notices>,
}

impl Events for Stdout {
    fn written(&self, lines: u64, bytes: u64) {
        self.shared.counters.lines_written.add(lines);
        self.shared.counters.bytes_written.add(bytes);
    }

    fn lost(&self, lines: u64, dropped: bool) {
        let counters = &self.shared.counters;
        if dropped { counters.lines_dropped.add(lines) } else { counters.lines_lost.add(lines) }
    }

    fn depth(&self, bytes: usize, lines: usize) {
        let counters = &self.shared.counters;
        counters.queue_bytes.set(bytes as u64);
        counters.queue_lines.set(lines as u64);
        counters.queue_peak_bytes.raise(bytes as u64);
    }

    fn trouble(&self, reason: Option<&str>) {
        if let Some(reason) = reason {
            self.shared.counters.write_errors.add_one();
            let message = format!("cannot write logs to the standard output ({reason})");
            self.shared.trap.warn_once(&message);
        }
        self.shared.counters.conditions.set(NAME, reason.map(str::to_owned));
    }

    fn panicked(&self) {
        self.shared.counters.writer_panics.add_one();
    }

    fn gap(&self, category: Category, gap: &Gap, now: Timestamp) -> Option<Box<[u8]>> {
        self.shared.counters.gaps_told.add_one();
        let line = self.notices.missing(At { category, now }, gap, None);
        Some(line.as_bytes().into())
    }
}

/// Has the lines wait for a stream.
pub(super) fn put(outlet: &Outlet, category: Category, lines: &[Line], now: Timestamp) -> Delivery {
    let waits = matches!(category, Category::Audit | Category::Error);
    let mut delivery = Delivery::Written;
    for line in lines {
        let rank = if waits || line.level() >= Level::Warn { Rank::High } else { Rank::Low };
        match outlet.put(category, rank, waits, line.as_bytes().into(), now) {
            Put::Lost => delivery = Delivery::Lost,
            Put::Queued if delivery != Delivery::Lost => delivery = Delivery::Queued,
            Put::Queued | Put::Written => {}
        }
    }
    delivery
}
