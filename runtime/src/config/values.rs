//! Second step: what the value of each variable means.

use std::time::Duration;

use super::{
    change::{Change, Scope},
    directives::{self, Dialect, List},
    level::Threshold,
    limits::{LEAST_HASH_KEY, is_redact_key},
    nearest::nearest,
    place::{Color, ConsoleTarget, Dir},
    problem::Finding,
    profile::Profile,
    span::{near_span, span},
    spool::SpoolMode,
    timing::Timing,
};
use crate::redact::PseudonymKey;

mod files;

pub(super) use files::{
    compress, compress_delay, dir_bytes, dir_mode, durability, file_mode, format, keep_age,
    keep_bytes, keep_files, keep_floor, max_line, min_free, on_failure, queue, rotate_every,
    rotate_jitter, rotate_on_start, rotate_signal, rotate_size, rotate_zone,
};

const SPAN: &str = "a time such as 5s (units ms, s, m, h, d, w)";

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

    /// `true` or `false`.
    fn truth(self, change: impl FnOnce(bool) -> Change) -> Reading {
        let word = self.text.trim();
        if ["1", "yes", "on"].iter().any(|other| other.eq_ignore_ascii_case(word)) {
            return self.fault("is not one of its values", "true or false", Some("true".into()));
        }
        self.choice(&[("true", true), ("false", false)], "true or false", change)
    }

    /// What `off` or a time with a unit means.
    fn time(
        self,
        (reason, expected, usual): (&str, &'static str, &str),
        change: impl FnOnce(Option<Duration>) -> Change,
    ) -> Reading {
        let word = self.text.trim();
        if word.eq_ignore_ascii_case("off") {
            return change(None).into();
        }
        match span(word) {
            Some(time) => change(Some(time)).into(),
            None => self.fault(reason, expected, near_span(word, usual)),
        }
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

pub(super) fn spool(input: Input<'_>) -> Reading {
    let choices = SpoolMode::ALL.map(|mode| (mode.name(), mode));
    input.choice(&choices, "off, auto or on", Change::Spool)
}

pub(super) fn timing(input: Input<'_>) -> Reading {
    let choices = Timing::ALL.map(|timing| (timing.name(), timing));
    input.choice(&choices, "each, summary or slow", Change::Timing)
}

pub(super) fn summary_every(input: Input<'_>) -> Reading {
    let expected = "a period such as 30s (units s, m, h, d), or off";
    input.time(("is not a period", expected, "s"), Change::SummaryEvery)
}

pub(super) fn user(input: Input<'_>) -> Reading {
    Change::User(input.text.trim().to_owned()).into()
}

pub(super) fn agent(input: Input<'_>) -> Reading {
    Change::Agent(input.text.trim().to_owned()).into()
}

pub(super) fn strict(input: Input<'_>) -> Reading {
    input.truth(Change::Strict)
}

pub(super) fn config(input: Input<'_>) -> Reading {
    let off = input.text.trim().eq_ignore_ascii_case("off");
    Change::Config((!off).then(|| input.text.into())).into()
}

pub(super) fn watch(input: Input<'_>) -> Reading {
    input.time(("is not a time", SPAN, "s"), Change::Watch)
}

pub(super) fn heartbeat(input: Input<'_>) -> Reading {
    let expected = "a period such as 5m (units s, m, h, d), or off";
    input.time(("is not a period", expected, "m"), Change::Heartbeat)
}

pub(super) fn exit_wait(input: Input<'_>) -> Reading {
    let change = |time: Option<_>| Change::ExitWait(time.unwrap_or_default());
    input.time(("is not a time", SPAN, "s"), change)
}

pub(super) fn hash_key(input: Input<'_>) -> Reading {
    if input.text.len() < LEAST_HASH_KEY {
        return input.fault("is too short to keep anybody from trying", "at least 16 bytes", None);
    }
    Change::HashKey(PseudonymKey::new(input.text)).into()
}
