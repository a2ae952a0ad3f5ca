//! `tracing-appender`: its rolling file and its thread, behind `tracing`.

use std::{io, io::Write};

use comparison_peer::{Logger, Peer, Setup, serve};
use tracing_appender::rolling::{RollingFileAppender, Rotation};

fn appender(setup: &Setup) -> Result<RollingFileAppender, String> {
    if setup.rotate.is_some() {
        return Err("n/a: rotates by time alone".to_owned());
    }
    if setup.compress {
        return Err("n/a: compresses nothing".to_owned());
    }
    let mut builder = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(&setup.name)
        .filename_suffix("log");
    if let Some(keep) = setup.keep {
        builder = builder.max_log_files(keep as usize);
    }
    builder.build(&setup.dir).map_err(|error| error.to_string())
}

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    if setup.console {
        return comparison_on_tracing::start(io::stdout(), setup);
    }
    comparison_on_tracing::start(appender(setup)?, setup)
}

fn writer(setup: &Setup) -> Result<(), String> {
    let (mut writer, _worker) = tracing_appender::non_blocking(appender(setup)?);
    writeln!(writer, "a line").map_err(|error| error.to_string())
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
