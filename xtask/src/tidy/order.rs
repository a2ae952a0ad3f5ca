//! Imports inside the runtime point down, or sideways without a cycle.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::source::{split, without_tests};

/// The modules of `runtime/src`, lowest row first.
const ROWS: [&[&str]; 6] = [
    &["clock", "decimal", "fs", "health", "trap", "wait"],
    &["value", "record"],
    &["redact", "frame", "render", "config", "layout", "histogram"],
    &["sink", "ledger"],
    &["handoff", "drain", "context", "read", "timing"],
    &["hooks", "layer", "install"],
];

const FOLDER: &str = "runtime/src/";

/// One import: of which module, in which line.
type Import = (String, usize);

/// The module that a file of the runtime belongs to; `lib.rs` belongs to none and may use all.
fn module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix(FOLDER)?;
    let name = inside.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (name != "lib").then_some(name)
}

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// Modules that the code names by `crate::…`, alone or in braces; tests may look anywhere.
fn imports(text: &str) -> Vec<Import> {
    const START: &str = "crate::";
    let code = without_tests(&split(text).code);
    let mut found = Vec::new();
    for (at, _) in code.match_indices(START) {
        let (before, rest) = code.split_at(at);
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = rest.get(START.len()..).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let names = match rest.strip_prefix('{') {
            Some(list) => first_segments(list),
            None => vec![segment(rest)],
        };
        found.extend(names.into_iter().map(|name| (name, line)));
    }
    found
}

/// The first segment of each path in a list, up to the brace that closes it.
fn first_segments(list: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut names = Vec::new();
    let mut item = String::new();
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(segment(&std::mem::take(&mut item))),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    names.push(segment(&item));
    names.retain(|name| !name.is_empty());
    names
}

fn segment(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Checks all files of the runtime together.
pub(super) fn check<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Within a row: from a module to those it uses, with the place of the first use.
    let mut sideways: BTreeMap<String, BTreeMap<String, (String, usize)>> = BTreeMap::new();
    for (path, text) in files {
        let Some(own) = module(path) else { continue };
        let Some(own_row) = row(own) else {
            let text = format!("module `{own}` has no row; give it one in xtask/src/tidy/order.rs");
            findings.push(Finding::new(path, 1, text));
            continue;
        };
        if super::rust::is_test_file(path) {
            continue;
        }
        for (name, line) in imports(text).into_iter().filter(|(name, _)| name != own) {
            match row(&name) {
                None => findings.push(Finding::new(
                    path,
                    line,
                    format!("`crate::{name}` is no module of the table: name the module itself"),
                )),
                Some(other) if other > own_row => findings.push(Finding::new(
                    path,
                    line,
                    format!(
                        "`{own}` (row {own_row}) imports `{name}` (row {other}): imports point down"
                    ),
                )),
                Some(other) if other == own_row => {
                    let uses = sideways.entry(own.to_owned()).or_default();
                    uses.entry(name).or_insert_with(|| (path.to_owned(), line));
                }
                Some(_) => {}
            }
        }
    }
    findings.extend(cycles(&sideways));
    findings
}

/// An import is part of a cycle when its target leads back to where it stands.
fn cycles(uses: &BTreeMap<String, BTreeMap<String, (String, usize)>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (from, targets) in uses {
        for (to, (path, line)) in targets {
            if reaches(uses, to, from) {
                let text =
                    format!("`{from}` imports `{to}`, which leads back to `{from}`: a cycle");
                findings.push(Finding::new(path, *line, text));
            }
        }
    }
    findings
}

fn reaches(
    uses: &BTreeMap<String, BTreeMap<String, (String, usize)>>,
    from: &str,
    goal: &str,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == goal {
            return true;
        }
        if seen.insert(name) {
            open.extend(uses.get(name).into_iter().flat_map(BTreeMap::keys).map(String::as_str));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(files: &[(&str, &str)]) -> Vec<String> {
        check(files.iter().copied()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn imports_are_found_in_every_form() {
        let text = "use crate::a;\nuse crate::{b::{C, D}, e,\n f::g as h};\nfn x() { crate::i::j() }\n\
                    // use crate::k;\n/// [`crate::l`]\nconst M: &str = \"crate::n\";\n$crate::o!();\n\
                    #[cfg(test)]\nmod tests { use crate::p; }\n";
        let names: Vec<_> = imports(text);
        let expected = [("a", 1), ("b", 2), ("e", 2), ("f", 2), ("i", 4)];
        assert_eq!(names, expected.map(|(name, line)| (name.to_owned(), line)));
    }

    #[test]
    fn down_and_sideways_are_fine() {
        let files = [
            ("runtime/src/lib.rs", "pub use crate::install::init;"),
            ("runtime/src/sink/file.rs", "use crate::{clock::Clock, sink::x, ledger};"),
            ("runtime/src/ledger/mod.rs", "use crate::record::Record;"),
            ("trail/src/lib.rs", "use crate::report;"),
        ];
        assert_eq!(said(&files), [""; 0]);
    }

    #[test]
    fn up_is_named_with_its_place() {
        let files = [("runtime/src/frame/mod.rs", "//! x\nuse crate::drain::Drain;\n")];
        assert_eq!(
            said(&files),
            [
                "runtime/src/frame/mod.rs:2: `frame` (row 2) imports `drain` (row 4): imports point down"
            ]
        );
    }

    #[test]
    fn the_facade_and_unknown_modules_are_refused() {
        let found = said(&[
            ("runtime/src/clock.rs", "use crate::Context;"),
            ("runtime/src/helpers.rs", ""),
        ]);
        assert!(found[0].contains("`crate::Context` is no module"), "{found:?}");
        assert!(found[1].contains("`helpers` has no row"), "{found:?}");
    }

    #[test]
    fn a_cycle_within_a_row_is_named_at_each_step() {
        let found = said(&[
            ("runtime/src/layer/a.rs", "use crate::install;"),
            ("runtime/src/install/mod.rs", "\nuse crate::hooks;"),
            ("runtime/src/hooks.rs", "use crate::layer::x;"),
        ]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.contains(&"runtime/src/install/mod.rs:2: `install` imports `hooks`, which leads back to `install`: a cycle".to_owned()));
    }
}
