//! slog with its JSON drain, at once and behind its queue.

use std::{
    hint::black_box,
    io::{self, BufWriter},
    path::Path,
    sync::Mutex,
    time::Instant,
};

use slog::{Discard, Drain as _, Logger, o};
use slog_async::{Async, AsyncGuard, OverflowStrategy};
use slog_json::Json;

use super::{Entry, Order, Peer, QUEUE, entry, file};

pub(super) const ENTRIES: [Entry; 3] = [
    entry("slog, sync", sync),
    entry("slog, async block", |dir| queued(dir, OverflowStrategy::Block)),
    entry("slog, async drop", |dir| queued(dir, OverflowStrategy::Drop)),
];

struct Slog {
    logger: Logger,
    worker: Option<AsyncGuard>,
}

fn sync(dir: &Path) -> io::Result<Box<dyn Peer>> {
    let json = Json::default(BufWriter::new(file(dir)?));
    let logger = Logger::root(Mutex::new(json).map(slog::Fuse), o!());
    Ok(Box::new(Slog { logger, worker: None }))
}

fn queued(dir: &Path, strategy: OverflowStrategy) -> io::Result<Box<dyn Peer>> {
    let json = Json::default(BufWriter::new(file(dir)?)).fuse();
    let queue = Async::new(json).chan_size(QUEUE).overflow_strategy(strategy);
    let (queue, worker) = queue.build_with_guard();
    Ok(Box::new(Slog { logger: Logger::root(queue.fuse(), o!()), worker: Some(worker) }))
}

impl Peer for Slog {
    fn record(&self, order: &Order<'_>) {
        let start = Instant::now();
        black_box(order);
        slog::info!(
            self.logger, "bench-order";
            "operation" => "bench-order",
            "order_id" => order.id,
            "agent" => "picker",
            "user" => "jane",
            "outcome" => "success",
            "duration_ms" => start.elapsed().as_secs_f64() * 1e3,
            "shelf" => order.shelf,
            "cents" => order.cents,
            "weight" => order.weight,
            "express" => order.express,
            "note" => order.note,
        );
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        // The last logger closes the queue, or flushes the buffer; then the guard waits.
        self.logger = Logger::root(Discard, o!());
        drop(self.worker.take());
        Ok(())
    }
}
