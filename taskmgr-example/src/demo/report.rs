//! What the demo says at its end, read from the logs themselves.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::Error;
use crate::cli::logging::FILES;
use crate::text::one_line;

/// What the demo knows without the logs.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) logs: &'a Path,
    pub(super) tasks: &'a Path,
    pub(super) imported: usize,
    pub(super) agents: u32,
    pub(super) finished: u64,
    pub(super) refused: u64,
}

/// Writes the closing report to stdout.
pub(super) fn print(facts: &Facts<'_>) -> Result<(), Error> {
    let text = text(facts);
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // A closed pipe is the reader's choice.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io("cannot write to", Path::new("stdout"), error))
        }
        _ => Ok(()),
    }
}

fn text(facts: &Facts<'_>) -> String {
    let mut lines = vec![
        format!("{} sample tasks imported into {}", facts.imported, facts.tasks.display()),
        format!(
            "{} agents carried out {} operations at once; {} were refused, as planned",
            facts.agents, facts.finished, facts.refused
        ),
        String::new(),
        format!("logs in {}:", facts.logs.display()),
    ];
    for name in FILES {
        let file = std::fs::read_to_string(facts.logs.join(name)).unwrap_or_default();
        let last = file.lines().last().map_or_else(|| "(nothing)".to_owned(), one_line);
        lines.push(format!("  {name} ({} lines)\n    {last}", file.lines().count()));
    }
    lines.push(String::new());
    lines.extend(counts(&facts.logs.join("audit.log")));
    lines.push(String::new());
    lines.push("what to try next:".to_owned());
    let (tasks, logs) = (facts.tasks.display(), facts.logs.display());
    for (command, what) in [
        (format!("taskmgr --tasks-dir {tasks} list"), "the tasks as they are now"),
        (format!("taskmgr --tasks-dir {tasks} stats"), "how many of them are where"),
        (format!("trail report {logs}"), "what was done, by whom, how fast"),
    ] {
        lines.push(format!("  {command}\n    {what}"));
    }
    lines.join("\n") + "\n"
}

/// Records by operation and by agent, and the slowest operation, from the audit log.
fn counts(audit: &Path) -> Vec<String> {
    let file = std::fs::read_to_string(audit).unwrap_or_default();
    let records: Vec<Value> =
        file.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let records: Vec<&Value> =
        records.iter().filter(|record| record["operation"].is_string()).collect();
    let mut lines = Vec::new();
    for key in ["operation", "agent"] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &records {
            *counts.entry(record[key].as_str().unwrap_or("-")).or_default() += 1;
        }
        let counts: Vec<String> =
            counts.iter().map(|(name, count)| format!("{} {count}", one_line(name))).collect();
        lines.push(format!("audit records by {key}: {}", counts.join(", ")));
    }
    let duration = |record: &Value| record["duration_ms"].as_f64().unwrap_or(0.0);
    if let Some(slowest) = records.iter().max_by(|a, b| duration(a).total_cmp(&duration(b))) {
        let field = |key: &str| one_line(slowest[key].as_str().unwrap_or("-"));
        lines.push(format!(
            "slowest operation: {} of {} by {}, {:.3} ms",
            field("operation"),
            field("task_id"),
            field("agent"),
            duration(slowest)
        ));
    }
    lines
}
