//! Which rule meets which file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::{Finding, manifest, order, prose, rust, tree};
use crate::run;

/// Checks every file of the repository; says each finding.
pub(crate) fn run() -> Result<(), String> {
    let paths = paths()?;
    let files = texts(&paths);
    let mut findings = check(&paths, &files);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files, nothing to say", files.len());
            Ok(())
        }
        count => Err(format!("tidy: {count} finding{}", if count == 1 { "" } else { "s" })),
    }
}

/// Files that git knows or would take.
fn paths() -> Result<BTreeSet<String>, String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = run::output(git.current_dir(run::root()))
        .map_err(|problem| format!("{problem}; tidy needs git and a working copy"))?;
    let exists = |path: &&str| run::root().join(path).is_file();
    Ok(listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .filter(exists)
        .map(str::to_owned)
        .collect())
}

/// Their text; what is not UTF-8 is data.
fn texts(paths: &BTreeSet<String>) -> BTreeMap<String, String> {
    let read = |path: &String| {
        let text = std::fs::read_to_string(run::root().join(path)).ok()?;
        Some((path.clone(), text))
    };
    paths.iter().filter_map(read).collect()
}

fn check(paths: &BTreeSet<String>, files: &BTreeMap<String, String>) -> Vec<Finding> {
    let exists = |path: &str| {
        let folder = format!("{path}/");
        path.is_empty()
            || paths.contains(path)
            || paths.iter().any(|known| known.starts_with(&folder))
    };
    let known = |path: &str| files.get(path).map(String::as_str).unwrap_or_default();
    let explained = manifest::explained(known("Cargo.toml"));
    let mut findings =
        order::check(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    findings.extend(tree::ui_pairs(paths));
    findings.extend(rust::stale_sleepers(exists));
    for (path, text) in files {
        findings.extend(prose::private(path, text));
        let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
        match extension {
            Some("rs") => {
                let rules = [
                    rust::length,
                    rust::opening,
                    rust::calls,
                    rust::ignored_tests,
                    rust::sleeps,
                    prose::fences,
                    prose::unfinished,
                ];
                findings.extend(rules.iter().flat_map(|rule| rule(path, text)));
            }
            Some("md") if is_document(text) => {
                findings.extend(prose::length(path, text));
                findings.extend(prose::fences(path, text));
                findings.extend(prose::unfinished(path, text));
                findings.extend(prose::links(path, text, &exists));
            }
            Some("toml" | "sh" | "yml" | "yaml") => findings.extend(prose::unfinished(path, text)),
            _ => {}
        }
        if path.ends_with("/Cargo.toml") {
            findings.extend(manifest::reasons(path, text, &explained));
        }
    }
    findings
}

/// Markdown with front matter is a task file: data of somebody else.
fn is_document(text: &str) -> bool {
    !text.starts_with("---\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_meets_its_files() {
        let files: BTreeMap<String, String> = [
            ("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\n"),
            ("trail/Cargo.toml", "[dependencies]\nserde.workspace = true\n"),
            ("runtime/src/clock.rs", "use crate::drain;\nfn f() { x.unwrap() }\n"),
            ("tests/ui/a.rs", "//! x\n"),
            ("docs/a.md", "[x](gone.md) \n"),
            ("samples/task.md", "---\nid: a\n---\n[x](gone.md)\n"),
        ]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into();
        let paths = files.keys().cloned().collect();
        let mut found: Vec<_> =
            check(&paths, &files).iter().map(|f| format!("{}:{}", f.path, f.line)).collect();
        found.sort();
        assert_eq!(
            found,
            [
                "docs/a.md:1",
                "runtime/src/clock.rs:1",
                "runtime/src/clock.rs:1",
                "runtime/src/clock.rs:2",
                "tests/ui/a.rs:1",
                "trail/Cargo.toml:2"
            ]
        );
    }
}
