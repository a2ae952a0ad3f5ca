//! The way from `words` to the exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use super::args::{Args, Command};
use super::output::{Output, report};
use super::{answer, commands, input, logging};
use crate::store::{Options, TaskManager};
use crate::{Error, demo};

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let as_json = words.iter().any(|argument| argument == "--json");
    let args = match Args::try_parse_from(&words) {
        Ok(args) => args,
        Err(error) => return ExitCode::from(refuse(&error, as_json)),
    };
    let as_json = as_json || args.global.format == Some(super::Format::Json);
    let exit = run(args).map_or_else(
        |error| {
            report(&error, as_json);
            error.exit_code()
        },
        |output| output.send(as_json),
    );
    ExitCode::from(exit)
}

/// What clap has to say: help to stdout, wrong use to stderr.
fn refuse(error: &clap::Error, as_json: bool) -> u8 {
    let wrong = error.use_stderr();
    if wrong && as_json && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message).to_owned();
        report(&Error::Usage { message, hint: None }, true);
    } else {
        // A closed pipe is the reader's choice.
        let _ = error.print();
    }
    if wrong { 2 } else { 0 }
}

fn run(args: Args) -> Result<Output, Error> {
    let global = args.global;
    match args.command {
        Command::Logs { .. } => return answer::log_paths(&global),
        Command::Demo(options) => return demo::run(&options, &global).map(exit_only),
        _ => {}
    }
    let manager = TaskManager::new(Options {
        tasks_dir: global.tasks_dir.clone(),
        actor: global.actor(),
        lock_timeout: input::lock_timeout(&global.lock_timeout)?,
        clock: jiff::Timestamp::now,
    });
    let request = commands::Request::read(args.command, &global)?;
    let _logs = request.is_operation().then(|| logging::start(&global)).transpose()?;
    request.run(&manager)
}

fn exit_only(exit: u8) -> Output {
    Output { exit, ..Output::default() }
}
