//! Rules for documents and for what is written beside code.

use super::Finding;
use super::source::{lines_with, split};

/// Documents with a limit of lines.
const LONGEST: [(&str, usize); 2] = [("ARCHITECTURE.md", 200), ("CONTRIBUTING.md", 150)];

/// Marks of unfinished work; put together here, so that this file does not hold them.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Beginnings of paths that exist on one machine only, and words that name where packages came
/// from; put together here for the same reason.
const PRIVATE: [&str; 9] = [
    concat!("/wo", "rk"),
    concat!("/ho", "me"),
    concat!("/ro", "ot"),
    concat!("/Us", "ers"),
    concat!("../sha", "red"),
    concat!("index.", "crates.io"),
    concat!("sparse+", "http"),
    concat!("replace", "-with"),
    concat!("registry+", "http"),
];

/// The one registry that a lock file may name.
const REGISTRY: &str = concat!("registry+", "https://github.com/rust-lang/crates.io-index");

/// Documents stay short enough to be read.
pub(super) fn length(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    let over = LONGEST.iter().filter(|(name, most)| *name == path && lines > *most);
    over.map(|(_, most)| Finding::new(path, most + 1, format!("{lines} lines, {most} at most")))
        .collect()
}

/// Nothing is left for later: in Rust comments, and in files of other kinds anywhere.
pub(super) fn unfinished(path: &str, text: &str) -> Vec<Finding> {
    let split = is_rust(path).then(|| split(text));
    let text = split.as_ref().map_or(text, |split| &split.comments);
    let mut findings = Vec::new();
    for mark in MARKS {
        let found = lines_with(text, mark).map(|(line, _)| line);
        findings.extend(
            found.map(|line| Finding::new(path, line, format!("`{mark}`: do it or drop it"))),
        );
    }
    findings
}

/// No path of one machine, no name of a package mirror.
pub(super) fn private(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line =
            if path.ends_with("Cargo.lock") { line.replace(REGISTRY, "") } else { line.to_owned() };
        for word in PRIVATE.into_iter().filter(|word| names_place(&line, word)) {
            let text = format!("`{word}` exists on one machine only");
            findings.push(Finding::new(path, at + 1, text));
        }
    }
    findings
}

/// True when `word` begins a path, or stands anywhere when it is none.
fn names_place(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        let part =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '}' | '>' | '~');
        !word.starts_with('/')
            || !before.is_some_and(part)
                && !after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}

/// Examples in documents are compiled and run.
pub(super) fn fences(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let line = if is_rust(path) {
            match line.strip_prefix("//!").or_else(|| line.strip_prefix("///")) {
                Some(line) => line.trim_start(),
                None => continue,
            }
        } else {
            line
        };
        let Some(info) = line.strip_prefix("```") else { continue };
        let mut words = info.split(|c: char| c == ',' || c.is_whitespace());
        if let Some(word) = words.find(|word| word.starts_with("ignore") || *word == "no_run") {
            let text = format!("an example that is not run is a comment: remove `{word}`");
            findings.push(Finding::new(path, at + 1, text));
        }
    }
    findings
}

/// Links to files of the repository lead somewhere; `exists` knows paths from its top.
pub(super) fn links(path: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for target in targets(line) {
            let file = target.split(['#', '?']).next().unwrap_or_default();
            if file.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            if !resolve(path, file).is_some_and(|file| exists(&file)) {
                findings.push(Finding::new(
                    path,
                    at + 1,
                    format!("link to `{target}`: no such file"),
                ));
            }
        }
    }
    findings
}

/// What stands in `](…)`, outside of code.
fn targets(line: &str) -> Vec<String> {
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
    let starts = prose.match_indices("](").map(|(at, mark)| at + mark.len());
    let texts =
        starts.filter_map(|at| prose.get(at..)?.split([')', ' ']).next().map(str::to_owned));
    texts.collect()
}

/// A link's file as a path from the top; none when it leads out.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn is_rust(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn long_documents_are_named() {
        assert_eq!(lines(&length("CONTRIBUTING.md", &"x\n".repeat(151))), [151]);
        assert_eq!(lines(&length("ARCHITECTURE.md", &"x\n".repeat(201))), [201]);
        assert_eq!(length("CONTRIBUTING.md", &"x\n".repeat(150)), []);
        assert_eq!(length("docs/format.md", &"x\n".repeat(900)), []);
    }

    #[test]
    fn marks_of_unfinished_work_are_named() {
        for mark in MARKS {
            assert_eq!(lines(&unfinished("a.rs", &format!("//! x\n// {mark}: later"))), [2]);
            assert_eq!(lines(&unfinished("a.toml", &format!("x = 1 # {mark}"))), [1]);
            assert_eq!(unfinished("a.rs", &format!("let x = \"{mark}\";")), []);
            assert_eq!(unfinished("a.md", &format!("{mark}S, todo")), []);
        }
    }

    #[test]
    fn places_of_one_machine_are_named() {
        for word in PRIVATE {
            let text = format!("fine\nsee \"{word}/x\"");
            assert_eq!(lines(&private("a.rs", &text)), [2], "{word}");
        }
        for fine in [
            concat!("target/wo", "rk"),
            concat!("$DIR/ho", "me/x"),
            concat!("a /ho", "mes of birds"),
            concat!("<tmp>/wo", "rk"),
        ] {
            assert_eq!(private("a.md", fine), [], "{fine}");
        }
        assert_eq!(private("Cargo.lock", &format!("source = \"{REGISTRY}\"")), []);
        assert_eq!(
            lines(&private("Cargo.lock", &REGISTRY.replace("github.com", "mirror.example"))),
            [1]
        );
    }

    #[test]
    fn examples_that_are_not_run_are_named() {
        let fence = "```";
        let doc = format!(
            "//! x\n/// {fence}ignore\n/// {fence}rust,no_run\n/// {fence}rust,ignore-wasm\n"
        );
        assert_eq!(lines(&fences("a.rs", &doc)), [2, 3, 4]);
        assert_eq!(lines(&fences("a.md", &format!("{fence}rust no_run\n{fence}"))), [1]);
        let fine = format!(
            "/// {fence}\n/// {fence}compile_fail\n/// {fence}text\nlet x = \"{fence}ignore\";"
        );
        assert_eq!(fences("a.rs", &fine), []);
    }

    #[test]
    fn links_that_lead_nowhere_are_named() {
        let exists = |path: &str| ["README.md", "docs/format.md"].contains(&path);
        let text = "[a](format.md#line) [b](../README.md) [c](https://x.example/y) [d](#here)\n\
                    [e](gone.md) and [f](../../README.md)\n```text\n[g](gone.md)\n```\n`[h](gone.md)` [i](gone.md \"title\")\n";
        assert_eq!(lines(&links("docs/a.md", text, &exists)), [2, 2, 6]);
        assert_eq!(links("a.md", "[a](docs/format.md) [b](./README.md)", &exists), []);
    }
}
