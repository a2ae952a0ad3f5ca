//! spdlog-rs with its JSON format, at once and behind its thread pool.

use std::{hint::black_box, io, num::NonZeroUsize, path::Path, sync::Arc, time::Instant};

use spdlog::{
    Logger, ThreadPool,
    formatter::JsonFormatter,
    sink::{AsyncPoolSink, FileSink, OverflowPolicy, Sink},
};

use super::{Entry, Order, Peer, QUEUE, entry};

pub(super) const ENTRIES: [Entry; 3] = [
    entry("spdlog-rs, sync", |dir| make(dir, None)),
    entry("spdlog-rs, async block", |dir| make(dir, Some(OverflowPolicy::Block))),
    entry("spdlog-rs, async drop", |dir| make(dir, Some(OverflowPolicy::DropIncoming))),
];

struct Spdlog(Arc<Logger>);

fn make(dir: &Path, queue: Option<OverflowPolicy>) -> io::Result<Box<dyn Peer>> {
    let file = FileSink::builder().path(dir.join("audit.log")).formatter(JsonFormatter::new());
    let file = file.build_arc().map_err(io::Error::other)?;
    let sink: Arc<dyn Sink> = match queue {
        None => file,
        Some(policy) => {
            let capacity = NonZeroUsize::new(QUEUE).unwrap_or(NonZeroUsize::MIN);
            let pool = ThreadPool::builder().capacity(capacity).build_arc();
            let pool = pool.map_err(io::Error::other)?;
            let sink = AsyncPoolSink::builder().sink(file).overflow_policy(policy);
            // The handler would print each record that was dropped.
            let sink = sink.error_handler(|_| {}).thread_pool(pool);
            sink.build_arc().map_err(io::Error::other)?
        }
    };
    let logger = Logger::builder().sink(sink).build_arc().map_err(io::Error::other)?;
    Ok(Box::new(Spdlog(logger)))
}

impl Peer for Spdlog {
    fn record(&self, order: &Order<'_>) {
        let start = Instant::now();
        black_box(order);
        spdlog::info!(
            logger: self.0,
            "bench-order",
            kv: {
                operation = "bench-order",
                order_id = order.id,
                agent = "picker",
                user = "jane",
                outcome = "success",
                duration_ms = start.elapsed().as_secs_f64() * 1e3,
                shelf = order.shelf,
                cents = order.cents,
                weight = order.weight,
                express = order.express,
                note = order.note,
            }
        );
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.0.flush();
        // The last owner of the pool waits for its thread, the file is flushed when it goes.
        drop(self);
        Ok(())
    }
}
