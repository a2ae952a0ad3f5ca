//! `log4rs`: JSON lines, each written by its caller; files are renamed and compressed in the
//! background, which its README advises where files are compressed.

use std::{fmt::Display, io};

use comparison_peer::{Logger, Peer, Setup, serve};
use log4rs::{
    Config, Handle,
    append::{
        Append,
        console::ConsoleAppender,
        file::FileAppender,
        rolling_file::{
            RollingFileAppender,
            policy::compound::{
                CompoundPolicy,
                roll::fixed_window::FixedWindowRoller,
                trigger::{
                    Trigger,
                    size::SizeTrigger,
                    time::{TimeTrigger, TimeTriggerConfig, TimeTriggerInterval},
                },
            },
        },
    },
    config::{Appender, Root},
    encode::json::JsonEncoder,
};

struct Log4rs(Handle, Setup);

fn appender(setup: &Setup) -> Result<Box<dyn Append>, String> {
    let text = |error: &dyn Display| error.to_string();
    let encoder = Box::new(JsonEncoder::new());
    if setup.console {
        return Ok(Box::new(ConsoleAppender::builder().encoder(encoder).build()));
    }
    let file = setup.dir.join(format!("{}.log", setup.name));
    let trigger: Box<dyn Trigger> = match setup.rotate {
        Some(size) => Box::new(SizeTrigger::new(size)),
        None if setup.daily => Box::new(TimeTrigger::new(TimeTriggerConfig {
            interval: TimeTriggerInterval::Day(1),
            modulate: true,
            max_random_delay: 0,
        })),
        None => {
            let appender = FileAppender::builder().encoder(encoder).build(file);
            return Ok(Box::new(appender.map_err(|error| text(&error))?));
        }
    };
    let ending = if setup.compress { ".gz" } else { "" };
    let pattern = format!("{}.{{}}{ending}", file.display());
    let roller = FixedWindowRoller::builder().build(&pattern, setup.keep.unwrap_or(1000));
    let roller = roller.map_err(|error| text(&error))?;
    let policy = CompoundPolicy::new(trigger, Box::new(roller));
    let builder = RollingFileAppender::builder().encoder(encoder);
    Ok(Box::new(builder.build(file, Box::new(policy)).map_err(|error| text(&error))?))
}

fn config(setup: &Setup) -> Result<Config, String> {
    let appender = Appender::builder().build("file", appender(setup)?);
    let root = Root::builder().appender("file").build(log::LevelFilter::Info);
    Config::builder().appender(appender).build(root).map_err(|error| error.to_string())
}

fn start(setup: &Setup) -> Result<Box<dyn Logger>, String> {
    if setup.filter.as_deref() == Some("environment") {
        return Err("n/a: takes no filter from the environment".to_owned());
    }
    let handle = log4rs::init_config(config(setup)?).map_err(|error| error.to_string())?;
    Ok(Box::new(Log4rs(handle, setup.clone())))
}

fn writer(setup: &Setup) -> Result<(), String> {
    let arguments = format_args!("a line");
    let record = log::Record::builder().level(log::Level::Info).args(arguments).build();
    appender(setup)?.append(&record).map_err(|error| error.to_string())
}

impl Logger for Log4rs {
    fn log(&self, text: &dyn Display) -> Result<(), String> {
        log::info!("{text}");
        Ok(())
    }

    fn set_filter(&self, _filter: &str) -> Result<(), String> {
        self.0.set_config(config(&self.1)?);
        Ok(())
    }
}

impl Drop for Log4rs {
    fn drop(&mut self) {
        log::logger().flush();
    }
}

fn main() -> io::Result<()> {
    serve(Peer { start, writer })
}
