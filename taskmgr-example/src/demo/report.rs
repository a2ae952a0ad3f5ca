//! What the demo says at its end, read from the logs themselves.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use audit_trail::report::{Group, Report, scan};
use audit_trail::window::Window;

use crate::Error;
use crate::text::one_line;

/// What the demo knows without the logs.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) logs: &'a Path,
    pub(super) files: Vec<PathBuf>,
    pub(super) tasks: &'a Path,
    pub(super) imported: u64,
    pub(super) agents: u32,
    pub(super) finished: u64,
    pub(super) refused: u64,
}

/// Writes the closing report to stdout, and tells whether the audit log holds each operation once.
pub(super) fn print(facts: &Facts<'_>) -> Result<bool, Error> {
    let report = scan(facts.logs, &Window::ALL).map_err(|error| {
        let error = std::io::Error::other(error.to_string());
        Error::io("cannot read the logs in", facts.logs, error)
    })?;
    let text = text(facts, &report);
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // A closed pipe is the reader's choice.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io("cannot write to", Path::new("stdout"), error))
        }
        _ => Ok(report.operations.total == facts.imported + facts.finished),
    }
}

fn text(facts: &Facts<'_>, report: &Report) -> String {
    let mut lines = vec![
        format!("{} sample tasks imported into {}", facts.imported, facts.tasks.display()),
        format!(
            "{} agents carried out {} operations at once; {} were refused, as planned",
            facts.agents, facts.finished, facts.refused
        ),
        String::new(),
        format!("logs in {}:", facts.logs.display()),
    ];
    for path in &facts.files {
        let name = path.file_name().unwrap_or_default().display();
        let file = std::fs::read_to_string(path).unwrap_or_default();
        let last = file.lines().last().map_or_else(|| "(nothing)".to_owned(), one_line);
        lines.push(format!("  {name} ({} lines)\n    {last}", file.lines().count()));
    }
    let operations = &report.operations;
    lines.push(String::new());
    lines.push(format!(
        "audit records: {} of {} operations",
        operations.total,
        facts.imported + facts.finished
    ));
    lines.push(format!("  by operation: {}", counts(&operations.by_operation)));
    lines.push(format!("  by agent: {}", counts(&operations.by_agent)));
    let slowest = operations
        .by_operation
        .iter()
        .filter_map(|group| Some((group.duration_ms?.max.0, name(group))))
        .max();
    if let Some((micros, name)) = slowest {
        lines.push(format!("slowest operation: {name}, {}.{:03} ms", micros / 1000, micros % 1000));
    }
    lines.push(String::new());
    lines.push("what to try next:".to_owned());
    let (tasks, logs) = (facts.tasks.display(), facts.logs.display());
    let (taskmgr, trail) = commands();
    for (command, what) in [
        (format!("{taskmgr} --tasks-dir {tasks} list"), "the tasks as they are now"),
        (format!("{taskmgr} --tasks-dir {tasks} stats"), "how many of them are where"),
        (format!("{trail} report {logs}"), "what was done, by whom, how fast"),
    ] {
        lines.push(format!("  {command}\n    {what}"));
    }
    lines.join("\n") + "\n"
}

/// How this program was called, and how `trail` can be: beside it, or from the repository.
fn commands() -> (String, String) {
    let own = std::env::args_os().next().map_or_else(|| "taskmgr".into(), PathBuf::from);
    let trail = own.with_file_name("trail");
    let trail = if trail.is_file() {
        trail.display().to_string()
    } else {
        "cargo run --release -p audit-trail --".to_owned()
    };
    (own.display().to_string(), trail)
}

fn counts(groups: &[Group]) -> String {
    let counts: Vec<String> =
        groups.iter().map(|group| format!("{} {}", name(group), group.count)).collect();
    counts.join(", ")
}

fn name(group: &Group) -> String {
    one_line(group.name.as_deref().unwrap_or("-"))
}
