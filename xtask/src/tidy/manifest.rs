//! Rules for Cargo.toml files.

use std::collections::BTreeSet;

use super::Finding;

/// Names in the workspace's table that carry a reason: behind them, or above their block.
pub(super) fn explained(workspace: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut headed = false;
    for (_, section, line) in sections(workspace) {
        if line.is_empty() {
            headed = false;
        } else if line.starts_with('#') {
            headed = true;
        } else if section == "workspace.dependencies"
            && let Some(name) = dependency(line)
            && (headed || has_comment(line))
        {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Every dependency of a member says why it is there, in its line or in the workspace's table.
pub(super) fn reasons(path: &str, text: &str, explained: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, section, line) in sections(text) {
        let kind = section.rsplit('.').next().unwrap_or_default();
        let depends = kind.ends_with("dependencies") && section != "workspace.dependencies";
        let Some(name) = dependency(line).filter(|_| depends) else { continue };
        if !has_comment(line) && !explained.contains(name) {
            let text = format!("dependency `{name}` without a reason: add `# why` behind it");
            findings.push(Finding::new(path, number, text));
        }
    }
    findings
}

/// Number, section and trimmed text of each line.
fn sections(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let mut section = "";
    text.lines().enumerate().map(move |(at, line)| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = name;
        }
        (at + 1, section, line)
    })
}

/// The name before `=` or `.workspace`.
fn dependency(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0.trim();
    let name = name.split('.').next()?.trim();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    (!name.is_empty() && name.chars().all(fits)).then_some(name)
}

/// True when a `#` outside of quotes is followed by words.
fn has_comment(line: &str) -> bool {
    let outside = line.split('"').step_by(2);
    let mut marked = outside.filter_map(|part| part.split_once('#'));
    marked.any(|(_, words)| !words.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = "[workspace.dependencies]\n# One product.\nown = \"1\"\nown-too = \"1\"\n\nlone = \"1\"\n\
                             behind = { version = \"1\" } # why\nempty = \"1\" #\nquoted = \"#x\"\n\n[profile.dev]\nopt = 1 # x\n";

    #[test]
    fn reasons_stand_behind_or_above() {
        let names = explained(WORKSPACE);
        assert_eq!(names.iter().collect::<Vec<_>>(), ["behind", "own", "own-too"]);
    }

    #[test]
    fn dependencies_without_a_reason_are_named() {
        let text = "[package]\nname = \"x\"\n[dependencies]\nown.workspace = true\nlone.workspace = true\n\
                    lone = \"1\" # here\n[dev-dependencies]\nquoted = { workspace = true }\n\
                    [target.'cfg(unix)'.dependencies]\nnew = \"1\"\n[lints]\nworkspace = true\n";
        let findings = reasons("a/Cargo.toml", text, &explained(WORKSPACE));
        let lines: Vec<_> = findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [5, 8, 10]);
    }
}
