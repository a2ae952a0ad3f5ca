//! The command line of `trail`.
//!
//! Data goes to standard output, everything else to standard error. Exit codes: 0 done, 2 wrong
//! use or nothing could be read, 3 done, but a line or a file could not be read.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use audit_runtime::Timestamp;
use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::escape::printable;
use crate::report::{FaultRow, Report};
use crate::settings::SettingsArgs;
use crate::upkeep::archive::ArchiveArgs;
use crate::upkeep::clean::CleanArgs;
use crate::upkeep::{Done, archive, clean};
use crate::window::{Window, parse_time};
use crate::{json, recover, report, settings, table};

/// Exit code: wrong use, or nothing could be read.
pub const USAGE: u8 = 2;
/// Exit code: done, but a line, a file or a setting could not be read.
pub const INCOMPLETE: u8 = 3;

/// Faults and left out files named on standard error; the JSON document lists more.
const WARNINGS: usize = 10;

const AFTER_HELP: &str = "Exit codes: 0 done; 2 wrong use, or nothing could be read; 3 done, but a \
                          line, a file or a setting could not be read.";

const CONFIG_HELP: &str = "Reads the AUDIT_LOG variables of this shell and the configuration file. \
                           What a program sets in its own code is known to that program alone. \
                           Secrets are never shown.";

#[derive(Parser)]
#[command(
    name = "trail",
    version,
    about = "Reads and keeps the log files that audit-runtime writes, and shows its settings"
)]
#[command(after_help = AFTER_HELP)]
struct Cli {
    /// Whether to use colour; `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sum up operations, durations and errors of a log directory.
    Report(ReportArgs),
    /// Show every setting that a program would have here, and where each comes from.
    Config(ConfigArgs),
    /// Show which archives are past their limits, those of the settings or of the options; with
    /// --yes, delete them.
    Clean(CleanArgs),
    /// Bring what killed processes left in their spools into the files.
    Recover(recover::RecoverArgs),
    /// Move archives to another directory, with a manifest of what they hold.
    Archive(ArchiveArgs),
}

#[derive(Args)]
#[command(after_help = CONFIG_HELP)]
struct ConfigArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// The directory of the log files, as if `AUDIT_LOG_DIR` named it.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Args)]
struct ReportArgs {
    /// The directory that holds audit.log, performance.log and their archives.
    #[arg(value_name = "DIR", env = "AUDIT_LOG_DIR", default_value = "logs")]
    dir: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Only from here on: a time (RFC 3339), a date, or how long ago (90s, 15m, 2h30m, 7d, 1w).
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only up to here, exclusive.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
}

/// Runs `trail` with the arguments and streams of the process.
pub fn main() -> ExitCode {
    ExitCode::from(run(std::env::args_os(), &mut io::stdout().lock(), &mut io::stderr().lock()))
}

/// Runs `trail` with these arguments, of which the first is the program's name, and says with
/// which code to exit.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when even this cannot be printed.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    let now = Timestamp::now();
    let done = match &cli.command {
        Command::Report(arguments) => answer(arguments, now, cli.color).map(|(text, report)| {
            warn(err, &report);
            Done { text, complaints: Vec::new(), complete: report.complete }
        }),
        Command::Clean(arguments) => clean::run(arguments, now),
        Command::Recover(arguments) => recover::run(arguments),
        Command::Archive(arguments) => archive::run(arguments, now),
        Command::Config(arguments) => config(arguments, err),
    };
    let Done { text, complaints, complete } = match done {
        Ok(done) => done,
        Err(problem) => return complain(err, &problem),
    };
    for complaint in complaints {
        say(err, &complaint);
    }
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) if complete => 0,
        Ok(()) => INCOMPLETE,
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => complain(err, &format!("cannot write to standard output: {error}")),
    }
}

/// The settings that a program would have here, and what is wrong with them.
fn config(arguments: &ConfigArgs, err: &mut dyn Write) -> Result<Done, String> {
    let loaded = arguments.settings.loaded(arguments.dir.as_ref());
    let text = match arguments.format {
        Format::Table => settings::table(&loaded),
        Format::Json => settings::json(&loaded)
            .map_err(|error| format!("cannot render settings as JSON: {error}"))?,
    };
    for problem in &loaded.problems {
        let kind = if problem.is_fault() { "trail: error: " } else { "trail: note: " };
        // The lines below stay below; each is safe to print already.
        let text = problem.caret().replace('\n', &format!("\n{:1$}", "", kind.len()));
        // Standard error may be closed; the exit code still tells.
        let _ = writeln!(err, "{kind}{text}");
    }
    Ok(Done { text, complaints: Vec::new(), complete: loaded.faults().next().is_none() })
}

fn answer(
    arguments: &ReportArgs,
    now: Timestamp,
    color: ColorChoice,
) -> Result<(String, Report), String> {
    let side = |option: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => match parse_time(text, now) {
            Ok(time) => Ok(Some(time)),
            Err(expected) => Err(format!("{option} {text:?}: {expected}")),
        },
    };
    let since = side("--since", &arguments.since)?;
    let window = Window { since, until: side("--until", &arguments.until)? };
    if let (Some(since), Some(until)) = (window.since, window.until)
        && since >= until
    {
        return Err(format!("--since {since} is not before --until {until}: nothing lies between"));
    }
    let report = report::scan(&arguments.dir, &window).map_err(|error| error.to_string())?;
    let text = match arguments.format {
        Format::Table => table::render(&report, use_color(color)),
        Format::Json => json::render(&report)
            .map_err(|error| format!("cannot render the report as JSON: {error}"))?,
    };
    Ok((text, report))
}

/// The flag wins over CLICOLOR_FORCE, that over NO_COLOR, that over what standard output is.
fn use_color(choice: ColorChoice) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            set("CLICOLOR_FORCE")
                || std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
                    && io::stdout().is_terminal()
        }
    }
}

fn warn(err: &mut dyn Write, report: &Report) {
    for file in report.skipped.iter().take(WARNINGS) {
        say(err, &format!("left out {file}: it holds no lines of a log, or is no archive of one"));
    }
    for fault in report.faults.iter().take(WARNINGS) {
        let FaultRow { file, line, offset, reason } = fault;
        say(err, &format!("{file}:{line} (byte {offset}): {reason}"));
    }
    let faults = report.malformed + report.unreadable;
    if faults > WARNINGS as u64 {
        let more = faults - WARNINGS as u64;
        say(err, &format!("… and {more} more like these; --format json lists the first hundred"));
    }
}

fn complain(err: &mut dyn Write, problem: &str) -> u8 {
    say(err, problem);
    USAGE
}

fn say(err: &mut dyn Write, text: &str) {
    // Standard error may be closed; the exit code still tells.
    let _ = writeln!(err, "trail: {}", printable(text));
}
