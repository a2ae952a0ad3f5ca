//! The demo runs, and its logs say what it did: no operation lost, none doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::scratch::Scratch;
use crate::run::{cargo, output};

/// Members of every line, in their order.
const MEMBERS: [&str; 6] = ["timestamp", "level", "category", "component", "event", "message"];
const CATEGORIES: [&str; 5] = ["audit", "debug", "error", "performance", "system"];
/// Agents of the demo are called so; the importer is not.
const AGENT: &str = "agent-";

/// Runs the demo as the README says and checks the files it leaves.
pub(crate) fn run() -> Result<(), String> {
    let scratch = Scratch::new("demo")?;
    let dir = scratch.path().join("demo");
    let mut command = cargo(&["run", "--release", "--package", "taskmgr", "--", "demo", "--dir"]);
    let said = output(command.arg(&dir))?;
    print!("{said}");
    let promised = Promised::read(&said)?;
    let files = logs(&dir.join("logs"))?;
    let found = examine(&files)?;
    promised.check(&found)?;
    println!("demo: {} lines in {} files, {found:?}", found.lines, files.len());
    Ok(())
}

/// What the demo says it did.
#[derive(Debug, PartialEq, Eq)]
struct Promised {
    imported: u64,
    operations: u64,
}

/// What its logs say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    lines: u64,
    by_agents: u64,
    by_others: u64,
}

impl Promised {
    fn read(said: &str) -> Result<Self, String> {
        let number = |words| {
            number_before(said, words)
                .ok_or_else(|| format!("the demo does not say how many {words}"))
        };
        Ok(Self { imported: number("sample tasks imported")?, operations: number("operations")? })
    }

    fn check(&self, found: &Found) -> Result<(), String> {
        let differ = |what: &str, said: u64, logged: u64| {
            Err(format!("the demo carried out {said} {what}, its audit log has {logged}"))
        };
        if self.operations != found.by_agents {
            return differ("operations", self.operations, found.by_agents);
        }
        if self.imported != found.by_others {
            return differ("imports", self.imported, found.by_others);
        }
        if found.by_agents == 0 { Err("the demo did nothing".to_owned()) } else { Ok(()) }
    }
}

/// The number in front of the first `words` that have one.
fn number_before(text: &str, words: &str) -> Option<u64> {
    text.match_indices(words).find_map(|(at, _)| {
        text.get(..at)?.split_whitespace().next_back().and_then(|word| word.parse().ok())
    })
}

/// Texts of the log files of a directory, by name.
fn logs(dir: &Path) -> Result<BTreeMap<String, String>, String> {
    let failed =
        |error: std::io::Error| format!("cannot read the demo's logs {}: {error}", dir.display());
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(".log") && name.strip_suffix(".lock").is_none() {
            files.insert(name, std::fs::read_to_string(entry.path()).map_err(failed)?);
        }
    }
    Ok(files)
}

/// Every line is whole and says what each line must; every category has its file.
fn examine(files: &BTreeMap<String, String>) -> Result<Found, String> {
    let mut found = Found::default();
    let mut categories = BTreeSet::new();
    for (name, text) in files {
        if !text.is_empty() && !text.ends_with('\n') {
            return Err(format!("{name}: the last line is torn"));
        }
        for (at, line) in text.lines().enumerate() {
            let place = format!("{name}:{}", at + 1);
            let value: Value = serde_json::from_str(line)
                .map_err(|error| format!("{place}: not JSON: {error}"))?;
            for member in MEMBERS {
                if value[member].as_str().is_none_or(str::is_empty) {
                    return Err(format!("{place}: no `{member}`: {line}"));
                }
            }
            found.lines += 1;
            let category = value["category"].as_str().unwrap_or_default();
            categories.insert(category.to_owned());
            let ended = value["phase"].as_str() != Some("intent");
            if category == "audit" && value["event"] == "operation" && ended {
                let agent = value["agent"].as_str().unwrap_or_default();
                let count = if agent.starts_with(AGENT) {
                    &mut found.by_agents
                } else {
                    &mut found.by_others
                };
                *count += 1;
            }
        }
    }
    let missing: Vec<_> =
        CATEGORIES.into_iter().filter(|category| !categories.contains(*category)).collect();
    if files.len() != CATEGORIES.len() || !missing.is_empty() {
        let names: Vec<_> = files.keys().collect();
        return Err(format!(
            "five files, one of each category: found {names:?}, without {missing:?}"
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "12 sample tasks imported into demo/tasks\n4 agents carried out 2 operations at once; 1 were refused\n";

    fn line(category: &str, event: &str, agent: &str) -> String {
        format!(
            "{{\"timestamp\":\"t\",\"level\":\"INFO\",\"category\":\"{category}\",\"component\":\"c\",\"event\":\"{event}\",\"message\":\"m\",\"agent\":\"{agent}\"}}\n"
        )
    }

    fn files() -> BTreeMap<String, String> {
        let file = |category: &str| (format!("{category}.log"), line(category, "e", "x"));
        let mut files: BTreeMap<_, _> = CATEGORIES.into_iter().map(file).collect();
        let audit = [
            line("audit", "operation", "agent-1"),
            line("audit", "operation", "agent-2"),
            line("audit", "operation", "demo"),
            line("audit", "operation", "agent-1")
                .replace("\"agent\"", "\"phase\":\"intent\",\"agent\""),
            line("audit", "logging_started", "agent-1"),
        ];
        files.insert("audit.log".to_owned(), audit.concat());
        files
    }

    #[test]
    fn what_the_demo_says_is_compared_with_its_log() {
        let promised = Promised::read(SAID).unwrap();
        assert_eq!(promised, Promised { imported: 12, operations: 2 });
        let found = examine(&files()).unwrap();
        assert_eq!(found, Found { lines: 9, by_agents: 2, by_others: 1 });
        assert!(promised.check(&found).unwrap_err().contains("12 imports"));
        assert_eq!(Promised { imported: 1, ..promised }.check(&found), Ok(()));
        let lost = Promised { imported: 1, operations: 3 };
        assert!(lost.check(&found).unwrap_err().contains("3 operations"));
        assert!(Promised { imported: 0, operations: 0 }.check(&Found::default()).is_err());
        assert!(Promised::read("done\n").is_err());
    }

    #[test]
    fn damaged_or_missing_files_are_named() {
        let spoil = |spoil: &dyn Fn(&mut BTreeMap<String, String>)| {
            let mut files = files();
            spoil(&mut files);
            examine(&files).unwrap_err()
        };
        let append = |text: &'static str| {
            spoil(&move |files| files.get_mut("error.log").unwrap().push_str(text))
        };
        assert!(append("{\"a\"\n").starts_with("error.log:2: not JSON"));
        assert!(append("{}").contains("torn"));
        assert!(append("{}\n").contains("error.log:2: no `timestamp`"));
        let gone = spoil(&|files| drop(files.remove("debug.log")));
        assert!(gone.contains("without [\"debug\"]"), "{gone}");
        let more = spoil(&|files| drop(files.insert("new.log".to_owned(), String::new())));
        assert!(more.contains("five files"), "{more}");
    }
}
