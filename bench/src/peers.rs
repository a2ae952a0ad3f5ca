//! The peers: each writes the same record of eight fields to a file of its own.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::Path,
    sync::Mutex,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use audit_runtime::{Category, ConsoleTarget, Level, Logs, Rule, Timing, audited};
use tracing::subscriber::NoSubscriber;
use tracing_appender::non_blocking::WorkerGuard;

use crate::python;

/// Something that writes records.
pub(crate) trait Peer {
    /// Writes `count` records.
    fn write(&mut self, count: usize);
    /// Waits until they are in the file.
    fn flush(&mut self) -> io::Result<()>;
}

type Make = fn(&Path) -> io::Result<Box<dyn Peer>>;

/// All peers; the first is ours.
pub(crate) const PEERS: [(&str, Make); 6] = [
    ("audit-runtime #[audited], direct", audited_direct),
    ("tracing JSON, appender non_blocking", tracing_non_blocking),
    ("tracing JSON, raw file", tracing_raw),
    ("tracing JSON, BufWriter", tracing_buffered),
    ("hand-written encoder, mutex", hand_written),
    ("Python RotatingFileHandler, JSON", python::rotating),
];

/// What one record says.
struct Order {
    id: u64,
    shelf: u32,
    cents: i64,
    weight: f64,
    express: bool,
}

fn order(n: usize) -> Order {
    let n = n as u64;
    Order {
        id: n,
        shelf: (n % 97) as u32,
        cents: (n * 31 % 10_000) as i64,
        weight: n as f64 / 7.0,
        express: n % 2 == 0,
    }
}

struct Audited(Logs);

fn audited_direct(dir: &Path) -> io::Result<Box<dyn Peer>> {
    let logs = audit_runtime::builder("bench")
        .environment(Vec::<(String, String)>::new())
        .dir(dir)
        .console(ConsoleTarget::Off)
        .rotate_size(None)
        .rotate_every(None)
        .timing(Timing::Summary)
        .summary_every(None)
        .category(Category::Performance, Rule::From(Level::Info))
        .init();
    Ok(Box::new(Audited(logs)))
}

#[audited(
    operation = "bench-order",
    resource(order_id = order.id),
    agent = "picker",
    user = "jane",
    details(shelf = order.shelf, cents = order.cents, weight = order.weight, express = order.express, note = %note),
)]
fn process(order: &Order, note: &str) -> Result<(), std::fmt::Error> {
    std::hint::black_box(order);
    Ok(())
}

impl Peer for Audited {
    fn write(&mut self, count: usize) {
        for n in 0..count {
            let done = process(&order(n), "leave at the door");
            debug_assert!(done.is_ok());
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let lost = self.0.health().lines_lost;
        if lost > 0 { Err(io::Error::other(format!("{lost} lines lost"))) } else { Ok(()) }
    }
}

struct Tracing {
    dispatch: tracing::Dispatch,
    worker: Option<WorkerGuard>,
    reopen: Option<Box<dyn Fn() -> io::Result<(tracing::Dispatch, WorkerGuard)>>>,
}

fn subscriber<W>(writer: W) -> tracing::Dispatch
where
    W: for<'w> tracing_subscriber::fmt::MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt().json().with_writer(writer).finish().into()
}

fn tracing_non_blocking(dir: &Path) -> io::Result<Box<dyn Peer>> {
    fs::create_dir_all(dir)?;
    let path = dir.join("audit.log");
    let open = move || {
        let file = File::options().append(true).create(true).open(&path)?;
        let (writer, worker) = tracing_appender::non_blocking(file);
        Ok((subscriber(writer), worker))
    };
    let (dispatch, worker) = open()?;
    Ok(Box::new(Tracing { dispatch, worker: Some(worker), reopen: Some(Box::new(open)) }))
}

fn tracing_raw(dir: &Path) -> io::Result<Box<dyn Peer>> {
    fs::create_dir_all(dir)?;
    let file = File::options().append(true).create(true).open(dir.join("audit.log"))?;
    Ok(Box::new(Tracing { dispatch: subscriber(Mutex::new(file)), worker: None, reopen: None }))
}

/// Its buffer is written when it is full, and at the end.
fn tracing_buffered(dir: &Path) -> io::Result<Box<dyn Peer>> {
    fs::create_dir_all(dir)?;
    let file = File::options().append(true).create(true).open(dir.join("audit.log"))?;
    let dispatch = subscriber(Mutex::new(BufWriter::new(file)));
    Ok(Box::new(Tracing { dispatch, worker: None, reopen: None }))
}

impl Peer for Tracing {
    fn write(&mut self, count: usize) {
        tracing::dispatcher::with_default(&self.dispatch, || {
            for n in 0..count {
                let start = Instant::now();
                let order = order(n);
                std::hint::black_box(&order);
                tracing::info!(
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
                    note = %"leave at the door",
                );
            }
        });
    }

    /// Dropping the guard writes what waits; there is no other way to wait for it.
    fn flush(&mut self) -> io::Result<()> {
        if let Some(reopen) = &self.reopen {
            self.dispatch = NoSubscriber::default().into();
            drop(self.worker.take());
            let (dispatch, worker) = reopen()?;
            self.dispatch = dispatch;
            self.worker = Some(worker);
        }
        Ok(())
    }
}

struct HandWritten {
    file: Mutex<(String, File)>,
}

fn hand_written(dir: &Path) -> io::Result<Box<dyn Peer>> {
    fs::create_dir_all(dir)?;
    let file = File::options().append(true).create(true).open(dir.join("audit.log"))?;
    Ok(Box::new(HandWritten { file: Mutex::new((String::new(), file)) }))
}

impl HandWritten {
    fn record(&self, order: &Order, took: Duration, note: &str) -> io::Result<()> {
        let mut guard = self.file.lock().map_err(|_| io::Error::other("poisoned"))?;
        let (line, file) = &mut *guard;
        line.clear();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        write!(
            line,
            concat!(
                r#"{{"timestamp":{},"level":"INFO","operation":"bench-order","order_id":{},"#,
                r#""agent":"picker","user":"jane","outcome":"success","duration_ms":{},"shelf":{},"#,
                r#""cents":{},"weight":{:?},"express":{},"note":"{}"}}"#
            ),
            now.as_micros(),
            order.id,
            took.as_secs_f64() * 1e3,
            order.shelf,
            order.cents,
            order.weight,
            order.express,
            note,
        )
        .map_err(io::Error::other)?;
        line.push('\n');
        file.write_all(line.as_bytes())
    }
}

impl Peer for HandWritten {
    fn write(&mut self, count: usize) {
        for n in 0..count {
            let start = Instant::now();
            let order = order(n);
            std::hint::black_box(&order);
            let written = self.record(&order, start.elapsed(), "leave at the door");
            debug_assert!(written.is_ok());
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
