//! `docs/failures.md` names tests that are there.

use std::{collections::BTreeSet, fs, path::Path};

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names of all tests in the Rust files of a directory.
fn tests(dir: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            for (_, rest) in text.match_indices("#[test]").map(|(at, _)| text.split_at(at)) {
                // Other attributes may stand between the two.
                let name = rest.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
                names.extend(name.map(str::to_owned));
            }
        }
    }
}

/// The rows of the tables in the document: number, and the tests in the last cell.
fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<_> = line.strip_prefix("| ")?.trim_end_matches('|').split(" | ").collect();
        let number = cells.first()?.parse().ok()?;
        let named = cells.last()?.split('`').skip(1).step_by(2);
        Some((number, named.map(str::to_owned).collect()))
    });
    rows.collect()
}

#[test]
fn each_test_that_the_tables_name_is_there() {
    let text = fs::read_to_string(root().join("docs/failures.md")).expect("the document");
    let rows = rows(&text);
    let numbers: Vec<u64> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=40).chain(1..=40).collect::<Vec<_>>(), "two tables of 40 rows");
    let mut there = BTreeSet::new();
    for dir in ["runtime/src", "tests/tests", "trail"] {
        tests(&root().join(dir), &mut there);
    }
    assert!(there.len() > 500, "{}", there.len());
    for (number, named) in rows {
        let named: Vec<_> = named.iter().filter(|name| !name.contains(['/', ' '])).collect();
        assert!(!named.is_empty(), "row {number} names no test");
        for name in named {
            assert!(there.contains(name), "row {number}: there is no test `{name}`");
        }
    }
}
