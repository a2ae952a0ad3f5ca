//! fastrace: a root span for each call, the fields as its properties, and a reporter that writes
//! each span as a line.

use std::{
    borrow::Cow,
    fs::File,
    hint::black_box,
    io::{self, BufWriter, Write as _},
    path::Path,
};

use fastrace::{
    Span,
    collector::{Config, Reporter, SpanContext, SpanRecord},
};
use serde_json::{Map, Value};

use super::{Entry, Order, Peer, entry, file};

pub(super) const ENTRIES: [Entry; 1] = [entry("fastrace, root span a call", make)];

struct Lines(BufWriter<File>);

impl Lines {
    fn write(&mut self, span: &SpanRecord) -> io::Result<()> {
        let mut members = Map::new();
        members.insert("begin_ns".to_owned(), span.begin_time_unix_ns.into());
        members.insert("duration_ns".to_owned(), span.duration_ns.into());
        members.insert("operation".to_owned(), span.name.as_ref().into());
        let properties = span.properties.iter();
        members.extend(properties.map(|(key, value)| (key.to_string(), value.as_ref().into())));
        serde_json::to_writer(&mut self.0, &Value::Object(members))?;
        self.0.write_all(b"\n")
    }
}

impl Reporter for Lines {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        let written = spans.iter().try_for_each(|span| self.write(span));
        // What fails is seen in the count of lines.
        let _ = written.and_then(|()| self.0.flush());
    }
}

struct Fastrace;

fn make(dir: &Path) -> io::Result<Box<dyn Peer>> {
    fastrace::set_reporter(Lines(BufWriter::new(file(dir)?)), Config::default());
    Ok(Box::new(Fastrace))
}

type Property = (&'static str, Cow<'static, str>);

impl Peer for Fastrace {
    fn record(&self, order: &Order<'_>) {
        let root = Span::root("bench-order", SpanContext::random());
        let root = root.with_properties(|| -> [Property; 9] {
            [
                ("order_id", order.id.to_string().into()),
                ("agent", "picker".into()),
                ("user", "jane".into()),
                ("outcome", "success".into()),
                ("shelf", order.shelf.to_string().into()),
                ("cents", order.cents.to_string().into()),
                ("weight", order.weight.to_string().into()),
                ("express", order.express.to_string().into()),
                ("note", order.note.to_owned().into()),
            ]
        });
        black_box(order);
        drop(root);
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        fastrace::flush();
        Ok(())
    }
}
