//! What one writes without a crate: an encoder and a file under a mutex.

use std::{
    fmt::Write as _,
    fs::File,
    hint::black_box,
    io::{self, BufWriter, Write},
    path::Path,
    sync::Mutex,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use super::{Entry, Order, Peer, entry, file};

/// Unbuffered each line is one `write`; buffered the last lines are lost with the process.
pub(super) const ENTRIES: [Entry; 2] = [
    entry("hand-written, mutex, raw file", |dir| make(dir, |file| file)).with_counts(),
    entry("hand-written, mutex, BufWriter", |dir| make(dir, BufWriter::new)).with_counts(),
];

fn make<W: Write + Send + 'static>(dir: &Path, wrap: fn(File) -> W) -> io::Result<Box<dyn Peer>> {
    Ok(Box::new(HandWritten(Mutex::new((String::new(), wrap(file(dir)?))))))
}

struct HandWritten<W>(Mutex<(String, W)>);

impl<W: Write> HandWritten<W> {
    fn write(&self, order: &Order<'_>, more: impl FnOnce(&mut String) -> std::fmt::Result) {
        let start = Instant::now();
        black_box(order);
        let took = start.elapsed().as_secs_f64() * 1e3;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let Ok(mut guard) = self.0.lock() else { return };
        let (line, file) = &mut *guard;
        line.clear();
        let encoded = write!(
            line,
            "{{\"timestamp\":{now},\"level\":\"INFO\",\"operation\":\"bench-order\",\"order_id\":{},\
             \"outcome\":\"success\",\"duration_ms\":{took}",
            order.id
        );
        let encoded = encoded.and_then(|()| more(line));
        line.push_str("}\n");
        // What fails is seen in the count of lines.
        let _ = encoded.map_err(io::Error::other).and_then(|()| file.write_all(line.as_bytes()));
    }
}

fn eight(line: &mut String, order: &Order<'_>) -> std::fmt::Result {
    let Order { shelf, cents, weight, express, .. } = order;
    write!(
        line,
        ",\"agent\":\"picker\",\"user\":\"jane\",\"shelf\":{shelf},\"cents\":{cents},\
         \"weight\":{weight:?},\"express\":{express}",
    )?;
    text(line, "note", order.note)
}

fn eight_more(line: &mut String, order: &Order<'_>) -> std::fmt::Result {
    let Order { shelf, cents, weight, express, .. } = order;
    write!(
        line,
        ",\"shelf_2\":{shelf},\"cents_2\":{cents},\"weight_2\":{weight:?},\"express_2\":{express},\
         \"shelf_3\":{shelf},\"cents_3\":{cents},\"weight_3\":{weight:?}",
    )?;
    text(line, "note_2", order.note)
}

/// A text may hold anything, so it is escaped.
fn text(line: &mut String, key: &str, value: &str) -> std::fmt::Result {
    write!(line, ",\"{key}\":\"")?;
    for c in value.chars() {
        match c {
            '"' | '\\' => write!(line, "\\{c}")?,
            c if c.is_control() => write!(line, "\\u{:04x}", u32::from(c))?,
            c => line.push(c),
        }
    }
    line.push('"');
    Ok(())
}

impl<W: Write + Send> Peer for HandWritten<W> {
    fn record(&self, order: &Order<'_>) {
        self.write(order, |line| eight(line, order));
    }

    fn record_one(&self, order: &Order<'_>) {
        self.write(order, |_| Ok(()));
    }

    fn record_sixteen(&self, order: &Order<'_>) {
        self.write(order, |line| eight(line, order).and_then(|()| eight_more(line, order)));
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let inner = self.0.into_inner().map_err(|_| io::Error::other("poisoned"))?;
        let (_, mut file) = inner;
        file.flush()
    }
}
