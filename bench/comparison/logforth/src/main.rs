//! `logforth`: JSON lines, each written by its caller.

use std::{fmt::Display, io, num::NonZeroUsize};

use comparison_peer::{Logger, Peer, Setup, serve};
use logforth::{
    append::{File, Stdout, file::FileBuilder},
    filter::rustlog::RustLogFilterBuilder,
    layout::JsonLayout,
    record::LevelFilter,
    starter_log,
};

struct Forth;

fn file(setup: &Setup) -> Result<File, String> {
    if setup.compress {
        return Err("n/a: compresses nothing".to_owned());
    }
    let mut builder = FileBuilder::new(&setup.dir, &setup.name)
        .filename_suffix("log")
        .layout(JsonLayout::default());
    let number = |n: u64| usize::try_from(n).ok().and_then(NonZeroUsize::new);
    if let Some(size) = setup.rotate.and_then(number) {
        builder = builder.rollover_size(size);
    }
    if setup.daily {
        builder = builder.rollover_daily();
    }
    if let Some(keep) = setup.keep.map(u64::from).and_then(number) {
        builder = builder.max_log_files(keep);
    }
    builder.build().map_err(|error| error.to_string())
}

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    let file = if setup.console { None } else { Some(file(setup)?) };
    let logger = starter_log::builder().dispatch(move |dispatch| {
        let dispatch = match setup.filter.as_deref() {
            Some("environment") => {
                dispatch.filter(RustLogFilterBuilder::from_default_env().build())
            }
            _ => dispatch.filter(LevelFilter::All),
        };
        match file {
            Some(file) => dispatch.append(file),
            None => dispatch.append(Stdout::default().with_layout(JsonLayout::default())),
        }
    });
    logger.try_apply().map_err(|error| error.to_string())?;
    Ok(Box::new(Forth))
}

fn writer(setup: &Setup) -> Result<(), String> {
    file(setup).map(drop)
}

impl Logger for Forth {
    fn log(&self, text: &dyn Display) -> Result<(), String> {
        log::info!("{text}");
        Ok(())
    }
}

impl Drop for Forth {
    fn drop(&mut self) {
        log::logger().flush();
    }
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
