//! Attributes in front of functions, without a new line: what the compiler says keeps its line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::scan::{self, Found};

/// A function by its file, relative to the crate, and the line where it begins.
pub(crate) type Place = (String, usize);

/// A Rust file of a crate as it was published.
pub(crate) struct File {
    /// Relative to the crate, with `/`.
    name: String,
    path: PathBuf,
    text: String,
    functions: Vec<Found>,
}

/// Reads the Rust files under `inside`, which may itself be a file.
pub(crate) fn read(krate: &Path, inside: &str) -> Result<Vec<File>, String> {
    let mut paths = Vec::new();
    collect(&krate.join(inside), &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.strip_prefix(krate).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        // What is not text is no source of the crate.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let functions = scan::functions(&text);
        files.push(File { name, path, text, functions });
    }
    Ok(files)
}

fn collect(path: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(failed)? {
            collect(&entry.map_err(failed)?.path(), paths)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        paths.push(path.to_owned());
    }
    Ok(())
}

/// Writes the files with `attributes` in front of every function but those `without`.
/// Gives the number of functions that have them.
pub(crate) fn write(
    files: &[File],
    attributes: &str,
    without: &BTreeSet<Place>,
) -> Result<usize, String> {
    let mut count = 0;
    for file in files {
        let chosen: Vec<usize> = file
            .functions
            .iter()
            .filter(|found| !without.contains(&(file.name.clone(), found.lines.start)))
            .map(|found| found.start)
            .collect();
        count += chosen.len();
        let text = insert(&file.text, attributes, &chosen);
        // Cargo compiles again what has a new time.
        if std::fs::read_to_string(&file.path).is_ok_and(|there| there == text) {
            continue;
        }
        std::fs::write(&file.path, text)
            .map_err(|error| format!("cannot write {}: {error}", file.path.display()))?;
    }
    Ok(count)
}

/// Puts the files back.
pub(crate) fn restore(files: &[File]) -> Result<(), String> {
    write(files, "", &BTreeSet::new()).map(drop)
}

/// The innermost function around a line.
pub(crate) fn around(files: &[File], name: &str, line: usize) -> Option<Place> {
    let file = files.iter().find(|file| file.name == name)?;
    let inside = file.functions.iter().filter(|found| found.lines.contains(&line));
    let innermost = inside.max_by_key(|found| found.start)?;
    Some((file.name.clone(), innermost.lines.start))
}

fn insert(text: &str, what: &str, places: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() + what.len() * places.len());
    let mut places = places.iter().peekable();
    for (at, c) in text.chars().enumerate() {
        if places.next_if(|place| **place == at).is_some() {
            out.push_str(what);
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_go_in_front_and_lines_stay() {
        let text = "// ä\n#[inline]\npub fn a() { fn b() {} }\n";
        let starts: Vec<usize> = scan::functions(text).iter().map(|found| found.start).collect();
        let annotated = insert(text, "#[x] ", &starts);
        assert_eq!(annotated, "// ä\n#[x] #[inline]\npub fn a() { #[x] fn b() {} }\n");
    }

    #[test]
    fn a_line_belongs_to_the_innermost_function() {
        let text = "fn a() {\n    fn b() {\n    }\n}\n";
        let files = [File {
            name: "src/lib.rs".to_owned(),
            path: PathBuf::new(),
            text: text.to_owned(),
            functions: scan::functions(text),
        }];
        let start = |line| around(&files, "src/lib.rs", line).map(|(_, line)| line);
        assert_eq!([1, 2, 3, 4, 5].map(start), [Some(1), Some(2), Some(2), Some(1), None]);
        assert_eq!(around(&files, "src/main.rs", 1), None);
    }
}
