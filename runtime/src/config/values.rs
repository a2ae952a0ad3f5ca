//! Second step: what the value of each variable means.

use std::ops::RangeInclusive;

use super::{
    change::{Change, Scope},
    directives::{self, Dialect},
    level::Threshold,
    nearest::nearest,
    place::{Color, ConsoleTarget, Dir},
    problem::Finding,
    profile::Profile,
};
use crate::redact::PseudonymKey;

/// A file smaller than this would be rotated at nearly every line.
pub(super) const LEAST_ROTATE_SIZE: u64 = 1 << 10;
/// In which bounds the longest line may be.
pub(super) const MAX_LINE: RangeInclusive<usize> = 512..=1 << 20;
/// What the number of archives can be.
pub(super) const KEEP: &str = "a number of files from 1 on, or off to keep all";
/// A shorter key of the pseudonyms could be found out by trying.
pub(super) const LEAST_HASH_KEY: usize = 16;

const SIZE: &str = "a size such as 10MiB (units B, kB, MB, GB, KiB, MiB, GiB)";

/// A value to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    pub(super) text: &'a str,
    pub(super) scope: Scope,
    pub(super) app: &'a str,
}

/// What a value means, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) changes: Vec<Change>,
    pub(super) findings: Vec<Finding>,
}

impl Input<'_> {
    /// The whole value is not what it should be.
    fn fault(self, reason: &str, expected: &'static str, nearest: Option<String>) -> Reading {
        let finding = Finding::fault(0..self.text.len(), reason).expected(expected);
        Reading { findings: vec![finding.nearest(nearest)], ..Reading::default() }
    }

    /// The word of a fixed set that the value is.
    fn choice<T: Copy>(
        self,
        choices: &[(&'static str, T)],
        expected: &'static str,
        change: impl FnOnce(T) -> Change,
    ) -> Reading {
        let word = self.text.trim();
        if let Some((_, value)) = choices.iter().find(|(known, _)| known.eq_ignore_ascii_case(word))
        {
            return change(*value).into();
        }
        let meant = nearest(word, choices.iter().map(|(known, _)| *known), 2);
        self.fault("is not one of its values", expected, meant.map(Into::into))
    }
}

impl From<Change> for Reading {
    fn from(change: Change) -> Self {
        Self { changes: vec![change], ..Self::default() }
    }
}

pub(super) fn audit_log(input: Input<'_>) -> Reading {
    list(input, Dialect::AuditLog)
}

pub(super) fn rust_log(input: Input<'_>) -> Reading {
    list(input, Dialect::RustLog)
}

fn list(input: Input<'_>, dialect: Dialect) -> Reading {
    let (list, findings) = directives::parse(input.text, dialect, input.app);
    Reading { changes: list.changes(), findings }
}

pub(super) fn profile(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    match Profile::parse(word) {
        Some(profile) => Change::Profile(profile).into(),
        None => input.fault(
            "is not a profile",
            "dev, test, staging, production or container",
            Profile::nearest(word).map(Into::into),
        ),
    }
}

pub(super) fn dir(input: Input<'_>) -> Reading {
    // What other tools call `off`; nobody wants a directory of that name.
    let foreign = ["none", "no", "false", "null", "disabled"];
    if input.text.eq_ignore_ascii_case("off") {
        Change::Dir(Dir::Off).into()
    } else if foreign.iter().any(|word| word.eq_ignore_ascii_case(input.text)) {
        input.fault("is not a directory", "a path with a '/', or off", Some("off".into()))
    } else {
        Change::Dir(Dir::At(input.text.into())).into()
    }
}

pub(super) fn console(input: Input<'_>) -> Reading {
    const TARGETS: [(&str, ConsoleTarget); 3] = [
        ("off", ConsoleTarget::Off),
        ("stderr", ConsoleTarget::Stderr),
        ("stdout", ConsoleTarget::Stdout),
    ];
    let mut reading = Reading::default();
    let mut start = 0;
    for part in input.text.split(',') {
        let word = part.trim();
        let from = start + (part.len() - part.trim_start().len());
        start += part.len() + 1;
        let target = TARGETS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        if let Some((_, target)) = target {
            reading.changes.push(Change::Console(*target));
        } else if let Some(level) = Threshold::parse(word).and_then(|threshold| threshold.0) {
            reading.changes.push(Change::ConsoleLevel(level));
        } else if !word.is_empty() {
            let known = TARGETS.iter().map(|(known, _)| *known).chain(Threshold::WORDS);
            reading.findings.push(
                Finding::fault(from..from + word.len(), "is neither a place nor a level")
                    .expected("off, stderr, stdout, or a level, or both with ',' between")
                    .nearest(nearest(word, known, 2)),
            );
        }
    }
    reading
}

pub(super) fn no_color(_: Input<'_>) -> Reading {
    Change::Color(Color::Never).into()
}

pub(super) fn color(input: Input<'_>) -> Reading {
    let choices = [("auto", Color::Auto), ("always", Color::Always), ("never", Color::Never)];
    input.choice(&choices, "auto, always or never", Change::Color)
}

pub(super) fn rotate_size(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if word.eq_ignore_ascii_case("off") {
        return Change::RotateSize(input.scope, None).into();
    }
    match size(word) {
        Some(size) => Change::RotateSize(input.scope, Some(size)).into(),
        None => input.fault("is not a size", SIZE, near_size(word)),
    }
}

pub(super) fn rotate_every(input: Input<'_>) -> Reading {
    let scope = input.scope;
    let choices = [("day", true), ("off", false)];
    input.choice(&choices, "day or off", |daily| Change::RotateDaily(scope, daily))
}

pub(super) fn keep_files(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if word.eq_ignore_ascii_case("off") {
        return Change::KeepFiles(input.scope, None).into();
    }
    match word.parse() {
        Ok(count) => Change::KeepFiles(input.scope, Some(count)).into(),
        Err(_) => {
            input.fault("is not a number of files", KEEP, nearest(word, ["off"], 2).map(Into::into))
        }
    }
}

pub(super) fn compress(input: Input<'_>) -> Reading {
    let scope = input.scope;
    let choices = [("gzip", true), ("off", false)];
    input.choice(&choices, "gzip or off", |gzip| Change::Gzip(scope, gzip))
}

pub(super) fn redact_keys(input: Input<'_>) -> Reading {
    let mut keys = Vec::new();
    let mut findings = Vec::new();
    let mut start = 0;
    for part in input.text.split(',') {
        let key = part.trim();
        let from = start + (part.len() - part.trim_start().len());
        start += part.len() + 1;
        if is_redact_key(key) {
            keys.push(key.to_owned());
        } else if !key.is_empty() {
            findings.push(
                Finding::fault(from..from + key.len(), "would match nearly every key")
                    .expected("keys of at least 2 letters or digits, with ',' between"),
            );
        }
    }
    let changes = if keys.is_empty() { Vec::new() } else { vec![Change::RedactKeys(keys)] };
    Reading { changes, findings }
}

pub(super) fn max_line(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    match size(word).and_then(|bytes| usize::try_from(bytes).ok()) {
        Some(bytes) => Change::MaxLine(bytes).into(),
        None => input.fault("is not a size", SIZE, near_size(word)),
    }
}

pub(super) fn user(input: Input<'_>) -> Reading {
    Change::User(input.text.trim().to_owned()).into()
}

pub(super) fn agent(input: Input<'_>) -> Reading {
    Change::Agent(input.text.trim().to_owned()).into()
}

pub(super) fn strict(input: Input<'_>) -> Reading {
    let choices = [("true", true), ("false", false)];
    let word = input.text.trim();
    if ["1", "yes", "on"].iter().any(|other| other.eq_ignore_ascii_case(word)) {
        return input.fault("is not one of its values", "true or false", Some("true".into()));
    }
    input.choice(&choices, "true or false", Change::Strict)
}

pub(super) fn hash_key(input: Input<'_>) -> Reading {
    if input.text.len() < LEAST_HASH_KEY {
        return input.fault("is too short to keep anybody from trying", "at least 16 bytes", None);
    }
    Change::HashKey(PseudonymKey::new(input.text)).into()
}

/// The units of a size and their bytes, the largest first of each kind.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// `10MiB`, `10 MiB`, `10485760`: a whole number and a unit, in any case.
fn size(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    let unit = unit.trim();
    let bytes = match unit {
        "" => 1,
        _ => UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1,
    };
    digits.parse::<u64>().ok()?.checked_mul(bytes)
}

/// What was probably meant: `10M` is `10MiB`.
fn near_size(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(end)?;
    if digits.is_empty() {
        return nearest(text, ["off"], 2).map(Into::into);
    }
    let units = UNITS.map(|(name, _)| name);
    let first = |c: char| units.into_iter().find(|name| name.starts_with(c.to_ascii_uppercase()));
    let mut letters = unit.trim().chars();
    let meant = match (letters.next(), letters.next()) {
        (Some(one), None) => first(one),
        _ => nearest(unit.trim(), units, 2),
    };
    meant.map(|unit| format!("{digits}{unit}")).filter(|meant| size(meant).is_some())
}

/// A size in the largest unit that divides it: `10MiB`.
pub(super) fn in_bytes(bytes: u64) -> String {
    let (unit, of) = UNITS
        .into_iter()
        .find(|(name, of)| *name == "B" || (bytes >= *of && bytes.is_multiple_of(*of)))
        .unwrap_or(("B", 1));
    format!("{}{unit}", bytes / of)
}

/// A name that a log file can have: archives never end in `.log`, hidden files are not found.
pub(super) fn is_file_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.len() <= 128
        && name.chars().all(plain)
        && name.strip_suffix(".log").is_some_and(|stem| !stem.is_empty())
        && !name.starts_with('.')
}

/// A key that does not match nearly everything.
pub(super) fn is_redact_key(key: &str) -> bool {
    key.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// A name that can stand in a line.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 256 && !name.chars().any(char::is_control)
}
