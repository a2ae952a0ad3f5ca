//! What the command does for each crate: as published, then with each attribute.

use std::collections::BTreeSet;

use super::annotate::{self, File, Place};
use super::build::{Built, build};
use super::compare::{Row, Tests, table};
use super::fetch::{self, Copied};
use super::request::{Attribute, Krate, Request};

/// Small crates that are annotated at each change.
const AT_EACH_CHANGE: [&str; 2] = ["bytes@1.12.2", "regex-syntax@0.8.11"];

/// Beginnings of the messages with which an attribute refuses a function by design.
const REFUSALS: [&str; 2] = [
    "this returns a future that is built elsewhere",
    "a future returned here would leave no record",
];

/// How often refused functions are looked for.
const ROUNDS: usize = 4;

/// `cargo xtask inject`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    inject(&Request::read(arguments)?)
}

/// The small crates, with their unit tests.
pub(crate) fn check() -> Result<(), String> {
    run(&[&["--test", "--attribute", "both"][..], &AT_EACH_CHANGE].concat())
}

fn inject(request: &Request) -> Result<(), String> {
    let mut rows = Vec::new();
    for krate in &request.crates {
        let copied = fetch::copy(krate)?;
        eprintln!("{} {}", copied.name, copied.version);
        let found = Crate::new(request, krate, copied)?;
        for attribute in &request.attributes {
            eprintln!("  with {}", attribute.name());
            rows.push(found.with(*attribute)?);
        }
    }
    print!("{}", table(&rows));
    for line in rows.iter().flat_map(Row::differences) {
        println!("{line}");
    }
    if let Some(path) = &request.json {
        let lines: Vec<String> = rows.iter().map(|row| row.json().to_string() + "\n").collect();
        std::fs::write(path, lines.concat())
            .map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    match rows.iter().filter(|row| !row.is_neutral()).count() {
        0 => Ok(()),
        count => Err(format!("{count} of {} rows are not neutral", rows.len())),
    }
}

/// A crate as it was published, and what cargo says of it.
struct Crate {
    copied: Copied,
    files: Vec<File>,
    /// The features in words.
    features: String,
    tests: Tests,
    builds: Vec<(Vec<String>, Built)>,
}

impl Crate {
    fn new(request: &Request, krate: &Krate, copied: Copied) -> Result<Self, String> {
        let inside = match &request.integration {
            Some(name) => format!("tests/{name}.rs"),
            None => "src".to_owned(),
        };
        if !copied.dir.join(&inside).exists() {
            return Err(format!("{} {} has no {inside}", copied.name, copied.version));
        }
        let section =
            if request.integration.is_some() { "dev-dependencies" } else { "dependencies" };
        fetch::depend(&copied, section)?;
        let files = annotate::read(&copied.dir, &inside)?;
        let mut found = Self {
            copied,
            files,
            features: String::new(),
            tests: Tests::NotRun,
            builds: Vec::new(),
        };
        match &request.integration {
            Some(name) => found.integration(krate, name)?,
            None => found.library(krate, request.test)?,
        }
        Ok(found)
    }

    /// The library with each set of features that compiles, and its tests with the widest.
    fn library(&mut self, krate: &Krate, test: bool) -> Result<(), String> {
        let mut widest = None;
        for (name, flags) in choices(krate) {
            let arguments = words(&["check", "--lib"], &flags);
            let built = build(&self.copied, &arguments)?;
            if built.success {
                self.builds.push((arguments, built));
                widest = widest.or(Some((name, flags)));
            }
        }
        let Some((name, flags)) = widest else {
            return Err(self.fails_alone(&build(&self.copied, &words(&["check", "--lib"], &[]))?));
        };
        self.features = name;
        if test {
            let arguments = words(&["test", "--lib"], &flags);
            let built = build(&self.copied, &arguments)?;
            self.tests = if !built.tests.is_empty() {
                Tests::Run
            } else if built.success {
                Tests::None
            } else {
                Tests::NotBuilt
            };
            if self.tests != Tests::NotBuilt {
                self.builds.push((arguments, built));
            }
        }
        Ok(())
    }

    fn integration(&mut self, krate: &Krate, name: &str) -> Result<(), String> {
        for (features, flags) in choices(krate) {
            let arguments = words(&["test", "--test", name], &flags);
            let built = build(&self.copied, &arguments)?;
            if built.success {
                self.features = features;
                self.tests = Tests::Run;
                self.builds.push((arguments, built));
                return Ok(());
            }
        }
        Err(self.fails_alone(&build(&self.copied, &words(&["test", "--test", name], &[]))?))
    }

    fn fails_alone(&self, built: &Built) -> String {
        let errors: Vec<String> = built.errors.iter().map(ToString::to_string).collect();
        let Copied { name, version, .. } = &self.copied;
        format!("{name} {version} fails without us: {}\n{}", errors.join("\n"), built.said)
    }

    fn with(&self, attribute: Attribute) -> Result<Row, String> {
        let mut refused = BTreeSet::new();
        for _ in 0..ROUNDS {
            annotate::write(&self.files, attribute.written(), &refused)?;
            let known = refused.len();
            for (arguments, _) in &self.builds {
                // Cheaper than a test, and enough to see what is refused.
                refused.extend(self.refused(&build(&self.copied, &untested(arguments))?));
            }
            if refused.len() == known {
                break;
            }
        }
        let mut row = Row {
            name: self.copied.name.clone(),
            version: self.copied.version.clone(),
            features: self.features.clone(),
            no_std: self.copied.no_std,
            attribute: attribute.name(),
            functions: annotate::write(&self.files, attribute.written(), &refused)?,
            refused: refused.len(),
            errors: Vec::new(),
            appeared: Vec::new(),
            disappeared: Vec::new(),
            tests: self.tests,
            passed: (0, 0),
            changed: Vec::new(),
        };
        for (arguments, before) in &self.builds {
            let after = build(&self.copied, arguments)?;
            if after.errors.is_empty() && !after.success && before.success && after.tests.is_empty()
            {
                return Err(format!("cargo {} fails: {}", arguments.join(" "), after.said));
            }
            row.add(before, &after);
        }
        annotate::restore(&self.files)?;
        Ok(row)
    }

    fn refused(&self, built: &Built) -> Vec<Place> {
        let refusals = built
            .errors
            .iter()
            .filter(|error| REFUSALS.iter().any(|start| error.text.starts_with(start)));
        refusals
            .filter_map(|error| annotate::around(&self.files, &error.file, error.line))
            .collect()
    }
}

/// Names and flags of the sets of features to be tried, widest first.
fn choices(krate: &Krate) -> Vec<(String, Vec<String>)> {
    let default = ("default".to_owned(), Vec::new());
    match &krate.features {
        Some(list) if list.is_empty() => vec![default],
        Some(list) => vec![(list.clone(), words(&["--features", list], &[])), default],
        None => vec![("all".to_owned(), words(&["--all-features"], &[])), default],
    }
}

fn words(words: &[&str], more: &[String]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).chain(more.iter().cloned()).collect()
}

/// The arguments that compile the same and run nothing.
fn untested(arguments: &[String]) -> Vec<String> {
    let mut arguments = arguments.to_vec();
    if arguments.first().is_some_and(|word| word == "test") {
        arguments.push("--no-run".to_owned());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_set_of_features_is_tried_first() {
        let names = |word: &str| -> Vec<String> {
            let krate = Krate::read(word).unwrap();
            choices(&krate).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names("a"), ["all", "default"]);
        assert_eq!(names("a:x,y"), ["x,y", "default"]);
        assert_eq!(names("a:"), ["default"]);
    }

    #[test]
    fn the_crates_of_each_change_have_a_version() {
        for word in AT_EACH_CHANGE {
            assert!(Krate::read(word).unwrap().version.is_some(), "{word}");
        }
    }

    #[test]
    fn the_table_has_the_crates_of_each_change() {
        let table = include_str!("../../../docs/neutrality.md");
        for word in AT_EACH_CHANGE {
            let version = word.replace('@', " ");
            let row = format!("| {version} | all | both |");
            assert!(table.contains(&row), "no row begins with {row}");
        }
    }
}
