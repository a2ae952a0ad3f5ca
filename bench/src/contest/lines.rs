//! What is in a peer's files, line by line.

use std::{fs, io, path::Path};

use serde::de::IgnoredAny;

use super::Kind;
use crate::peers::{KEYS, OPERATION};

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Records that are there, whole; each counts once.
    pub(crate) records: u64,
    /// Lines that repeat a record.
    pub(crate) doubled: u64,
    /// Lines that are not JSON, or lack a field.
    pub(crate) broken: u64,
}

/// True for a file that the records of a bench go to.
pub(crate) fn is_log(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.contains("audit") && !name.ends_with(".lock")
}

/// Reads all files of a directory; `emitted` records were written, numbered from 0. A process that
/// was killed has written more than it had said; those are not counted.
pub(super) fn count(dir: &Path, kind: Kind, emitted: u64) -> io::Result<Found> {
    let keys = if kind == Kind::Fields { &KEYS[..1] } else { &KEYS[..] };
    let mut seen = vec![false; emitted as usize];
    let mut found = Found::default();
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if !path.is_file() || !is_log(&path) {
            continue;
        }
        for line in fs::read(&path)?.split(|byte| *byte == b'\n') {
            found.add(line, keys, &mut seen, kind == Kind::Kill);
        }
    }
    found.records = seen.iter().filter(|seen| **seen).count() as u64;
    Ok(found)
}

impl Found {
    fn add(&mut self, line: &[u8], keys: &[&str], seen: &mut [bool], more: bool) {
        let Ok(text) = str::from_utf8(line) else {
            self.broken += 1;
            return;
        };
        if text.is_empty() {
            return;
        }
        // ftlog puts its time in front of the object and cannot be told not to.
        let object = text.find('{').map_or(text, |at| &text[at..]);
        if serde_json::from_str::<IgnoredAny>(object).is_err() {
            self.broken += 1;
        } else if object.contains(OPERATION) {
            let whole = keys.iter().all(|key| object.contains(&format!("\"{key}\":")));
            let number = number(object).and_then(|n| usize::try_from(n).ok());
            match number.map(|n| seen.get_mut(n)) {
                Some(Some(seen)) if whole && *seen => self.doubled += 1,
                Some(Some(seen)) if whole => *seen = true,
                Some(None) if whole && more => {}
                _ => self.broken += 1,
            }
        }
    }
}

/// The number of a record, written as a number or as text.
fn number(object: &str) -> Option<u64> {
    let (_, value) = object.split_once("\"order_id\":")?;
    let value = value.trim_start_matches([' ', '"']);
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &str =
        r#""agent":"a","user":"b","shelf":1,"cents":2,"weight":3.0,"express":true,"note":"n""#;

    fn record(n: &str) -> String {
        format!("{{\"operation\":\"{OPERATION}\",\"order_id\":{n},{FIELDS}}}\n")
    }

    fn counted(text: &str) -> Found {
        counted_of(Kind::Burst, text)
    }

    fn counted_of(kind: Kind, text: &str) -> Found {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("audit.log"), text).unwrap();
        // Neither is a log of records.
        fs::write(dir.path().join("system.log"), record("2")).unwrap();
        fs::write(dir.path().join("audit.lock"), "x").unwrap();
        count(dir.path(), kind, 3).unwrap()
    }

    #[test]
    fn whole_records_count_once() {
        let text = [record("0"), record("\"1\""), record("0")].concat();
        assert_eq!(counted(&text), Found { records: 2, doubled: 1, broken: 0 });
        assert_eq!(counted(""), Found::default());
    }

    #[test]
    fn broken_lines_are_no_records() {
        let torn = record("1").trim_end().trim_end_matches('}').to_owned();
        let few = format!("{{\"operation\":\"{OPERATION}\",\"order_id\":1}}\n");
        for line in [torn, few, record("9"), record("true")] {
            let text = [record("0"), line.clone()].concat();
            assert_eq!(counted(&text), Found { records: 1, doubled: 0, broken: 1 }, "{line}");
        }
    }

    #[test]
    fn what_a_killed_process_had_not_said_is_neither_there_nor_broken() {
        let text = [record("0"), record("9")].concat();
        let found = Found { records: 1, doubled: 0, broken: 0 };
        assert_eq!(counted_of(Kind::Kill, &text), found);
    }

    #[test]
    fn a_prefix_and_lines_of_others_do_no_harm() {
        let text = format!("12:00 {}{{\"event\":\"start\"}}\n", record("2"));
        assert_eq!(counted(&text), Found { records: 1, doubled: 0, broken: 0 });
    }
}
