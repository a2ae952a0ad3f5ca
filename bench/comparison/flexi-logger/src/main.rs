//! `flexi_logger`: JSON lines, its default mode (each line written by its caller).

use std::{fmt::Display, io};

use comparison_peer::{Logger, Peer, Setup, serve};
use flexi_logger::{
    Cleanup, Criterion, FileSpec, LoggerHandle, Naming, json_format,
    writers::{FileLogWriter, LogWriter},
};

struct Flexi(LoggerHandle);

fn cleanup(setup: &Setup) -> Cleanup {
    let keep = setup.keep.map_or(10_000, |keep| keep as usize);
    if setup.compress { Cleanup::KeepCompressedFiles(keep) } else { Cleanup::KeepLogFiles(keep) }
}

fn file(setup: &Setup) -> FileSpec {
    FileSpec::default().directory(&setup.dir).basename(&setup.name)
}

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    let logger = match setup.filter.as_deref() {
        Some("environment") => flexi_logger::Logger::try_with_env(),
        _ => flexi_logger::Logger::try_with_str("info"),
    };
    let mut logger = logger.map_err(|error| error.to_string())?;
    if setup.console {
        logger = logger.log_to_stdout().format_for_stdout(json_format);
    } else {
        logger = logger.log_to_file(file(setup)).append().format_for_files(json_format);
    }
    if let Some(size) = setup.rotate {
        logger = logger.rotate(Criterion::Size(size), Naming::Timestamps, cleanup(setup));
    } else if setup.daily {
        let age = Criterion::Age(flexi_logger::Age::Day);
        logger = logger.rotate(age, Naming::Timestamps, cleanup(setup));
    }
    Ok(Box::new(Flexi(logger.start().map_err(|error| error.to_string())?)))
}

fn writer(setup: &Setup) -> Result<(), String> {
    let writer = FileLogWriter::builder(file(setup)).append().try_build();
    let writer = writer.map_err(|error| error.to_string())?;
    let arguments = format_args!("a line");
    let record = log::Record::builder().level(log::Level::Info).args(arguments).build();
    let done = writer.write(&mut flexi_logger::DeferredNow::new(), &record);
    writer.shutdown();
    done.map_err(|error| error.to_string())
}

impl Logger for Flexi {
    fn log(&self, text: &dyn Display) -> Result<(), String> {
        log::info!("{text}");
        Ok(())
    }

    fn set_filter(&self, filter: &str) -> Result<(), String> {
        self.0.parse_new_spec(filter).map_err(|error| error.to_string())
    }
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
