//! Writers behind `tracing`: JSON lines, through the thread of `tracing-appender`, which waits
//! rather than dropping where its queue is full.

use std::{
    fmt::Display,
    io::{self, Write},
};

use comparison_peer::{Logger, Setup};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    EnvFilter, Layer, filter::LevelFilter, fmt, layer::SubscriberExt, reload,
    util::SubscriberInitExt,
};

struct OnTracing {
    _worker: WorkerGuard,
    dropped: ErrorCounter,
    reload: Option<Reload>,
}

type Reload = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// Sets `tracing` up for the whole process, with that writer at its end.
///
/// # Errors
/// Where that was done before.
pub fn start(
    writer: impl Write + Send + 'static,
    setup: &Setup,
) -> Result<Box<dyn Logger>, String> {
    let (writer, worker) = NonBlockingBuilder::default().lossy(false).finish(writer);
    let dropped = writer.error_counter();
    let format = fmt::layer().json().with_writer(writer);
    let mut reload = None;
    match setup.filter.as_deref() {
        Some("environment") => tracing_subscriber::registry()
            .with(format)
            .with(EnvFilter::from_default_env())
            .try_init(),
        // A level for each layer, as `tracing-subscriber` describes it for several layers.
        Some("layer") => {
            let console = fmt::layer().with_writer(io::sink).with_filter(LevelFilter::DEBUG);
            let file = format.with_filter(LevelFilter::INFO);
            tracing_subscriber::registry().with(file).with(console).try_init()
        }
        Some(other) => {
            let (layer, handle) = reload::Layer::new(EnvFilter::new(other));
            let change = move |filter: &str| {
                handle.reload(EnvFilter::new(filter)).map_err(|error| error.to_string())
            };
            reload = Some(Box::new(change) as Reload);
            tracing_subscriber::registry().with(format).with(layer).try_init()
        }
        None => tracing_subscriber::registry().with(format).with(LevelFilter::INFO).try_init(),
    }
    .map_err(|error| error.to_string())?;
    Ok(Box::new(OnTracing { _worker: worker, dropped, reload }))
}

impl Logger for OnTracing {
    fn log(&self, text: &dyn Display) -> Result<(), String> {
        tracing::info!("{text}");
        Ok(())
    }

    fn reported(&self) -> u64 {
        self.dropped.dropped_lines() as u64
    }

    fn set_filter(&self, filter: &str) -> Result<(), String> {
        self.reload.as_ref().ok_or("not started with a filter")?(filter)
    }
}
