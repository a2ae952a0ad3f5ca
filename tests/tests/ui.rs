//! What the compiler says: every message of the attributes, and programs that must compile.

use std::{fs, path::Path};

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}

#[test]
fn every_message_has_its_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["report.rs", "derive/messages.rs", "block/messages.rs"]
        .map(|file| fs::read_to_string(root.join("../audit-macros/src").join(file)).unwrap());
    let names = files.iter().flat_map(|file| file.lines()).filter_map(|line| {
        let function = line.strip_prefix("pub(crate) fn ").or(line.strip_prefix("pub(super) fn "));
        let (name, signature) = function?.split_once('(')?;
        signature.ends_with("-> String {").then_some(name)
    });
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 50, "the list was read: {names:?}");
    for name in names {
        let case = root.join("ui/fail").join(name).with_extension("stderr");
        assert!(case.exists(), "no case for the message `{name}`");
    }
}

#[test]
fn no_resource_can_take_the_place_of_a_member() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let format = fs::read_to_string(root.join("../docs/format.md")).unwrap();
    let judge = fs::read_to_string(root.join("../audit-macros/src/words.rs")).unwrap();
    let rows = format
        .lines()
        .skip_while(|line| !line.starts_with("| `timestamp`"))
        .take_while(|line| line.starts_with('|'));
    // A row begins with its members, each in backquotes.
    let members: Vec<&str> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|names| names.split('`').skip(1).step_by(2))
        .collect();
    assert!(members.len() > 30, "the table was read: {members:?}");
    for member in members {
        assert!(judge.contains(&format!("\"{member}\"")), "`{member}` is not reserved");
    }
}
