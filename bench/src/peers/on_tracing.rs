//! `tracing-subscriber`'s JSON format with the writers that it is used with.

use std::{
    fs::File,
    hint::black_box,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::MakeWriter;

use super::{Entry, Order, Peer, QUEUE, entry, file};

/// The floor of all that write each record by itself.
pub(crate) const RAW_FILE: &str = "tracing, raw file";

pub(super) const ENTRIES: [Entry; 5] = [
    entry("tracing, non_blocking lossless", |dir| non_blocking(dir, false, false)).with_counts(),
    entry("tracing, non_blocking lossy", |dir| non_blocking(dir, true, false)),
    entry("tracing, BufWriter", buffered).with_counts(),
    entry(RAW_FILE, raw),
    entry("tracing #[instrument] + event, non_blocking", |dir| non_blocking(dir, false, true)),
];

struct Tracing {
    /// In front of an event: a span with the eight fields.
    span: bool,
    worker: Option<WorkerGuard>,
    buffer: Option<Shared>,
}

/// A buffer that outlives the subscriber, so that it can be flushed.
#[derive(Clone)]
struct Shared(Arc<Mutex<BufWriter<File>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::Error::other("poisoned"))?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().map_err(|_| io::Error::other("poisoned"))?.flush()
    }
}

fn install<W>(writer: W, made: Tracing) -> io::Result<Box<dyn Peer>>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let subscriber = tracing_subscriber::fmt().json().with_writer(writer).finish();
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    Ok(Box::new(made))
}

fn non_blocking(dir: &Path, lossy: bool, span: bool) -> io::Result<Box<dyn Peer>> {
    let queue = NonBlockingBuilder::default().lossy(lossy).buffered_lines_limit(QUEUE);
    let (writer, worker) = queue.finish(file(dir)?);
    install(writer, Tracing { span, worker: Some(worker), buffer: None })
}

fn buffered(dir: &Path) -> io::Result<Box<dyn Peer>> {
    let shared = Shared(Arc::new(Mutex::new(BufWriter::new(file(dir)?))));
    let buffer = Some(shared.clone());
    install(move || shared.clone(), Tracing { span: false, worker: None, buffer })
}

fn raw(dir: &Path) -> io::Result<Box<dyn Peer>> {
    install(Mutex::new(file(dir)?), Tracing { span: false, worker: None, buffer: None })
}

#[tracing::instrument(
    skip_all,
    fields(
        order_id = order.id, agent = "picker", user = "jane", shelf = order.shelf, cents = order.cents,
        weight = order.weight, express = order.express, note = %order.note,
    ),
)]
fn process(order: &Order<'_>) {
    let start = Instant::now();
    black_box(order);
    let duration_ms = start.elapsed().as_secs_f64() * 1e3;
    tracing::info!(operation = "bench-order", outcome = "success", duration_ms);
}

/// The body, which does nothing, and the event that tells of it with these fields.
macro_rules! event {
    ($order:ident $(, $($field:tt)+)?) => {
        let start = Instant::now();
        black_box($order);
        tracing::info!(
            operation = "bench-order",
            order_id = $order.id,
            outcome = "success",
            duration_ms = start.elapsed().as_secs_f64() * 1e3
            $(, $($field)+)?
        );
    };
}

impl Peer for Tracing {
    fn record(&self, order: &Order<'_>) {
        if self.span {
            return process(order);
        }
        event!(
            order,
            agent = "picker",
            user = "jane",
            shelf = order.shelf,
            cents = order.cents,
            weight = order.weight,
            express = order.express,
            note = %order.note
        );
    }

    fn record_one(&self, order: &Order<'_>) {
        event!(order);
    }

    fn record_sixteen(&self, order: &Order<'_>) {
        event!(
            order,
            agent = "picker",
            user = "jane",
            shelf = order.shelf,
            cents = order.cents,
            weight = order.weight,
            express = order.express,
            note = %order.note,
            shelf_2 = order.shelf,
            cents_2 = order.cents,
            weight_2 = order.weight,
            express_2 = order.express,
            note_2 = %order.note,
            shelf_3 = order.shelf,
            cents_3 = order.cents,
            weight_3 = order.weight
        );
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        // Dropping the guard writes what waits, for a second at the most.
        drop(self.worker);
        self.buffer.map_or(Ok(()), |mut buffer| buffer.flush())
    }
}
