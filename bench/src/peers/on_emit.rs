//! emit with `emit_file`, whose thread writes in batches.

use std::{
    hint::black_box,
    io,
    path::Path,
    time::{Duration, Instant},
};

use super::{Entry, Order, Peer, entry};

pub(super) const ENTRIES: [Entry; 1] = [entry("emit_file", make)];

struct Emit<F>(F);

fn make(dir: &Path) -> io::Result<Box<dyn Peer>> {
    let init = emit::setup().emit_to(emit_file::set(dir.join("audit.log")).spawn()).init();
    Ok(Box::new(Emit(move |wait| init.blocking_flush(wait))))
}

impl<F: Fn(Duration) -> bool + Send + Sync> Peer for Emit<F> {
    fn record(&self, order: &Order<'_>) {
        let start = Instant::now();
        black_box(order);
        let duration_ms = start.elapsed().as_secs_f64() * 1e3;
        emit::info!(
            "bench-order",
            operation: "bench-order",
            order_id: order.id,
            agent: "picker",
            user: "jane",
            outcome: "success",
            duration_ms,
            shelf: order.shelf,
            cents: order.cents,
            weight: order.weight,
            express: order.express,
            note: order.note,
        );
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let flushed = (self.0)(Duration::from_secs(30));
        if flushed { Ok(()) } else { Err(io::Error::other("not flushed within 30 s")) }
    }
}
