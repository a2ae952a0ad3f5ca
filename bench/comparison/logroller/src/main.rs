//! `logroller`: its file behind `tracing` and the thread of `tracing-appender`.

use std::{io, io::Write};

use comparison_peer::{Logger, Peer, Setup, serve};
use logroller::{Compression, LogRoller, LogRollerBuilder, Rotation, RotationAge, RotationSize};

fn roller(setup: &Setup) -> Result<LogRoller, String> {
    let file = format!("{}.log", setup.name);
    let mut builder = LogRollerBuilder::new(setup.dir.as_path(), file.as_ref())
        .file_mode(0o640)
        // Without it compressions that are not done yet are given up at the end.
        .graceful_shutdown(true);
    let size = setup.rotate.unwrap_or(1 << 40);
    builder = builder.rotation(if setup.daily {
        Rotation::AgeBased(RotationAge::Daily)
    } else {
        Rotation::SizeBased(RotationSize::Bytes(size))
    });
    if let Some(keep) = setup.keep {
        builder = builder.max_keep_files(u64::from(keep));
    }
    if setup.compress {
        builder = builder.compression(Compression::Gzip);
    }
    builder.build().map_err(|error| error.to_string())
}

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    if setup.console {
        return Err("n/a: writes files alone".to_owned());
    }
    comparison_on_tracing::start(roller(setup)?, setup)
}

fn writer(setup: &Setup) -> Result<(), String> {
    let (mut writer, _worker) = tracing_appender::non_blocking(roller(setup)?);
    writeln!(writer, "a line").map_err(|error| error.to_string())
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
