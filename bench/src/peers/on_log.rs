//! Loggers behind the `log` facade: logforth, `flexi_logger`, ftlog, log4rs.

use std::{hint::black_box, io, path::Path, time::Instant};

use flexi_logger::{FileSpec, Logger, WriteMode};
use log::LevelFilter;
use log4rs::{
    append::rolling_file::{
        RollingFileAppender,
        policy::compound::{
            CompoundPolicy, roll::delete::DeleteRoller, trigger::size::SizeTrigger,
        },
    },
    config::{Appender, Config, Root},
    encode::json::JsonEncoder,
};
use logforth::{
    append::{asynchronous::AsyncBuilder, file::FileBuilder},
    bridge::log::LogBridge,
    layout::JsonLayout,
    record::{Level, LevelFilter as AtLeast},
};

use super::{Entry, Order, Peer, QUEUE, entry};

pub(super) const ENTRIES: [Entry; 9] = [
    entry("logforth, file", |dir| logforth(dir, None)),
    entry("logforth, async block", |dir| logforth(dir, Some(AsyncBuilder::overflow_block))),
    entry("logforth, async drop", |dir| logforth(dir, Some(AsyncBuilder::overflow_drop_incoming))),
    entry("flexi_logger, direct", |dir| flexi(dir, WriteMode::Direct)),
    entry("flexi_logger, buffered", |dir| flexi(dir, WriteMode::BufferAndFlush)),
    entry("flexi_logger, async", |dir| flexi(dir, WriteMode::Async)),
    entry("ftlog, block", |dir| ftlog(dir, true)),
    entry("ftlog, drop", |dir| ftlog(dir, false)),
    entry("log4rs, rolling file", log4rs),
];

/// A logger that is flushed through the facade.
struct Facade<T> {
    held: T,
    record: fn(&Order<'_>),
}

/// Key and value of each field, as the facade carries them.
fn pairs(order: &Order<'_>) {
    let start = Instant::now();
    black_box(order);
    log::info!(
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
        note = order.note;
        "bench-order"
    );
}

/// JSON as the text of the message, for a logger without pairs.
fn message(order: &Order<'_>) {
    let start = Instant::now();
    black_box(order);
    log::info!(
        concat!(
            r#"{{"operation":"bench-order","order_id":{},"agent":"picker","user":"jane","#,
            r#""outcome":"success","duration_ms":{},"shelf":{},"cents":{},"weight":{:?},"#,
            r#""express":{},"note":{:?}}}"#
        ),
        order.id,
        start.elapsed().as_secs_f64() * 1e3,
        order.shelf,
        order.cents,
        order.weight,
        order.express,
        order.note,
    );
}

impl<T: Send + Sync> Peer for Facade<T> {
    fn record(&self, order: &Order<'_>) {
        (self.record)(order);
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        log::logger().flush();
        drop(self.held);
        Ok(())
    }
}

fn logforth(
    dir: &Path,
    queue: Option<fn(AsyncBuilder) -> AsyncBuilder>,
) -> io::Result<Box<dyn Peer>> {
    let file = FileBuilder::new(dir, "audit").layout(JsonLayout::default()).build();
    let file = file.map_err(|error| io::Error::other(error.to_string()))?;
    let logger = logforth::core::builder().dispatch(|dispatch| {
        let dispatch = dispatch.filter(AtLeast::MoreSevereEqual(Level::Info));
        match queue {
            None => dispatch.append(file),
            Some(overflow) => {
                let queue = AsyncBuilder::new("audit").buffered_lines_limit(Some(QUEUE));
                dispatch.append(overflow(queue).append(file).build())
            }
        }
    });
    log::set_boxed_logger(Box::new(LogBridge::new(logger.build()))).map_err(io::Error::other)?;
    log::set_max_level(LevelFilter::Info);
    Ok(Box::new(Facade { held: (), record: pairs }))
}

fn flexi(dir: &Path, mode: WriteMode) -> io::Result<Box<dyn Peer>> {
    let file = FileSpec::default().directory(dir).basename("audit").suppress_timestamp();
    let logger = Logger::with(flexi_logger::LogSpecification::info());
    let logger = logger.format(flexi_logger::json_format).use_utc();
    let held = logger.log_to_file(file).write_mode(mode).start().map_err(io::Error::other)?;
    Ok(Box::new(Facade { held, record: pairs }))
}

fn ftlog(dir: &Path, block: bool) -> io::Result<Box<dyn Peer>> {
    std::fs::create_dir_all(dir)?;
    let file = ftlog::appender::FileAppender::new(dir.join("audit.log"));
    let logger = ftlog::builder().bounded(QUEUE, block).utc().root(file);
    let held = logger.max_log_level(LevelFilter::Info).try_init();
    let held = held.map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Box::new(Facade { held, record: message }))
}

fn log4rs(dir: &Path) -> io::Result<Box<dyn Peer>> {
    let policy =
        CompoundPolicy::new(Box::new(SizeTrigger::new(u64::MAX)), Box::new(DeleteRoller::new()));
    let file = RollingFileAppender::builder().encoder(Box::new(JsonEncoder::new()));
    let file = file.build(dir.join("audit.log"), Box::new(policy))?;
    let config = Config::builder().appender(Appender::builder().build("audit", Box::new(file)));
    let config = config.build(Root::builder().appender("audit").build(LevelFilter::Info));
    let config = config.map_err(|errors| io::Error::other(errors.to_string()))?;
    let held = log4rs::init_config(config).map_err(io::Error::other)?;
    Ok(Box::new(Facade { held, record: pairs }))
}
