//! Before and after, side by side.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::build::{Built, Message};

/// What one attribute did to one crate.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) features: String,
    pub(crate) no_std: bool,
    pub(crate) attribute: &'static str,
    /// How many have the attribute.
    pub(crate) functions: usize,
    /// How many the attribute refuses, with a message that says why.
    pub(crate) refused: usize,
    pub(crate) errors: Vec<Message>,
    pub(crate) appeared: Vec<Message>,
    pub(crate) disappeared: Vec<Message>,
    pub(crate) tests: Tests,
    /// Tests that passed before and after, where they were run.
    pub(crate) passed: (usize, usize),
    /// Tests that ended otherwise than before.
    pub(crate) changed: Vec<String>,
}

/// What became of a crate's tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tests {
    Run,
    /// Nobody asked for them.
    NotRun,
    /// The crate has none there.
    None,
    /// They lack something that is not published.
    NotBuilt,
}

impl Row {
    /// Whether nobody notices the attribute.
    pub(crate) fn is_neutral(&self) -> bool {
        self.errors.is_empty()
            && self.appeared.is_empty()
            && self.disappeared.is_empty()
            && self.changed.is_empty()
    }

    /// Adds what differs between two builds.
    pub(crate) fn add(&mut self, before: &Built, after: &Built) {
        self.errors.extend(after.errors.iter().cloned());
        self.appeared.extend(more(&after.warnings, &before.warnings));
        self.disappeared.extend(more(&before.warnings, &after.warnings));
        let names = before.tests.keys().chain(after.tests.keys());
        let word = |built: &Built, name: &String| {
            built.tests.get(name).map_or("not run", String::as_str).to_owned()
        };
        for name in names {
            let (was, is) = (word(before, name), word(after, name));
            let line = format!("{name}: {was}, now {is}");
            if was != is && !self.changed.contains(&line) {
                self.changed.push(line);
            }
        }
        if !before.tests.is_empty() {
            self.passed = (passed(before), passed(after));
        }
    }

    fn cells(&self) -> [String; 8] {
        let tests = match self.tests {
            Tests::Run => format!("{} / {}", self.passed.0, self.passed.1),
            Tests::NotRun => "not run".to_owned(),
            Tests::None => "it has none".to_owned(),
            Tests::NotBuilt => "do not build as published".to_owned(),
        };
        let compiles = match self.errors.len() {
            0 => "yes".to_owned(),
            count => format!("{count} errors"),
        };
        [
            format!("{} {}", self.name, self.version),
            self.features.clone(),
            self.attribute.to_owned(),
            self.functions.to_string(),
            self.refused.to_string(),
            compiles,
            format!("+{} −{}", self.appeared.len(), self.disappeared.len()),
            tests,
        ]
    }

    /// The row as data.
    pub(crate) fn json(&self) -> Value {
        json!({
            "crate": self.name,
            "version": self.version,
            "features": self.features,
            "no_std": self.no_std,
            "attribute": self.attribute,
            "functions": self.functions,
            "refused": self.refused,
            "errors": self.errors.iter().map(Message::to_string).collect::<Vec<_>>(),
            "warnings_appeared": self.appeared.iter().map(Message::to_string).collect::<Vec<_>>(),
            "warnings_disappeared": self.disappeared.iter().map(Message::to_string).collect::<Vec<_>>(),
            "tests": format!("{:?}", self.tests),
            "tests_before": self.passed.0,
            "tests_after": self.passed.1,
            "tests_changed": self.changed,
        })
    }

    /// What differs, a line each.
    pub(crate) fn differences(&self) -> Vec<String> {
        let of = |what: &str, messages: &[Message]| {
            messages.iter().map(|message| format!("{what} {message}")).collect::<Vec<_>>()
        };
        let mut lines = of("error", &self.errors);
        lines.extend(of("new warning", &self.appeared));
        lines.extend(of("lost warning", &self.disappeared));
        lines.extend(self.changed.iter().map(|line| format!("test {line}")));
        let front = format!("{} {}: ", self.name, self.attribute);
        lines.into_iter().map(|line| format!("{front}{line}")).collect()
    }
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {} {}", self.file, self.line, self.code, self.text)
    }
}

fn passed(built: &Built) -> usize {
    built.tests.values().filter(|word| *word == "ok").count()
}

/// What occurs more often in `these` than in `others`.
fn more(
    these: &BTreeMap<Message, usize>,
    others: &BTreeMap<Message, usize>,
) -> impl Iterator<Item = Message> {
    let more = |(message, count): (&Message, &usize)| {
        (*count > others.get(message).copied().unwrap_or(0)).then(|| message.clone())
    };
    these.iter().filter_map(more)
}

/// The rows as a table of a document.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = "\
| crate | features | attribute | functions | refused | compiles | warnings | unit tests passed, before / after |
| --- | --- | --- | ---: | ---: | --- | --- | --- |
"
    .to_owned();
    for row in rows {
        text.push_str("| ");
        text.push_str(&row.cells().join(" | "));
        text.push_str(" |\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(warnings: &[(&str, usize)], tests: &[(&str, &str)]) -> Built {
        let message = |text: &str| Message {
            file: "f".to_owned(),
            line: 1,
            code: String::new(),
            text: text.to_owned(),
        };
        Built {
            warnings: warnings.iter().map(|(text, count)| (message(text), *count)).collect(),
            tests: tests.iter().map(|(n, w)| ((*n).to_owned(), (*w).to_owned())).collect(),
            ..Built::default()
        }
    }

    fn row(before: &Built, after: &Built) -> Row {
        let mut row = Row {
            name: "a".to_owned(),
            version: "1.0.0".to_owned(),
            features: "all".to_owned(),
            no_std: false,
            attribute: "timed",
            functions: 3,
            refused: 0,
            errors: Vec::new(),
            appeared: Vec::new(),
            disappeared: Vec::new(),
            tests: Tests::Run,
            passed: (0, 0),
            changed: Vec::new(),
        };
        row.add(before, after);
        row
    }

    #[test]
    fn what_stays_is_neutral() {
        let same = built(&[("w", 2)], &[("t", "ok"), ("u", "FAILED")]);
        let row = row(&same, &same);
        assert!(row.is_neutral() && row.differences().is_empty());
        let expected = "| a 1.0.0 | all | timed | 3 | 0 | yes | +0 −0 | 1 / 1 |\n";
        assert!(table(&[row]).ends_with(expected));
    }

    #[test]
    fn each_difference_is_told() {
        let before = built(&[("gone", 1), ("often", 1)], &[("t", "ok"), ("lost", "ok")]);
        let mut after = built(&[("often", 2), ("new", 1)], &[("t", "FAILED")]);
        after.errors.push(Message { text: "e".to_owned(), ..Message::default() });
        let row = row(&before, &after);
        assert!(!row.is_neutral());
        let told = row.differences().join("\n");
        for part in [
            "a timed: error :0:  e",
            "new warning f:1:  new",
            "new warning f:1:  often",
            "lost warning f:1:  gone",
            "test lost: ok, now not run",
            "test t: ok, now FAILED",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(table(&[row]).contains("| 1 errors | +2 −1 | 2 / 0 |"));
    }
}
