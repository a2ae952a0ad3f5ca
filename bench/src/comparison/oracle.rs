//! Which lines are there: every file that a scene left is read and its lines are counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use comparison_peer::text;
use flate2::read::MultiGzDecoder;

/// Who wrote it, and its number.
pub(super) type Id = (String, u64);

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How often each line was found whole; those on the standard error count at most once, as
    /// an error report may repeat them.
    pub(super) whole: BTreeMap<Id, u64>,
    /// Lines that are broken, or hold more than one.
    pub(super) torn: u64,
    /// Lines that are whole but for the end of their message.
    pub(super) shortened: BTreeSet<Id>,
    /// How many of them say how much is missing.
    pub(super) marked: u64,
    /// Bytes that are zero: a file with a hole.
    pub(super) zeros: u64,
    /// Archives that cannot be decompressed.
    pub(super) damaged: u64,
}

/// Reads all files below `places`, and those that are files themselves, each once.
pub(super) fn search(places: &[PathBuf], sizes: &BTreeMap<String, usize>) -> Found {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for file in places.iter().flat_map(|place| files(place)) {
        let Ok(data) = fs::metadata(&file) else { continue };
        // What is on its way to an archive is none: its lines are in the original as well, or lost.
        if !is_temporary(&file)
            && seen.insert((data.dev(), data.ino()))
            && let Ok(bytes) = read(&file, &mut found)
        {
            count(&bytes, sizes, &mut found);
        }
    }
    found
}

fn is_temporary(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "tmp")
}

/// The plain files below a path, links not followed.
pub(super) fn files(place: &Path) -> Vec<PathBuf> {
    match fs::symlink_metadata(place) {
        Ok(data) if data.is_file() => vec![place.to_owned()],
        Ok(data) if data.is_dir() => {
            let entries = fs::read_dir(place).into_iter().flatten().flatten();
            entries.flat_map(|entry| files(&entry.path())).collect()
        }
        _ => Vec::new(),
    }
}

fn read(file: &Path, found: &mut Found) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut stored = File::open(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if !name.contains(".gz") {
        stored.read_to_end(&mut bytes)?;
    } else if MultiGzDecoder::new(stored).read_to_end(&mut bytes).is_err() {
        found.damaged += 1;
    }
    Ok(bytes)
}

/// Takes what stands on the standard error: a line that a program says there is not lost. Tells
/// whether anything else was said.
pub(super) fn streams(text: &str, sizes: &BTreeMap<String, usize>, found: &mut Found) -> bool {
    let mut said = Found::default();
    let mut told = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let known = (said.torn, said.whole.len());
        count(line.as_bytes(), sizes, &mut said);
        told |= said.torn > known.0 || said.whole.len() == known.1;
    }
    for id in said.whole.into_keys() {
        found.whole.entry(id).or_insert(1);
    }
    told
}

fn count(bytes: &[u8], sizes: &BTreeMap<String, usize>, found: &mut Found) {
    found.zeros += bytes.iter().filter(|byte| **byte == 0).count() as u64;
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(line);
        let marks: Vec<_> = line.match_indices('#').map(|(at, _)| at).collect();
        let Some(first) = marks.first() else { continue };
        let json =
            line.starts_with('{') && serde_json::from_str::<serde_json::Value>(&line).is_ok();
        let ids: Vec<Option<Id>> =
            marks.iter().map(|at| whole(line.get(*at..).unwrap_or_default(), sizes)).collect();
        if json && let ([at], [None]) = (&marks[..], &ids[..]) {
            found.marked += u64::from(line.contains("bytes more]"));
            found.shortened.extend(id(line.get(*at..).unwrap_or_default()));
            continue;
        }
        let framed = json || *first == 0 && line.ends_with('$');
        found.torn += u64::from(!framed || ids.len() > 1 || ids.contains(&None));
        for id in ids.into_iter().flatten() {
            *found.whole.entry(id).or_default() += 1;
        }
    }
}

/// Whose message stands at the beginning of `text`, when all of it does.
fn whole(stands: &str, sizes: &BTreeMap<String, usize>) -> Option<Id> {
    let (writer, number) = id(stands)?;
    let expected = text(&writer, number, *sizes.get(&writer)?);
    stands.starts_with(&expected).then_some((writer, number))
}

/// What a message says it is.
fn id(stands: &str) -> Option<Id> {
    let (head, _) = stands.strip_prefix('#')?.split_once(':')?;
    let (writer, number) = head.rsplit_once('-')?;
    Some((writer.to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(bytes: &str) -> Found {
        let mut found = Found::default();
        count(bytes.as_bytes(), &[("a".to_owned(), 20)].into(), &mut found);
        found
    }

    #[test]
    fn whole_torn_and_doubled_lines_are_told_apart() {
        let (one, two) = (text("a", 1, 20), text("a", 2, 20));
        let found = counted(&format!("{one}\n{{\"m\":\"{two}\"}}\n{one}\nof others\n"));
        assert_eq!(found.whole.into_values().collect::<Vec<_>>(), [2, 1]);
        assert_eq!((found.torn, found.zeros), (0, 0));

        let half = &one[..20];
        assert_eq!(counted(&format!("{half}\n{two}\n")).torn, 1);
        let merged = counted(&format!("{half}{two}\n"));
        assert_eq!((merged.torn, merged.whole.len()), (1, 1));
        assert_eq!(counted(&format!("{{\"m\":\"{half}{{\"m\":\"{two}\"}}\n")).torn, 1);
        assert_eq!(counted(&format!("\0\0\0{one}\n")).torn, 1);
        assert_eq!(counted("\0\0\0").zeros, 3);
        let shortened = counted(&format!("{{\"m\":\"{half}…\"}}\n"));
        assert_eq!((shortened.torn, shortened.shortened.len(), shortened.whole.len()), (0, 1, 0));
    }

    #[test]
    fn an_error_report_keeps_a_line_and_is_told() {
        let sizes = [("a".to_owned(), 20)].into();
        let line = text("a", 1, 20);
        for (said, told) in [(format!("{line}\n"), false), (format!("cannot write {line}"), true)] {
            let mut found = Found::default();
            assert_eq!(streams(&said, &sizes, &mut found), told, "{said}");
            assert_eq!((found.whole.len(), found.torn), (1, 0));
        }
        assert!(streams("no room", &sizes, &mut Found::default()));
    }

    #[test]
    fn a_half_archive_counts_under_its_final_name_only() {
        let temp = tempfile::tempdir().unwrap();
        for (name, damaged) in [("app.log.1.gz.tmp", 0), ("app.log.1.gz", 1)] {
            fs::write(temp.path().join(name), [0x1f, 0x8b, 8]).unwrap();
            let found = search(&[temp.path().to_owned()], &BTreeMap::new());
            assert_eq!(found.damaged, damaged, "{name}");
        }
    }
}
