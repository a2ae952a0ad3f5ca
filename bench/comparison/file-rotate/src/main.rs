//! `file-rotate`: a writer; the lines are text, and each call tells whether it failed.

use std::{
    fmt::Display,
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    sync::{Mutex, PoisonError},
};

use comparison_peer::{Logger, Peer, Setup, serve};
use file_rotate::{
    ContentLimit, FileRotate, TimeFrequency, compression::Compression, suffix::AppendCount,
};

struct Rotating(Mutex<FileRotate<AppendCount>>);

fn rotating(setup: &Setup) -> FileRotate<AppendCount> {
    let keep = setup.keep.map_or(10_000, |keep| keep as usize);
    // `Bytes` cuts lines in two by design; this one counts whole calls.
    let limit = setup.rotate.and_then(|size| usize::try_from(size).ok());
    let limit = match limit {
        _ if setup.daily => ContentLimit::Time(TimeFrequency::Daily),
        limit => limit.map_or(ContentLimit::None, ContentLimit::BytesSurpassed),
    };
    let compression = if setup.compress { Compression::OnRotate(0) } else { Compression::None };
    let file = setup.dir.join(format!("{}.log", setup.name));
    let mut options = OpenOptions::new();
    options.read(true).create(true).append(true).mode(0o640);
    FileRotate::new(file, AppendCount::new(keep), limit, compression, Some(options))
}

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    if setup.console {
        return Err("n/a: writes files alone".to_owned());
    }
    if setup.filter.is_some() {
        return Err("n/a: has no filter".to_owned());
    }
    Ok(Box::new(Rotating(Mutex::new(rotating(setup)))))
}

fn writer(setup: &Setup) -> Result<(), String> {
    writeln!(rotating(setup), "a line").map_err(|error| error.to_string())
}

impl Logger for Rotating {
    fn log(&self, text: &dyn Display) -> Result<(), String> {
        let line = format!("{text}\n");
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).map_err(|error| error.to_string())
    }
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
