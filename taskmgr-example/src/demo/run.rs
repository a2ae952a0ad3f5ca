//! Laying out the demo's folder, starting its agents, watching them.

use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::DemoArgs;
use super::{report, samples};
use crate::Error;
use crate::cli::{GlobalArgs, logging, say};
use crate::store::{OnConflict, Options, Source, TaskManager};

/// Marks a folder as made by the demo, to be made anew by the next one.
const MARKER: &str = ".taskmgr-demo";

/// Runs the demo and tells the exit code.
pub fn run(args: &DemoArgs, global: &GlobalArgs) -> Result<u8, Error> {
    lay_out(&args.dir)?;
    let global = GlobalArgs {
        tasks_dir: args.dir.join("tasks"),
        log_dir: Some(args.dir.join("logs")),
        actor: Some("demo".to_owned()),
        no_log: false,
        ..global.clone()
    };
    let imported = {
        let _logs = logging::start(&global)?;
        import_samples(&global)?
    };
    let outcome = work(args, &global)?;
    let logs = args.dir.join("logs");
    let whole = report::print(&report::Facts {
        logs: &logs,
        files: logging::Settings::of(&global).files(),
        tasks: &global.tasks_dir,
        imported,
        agents: args.agents,
        finished: outcome.finished,
        refused: outcome.refused,
    })?;
    if outcome.finished != u64::from(args.operations) {
        say(&format!(
            "error: {} of {} operations were carried out",
            outcome.finished, args.operations
        ));
        return Ok(4);
    }
    if !whole {
        say("error: the audit log does not hold each operation once");
    }
    Ok(if outcome.failed || !whole { 4 } else { 0 })
}

/// Makes the folder, or makes an earlier demo's folder anew; touches no other.
fn lay_out(dir: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(dir).map_err(|error| Error::io("cannot make", dir, error))?;
    let marker = dir.join(MARKER);
    let mut entries = std::fs::read_dir(dir).map_err(|e| Error::io("cannot read", dir, e))?;
    if marker.exists() {
        for name in ["tasks", "logs"] {
            let old = dir.join(name);
            match std::fs::remove_dir_all(&old) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::io("cannot remove", &old, error));
                }
                _ => {}
            }
        }
    } else if entries.next().is_some() {
        return Err(Error::Usage {
            message: format!("{} is not empty and was not made by a demo", dir.display()),
            hint: Some("name another folder with --dir".to_owned()),
        });
    }
    std::fs::write(&marker, "Made by `taskmgr demo`, which makes tasks/ and logs/ anew.\n")
        .map_err(|error| Error::io("cannot write", &marker, error))
}

fn import_samples(global: &GlobalArgs) -> Result<u64, Error> {
    let manager = TaskManager::new(Options {
        tasks_dir: global.tasks_dir.clone(),
        actor: global.actor(),
        lock_timeout: std::time::Duration::from_secs(30),
        clock: jiff::Timestamp::now,
    });
    let mut imported = 0;
    for (name, text) in samples::FILES {
        let source = Source::Text { name: Path::new(name), text };
        manager.import_task(source, OnConflict::Fail)?;
        imported += 1;
    }
    Ok(imported)
}

/// What the agents did.
#[derive(Debug, Default)]
struct Outcome {
    finished: u64,
    refused: u64,
    /// An agent ended with an error.
    failed: bool,
}

/// Starts the agents and counts what they tell.
fn work(args: &DemoArgs, global: &GlobalArgs) -> Result<Outcome, Error> {
    let mut agents = Vec::new();
    let (send, receive) = mpsc::channel::<String>();
    for number in 1..=args.agents {
        let share =
            args.operations / args.agents + u32::from(number <= args.operations % args.agents);
        let (child, stdout) = start(number, share, args, global)?;
        let send = send.clone();
        let listener = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        agents.push((child, listener));
    }
    drop(send);
    let bar = progress(args);
    let mut outcome = Outcome::default();
    for line in receive {
        outcome.finished += 1;
        outcome.refused += u64::from(!line.ends_with(" done"));
        bar.inc(1);
    }
    bar.finish_and_clear();
    for (mut child, listener) in agents {
        let ended = child.wait().is_ok_and(|status| status.success());
        outcome.failed |= !ended || listener.join().is_err();
    }
    Ok(outcome)
}

/// Starts one agent: this very program, as another process.
fn start(
    number: u32,
    share: u32,
    args: &DemoArgs,
    global: &GlobalArgs,
) -> Result<(Child, ChildStdout), Error> {
    let program = std::env::current_exe()
        .map_err(|error| Error::io("cannot find", Path::new("this program"), error))?;
    let mut command = Command::new(&program);
    command.arg("--tasks-dir").arg(&global.tasks_dir).arg("--actor").arg(format!("agent-{number}"));
    command.args(["--lock-timeout", "60"]);
    if let Some(dir) = &global.log_dir {
        command.arg("--log-dir").arg(dir);
    }
    if let Some(file) = &global.log_file {
        command.arg("--log-file").arg(file);
    }
    if let Some(file) = &global.config {
        command.arg("--config").arg(file);
    }
    if let Some(profile) = global.profile {
        command.args(["--profile", profile.word()]);
    }
    command.args((0..global.verbose).map(|_| "-v"));
    command.arg("demo-agent");
    for (option, value) in [("--number", number), ("--of", args.agents), ("--operations", share)] {
        command.arg(option).arg(value.to_string());
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Error::io("cannot start", &program, error))?;
    let stdout = child.stdout.take().ok_or_else(|| {
        Error::io("cannot listen to", &program, std::io::ErrorKind::BrokenPipe.into())
    })?;
    Ok((child, stdout))
}

/// A bar where somebody is there to see it.
fn progress(args: &DemoArgs) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::from(args.operations));
    let template = format!("{} agents {{bar:40}} {{pos}}/{{len}} operations", args.agents);
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
