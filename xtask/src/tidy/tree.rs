//! Rules for which files there are.

use std::collections::BTreeSet;

use super::Finding;

/// Every rejected program has the compiler's message beside it, and the other way round. Programs
/// in a folder `pass` compile; they have none.
pub(super) fn ui_pairs(paths: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in paths.iter().filter(|path| is_ui(path)) {
        let partner = |from, to| path.strip_suffix(from).map(|stem: &str| format!("{stem}{to}"));
        if let Some(message) = partner(".rs", ".stderr").filter(|file| !paths.contains(file)) {
            let text =
                format!("`{message}` is missing: run `cargo xtask bless` and read what it says");
            findings.push(Finding::new(path, 1, text));
        }
        if let Some(program) = partner(".stderr", ".rs").filter(|file| !paths.contains(file)) {
            findings.push(Finding::new(
                path,
                1,
                format!("`{program}` is gone: remove its message"),
            ));
        }
    }
    findings
}

fn is_ui(path: &str) -> bool {
    let folders: Vec<&str> = path.split('/').collect();
    path.starts_with("tests/") && folders.contains(&"ui") && !folders.contains(&"pass")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_programs_and_messages_are_named() {
        let paths = [
            "tests/tests/ui.rs",
            "tests/ui/a.rs",
            "tests/ui/a.stderr",
            "tests/ui/deep/b.rs",
            "tests/ui/c.stderr",
            "tests/ui/pass/d.rs",
            "trail/ui/e.rs",
        ];
        let findings = ui_pairs(&paths.iter().map(|path| (*path).to_owned()).collect());
        let found: Vec<_> = findings.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(found, ["tests/ui/c.stderr", "tests/ui/deep/b.rs"]);
    }
}
