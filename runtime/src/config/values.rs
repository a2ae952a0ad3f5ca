//! Second step: what the value of each variable means.

use super::{
    change::{Change, Scope},
    directives::{self, Dialect, List},
    level::Threshold,
    limits::{KEEP, LEAST_HASH_KEY, is_redact_key},
    nearest::nearest,
    place::{Color, ConsoleTarget, Dir, Format},
    problem::Finding,
    profile::Profile,
    size::{near_size, size},
    span::{near_span, span},
    spool::SpoolMode,
    timing::Timing,
};
use crate::redact::PseudonymKey;

const SIZE: &str = "a size such as 10MiB (units B, kB, MB, GB, KiB, MiB, GiB)";

const SPAN: &str = "a time such as 5s (units ms, s, m, h, d)";

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
    pub(super) fn fault(
        self,
        reason: &str,
        expected: &'static str,
        nearest: Option<String>,
    ) -> Reading {
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
    Reading { changes: changes(list), findings }
}

/// What a list says, as changes of settings.
fn changes(list: List) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(list.profile.map(Change::Profile));
    changes.extend(list.level.map(Change::Level));
    changes.extend(list.categories.into_iter().map(|(c, rule)| Change::Category(c, rule)));
    changes.extend(list.targets.into_iter().map(|(target, level)| Change::Target(target, level)));
    changes
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

pub(super) fn format(input: Input<'_>) -> Reading {
    let scope = input.scope;
    let choices = [("json", Format::Json), ("text", Format::Text), ("ecs", Format::Ecs)];
    input.choice(&choices, "json, text or ecs", |format| Change::Format(scope, format))
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

pub(super) fn spool(input: Input<'_>) -> Reading {
    let choices = SpoolMode::ALL.map(|mode| (mode.name(), mode));
    input.choice(&choices, "off, auto or on", Change::Spool)
}

pub(super) fn timing(input: Input<'_>) -> Reading {
    let choices = Timing::ALL.map(|timing| (timing.name(), timing));
    input.choice(&choices, "each, summary or slow", Change::Timing)
}

pub(super) fn summary_every(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if word.eq_ignore_ascii_case("off") {
        return Change::SummaryEvery(None).into();
    }
    match span(word) {
        Some(period) => Change::SummaryEvery(Some(period)).into(),
        None => input.fault(
            "is not a period",
            "a period such as 30s (units s, m, h, d), or off",
            near_span(word),
        ),
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

pub(super) fn config(input: Input<'_>) -> Reading {
    let off = input.text.trim().eq_ignore_ascii_case("off");
    Change::Config((!off).then(|| input.text.into())).into()
}

pub(super) fn watch(input: Input<'_>) -> Reading {
    let word = input.text.trim();
    if word.eq_ignore_ascii_case("off") {
        return Change::Watch(None).into();
    }
    match span(word) {
        Some(time) => Change::Watch(Some(time)).into(),
        None => input.fault("is not a time", SPAN, near_span(word)),
    }
}

pub(super) fn hash_key(input: Input<'_>) -> Reading {
    if input.text.len() < LEAST_HASH_KEY {
        return input.fault("is too short to keep anybody from trying", "at least 16 bytes", None);
    }
    Change::HashKey(PseudonymKey::new(input.text)).into()
}
