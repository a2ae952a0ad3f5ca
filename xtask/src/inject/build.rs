//! Runs cargo on a copied crate and reads what it says.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::fetch::{Copied, home};
use crate::run::cargo;

/// What the compiler said about a crate, and how its tests ended.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Built {
    pub(crate) errors: Vec<Message>,
    /// With how often each was said.
    pub(crate) warnings: BTreeMap<Message, usize>,
    /// The word behind each test's name.
    pub(crate) tests: BTreeMap<String, String>,
    /// Whether cargo was content.
    pub(crate) success: bool,
    /// What cargo said that is no message of the compiler.
    pub(crate) said: String,
}

/// An error or a warning; lines are those of the crate as it was published.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) code: String,
    pub(crate) text: String,
}

/// Runs cargo with those arguments on the crate.
pub(crate) fn build(copied: &Copied, arguments: &[String]) -> Result<Built, String> {
    let mut command = cargo(&[]);
    command
        .args(arguments.iter().take(1))
        .args(["--message-format", "json"])
        .args(arguments.iter().skip(1))
        .current_dir(&copied.dir)
        .env("CARGO_TARGET_DIR", home().join("build"))
        .env_remove("RUSTFLAGS");
    let done = command.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    let mut built = read(&String::from_utf8_lossy(&done.stdout), &copied.dir);
    built.success = done.status.success();
    built.said = String::from_utf8_lossy(&done.stderr).into_owned();
    Ok(built)
}

/// Reads messages of the compiler and lines of tests.
fn read(said: &str, dir: &Path) -> Built {
    let mut built = Built::default();
    for line in said.lines() {
        if let Ok(value) = serde_json::from_str::<Value>(line) {
            if value["reason"] == "compiler-message" && is_within(&value, dir) {
                message(&value["message"], &mut built);
            }
        } else if let Some((name, word)) = test(line) {
            built.tests.insert(name.to_owned(), word.to_owned());
        }
    }
    built
}

fn is_within(value: &Value, dir: &Path) -> bool {
    value["manifest_path"].as_str().is_some_and(|path| Path::new(path).parent() == Some(dir))
}

fn message(value: &Value, built: &mut Built) {
    let empty = Vec::new();
    let spans = value["spans"].as_array().unwrap_or(&empty);
    let Some(place) = spans.iter().find(|span| span["is_primary"] == true) else { return };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let message = Message {
        file: text(&place["file_name"]),
        line: place["line_start"].as_u64().and_then(|line| line.try_into().ok()).unwrap_or(0),
        code: text(&value["code"]["code"]),
        text: text(&value["message"]),
    };
    match value["level"].as_str() {
        Some("warning") => *built.warnings.entry(message).or_default() += 1,
        Some(_) => built.errors.push(message),
        None => {}
    }
}

/// Name and result in `test a::b ... ok`.
fn test(line: &str) -> Option<(&str, &str)> {
    let (name, word) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let word = word.split([',', ' ']).next()?;
    ["ok", "FAILED", "ignored"].contains(&word).then_some((name, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_crate_and_its_tests_are_read() {
        let warning = |dir: &str, level: &str| {
            serde_json::json!({
                "reason": "compiler-message",
                "manifest_path": format!("{dir}/Cargo.toml"),
                "message": {
                    "level": level, "message": "m", "code": {"code": "c"},
                    "spans": [
                        {"is_primary": false, "file_name": "y", "line_start": 1},
                        {"is_primary": true, "file_name": "x", "line_start": 7},
                    ],
                },
            })
        };
        let own = warning("/a", "warning");
        let said = format!(
            "{own}\n{own}\n{}\n{}\ntest a::b ... ok\ntest c - should panic ... ok\ntest d ... FAILED\n\
             test e ... ignored, slow\ntest result: ok. 2 passed\n",
            warning("/b", "warning"),
            warning("/a", "error"),
        );
        let built = read(&said, Path::new("/a"));
        let message =
            Message { file: "x".to_owned(), line: 7, code: "c".to_owned(), text: "m".to_owned() };
        assert_eq!(built.errors, std::slice::from_ref(&message));
        assert_eq!(built.warnings, BTreeMap::from([(message, 2)]));
        let words: Vec<_> = built.tests.values().map(String::as_str).collect();
        assert_eq!(words, ["ok", "ok", "FAILED", "ignored"]);
    }
}
