//! This project: ordinary `tracing` events, as the peers get them, into `system.log`.

use std::{fmt::Display, io, time::Duration};

use audit_runtime::{
    Category, Compression, ConsoleTarget, Every, FileSetting, Logs, Profile, Rule, config::Scope,
};
use comparison_peer::{Logger, Peer, Setup, serve};

struct Ours(Logs);

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    let profile = if setup.console { Profile::Container } else { Profile::Production };
    let mut builder = audit_runtime::builder("app").profile(profile);
    if !setup.console {
        builder = builder
            .dir(&setup.dir)
            .file_name(Category::System, format!("{}.log", setup.name))
            .console(ConsoleTarget::Off)
            .rotate_size(setup.rotate)
            .rotate_every(setup.daily.then_some(Every::Day))
            .keep_files(setup.keep)
            .keep_bytes(setup.keep_bytes)
            .compress(if setup.compress { Compression::Gzip } else { Compression::None })
            .file(Scope::All, FileSetting::CompressDelay(Duration::ZERO));
    }
    for other in [Category::Audit, Category::Performance, Category::Debug, Category::Error] {
        builder = builder.category(other, Rule::Off);
    }
    Ok(Box::new(Ours(builder.init())))
}

fn writer(_: &Setup) -> Result<(), String> {
    Err("n/a: is set up once in a process".to_owned())
}

impl Logger for Ours {
    fn log(&self, text: &dyn Display) -> Result<(), String> {
        tracing::info!("{text}");
        Ok(())
    }

    fn reported(&self) -> u64 {
        let health = self.0.health();
        health.lines_lost + health.lines_diverted + health.lines_shortened
    }

    fn set_filter(&self, filter: &str) -> Result<(), String> {
        self.0.set_filter(filter).map_err(|problems| format!("{problems:?}"))
    }
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
