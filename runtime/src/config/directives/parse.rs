//! The grammar of the lists: the good parts hold, each other one is explained.

use std::ops::Range;

use super::{
    filter::{canonical, is_target},
    list::List,
};
use crate::{
    config::{Profile, Rule, Threshold, nearest::nearest, problem::Finding},
    record::{Category, Level},
};

/// Who wrote the list: `RUST_LOG` is shared with other programs and knows levels and targets only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) enum Dialect {
    /// `AUDIT_LOG`: profiles and categories as well.
    AuditLog,
    /// `RUST_LOG`: levels and targets.
    RustLog,
}

/// More findings than this are counted, not told.
const MOST_FINDINGS: usize = 16;

pub(in crate::config) const LEVELS: &str = "off, error, warn, info, debug or trace";
/// What a category can be, audit apart.
pub(in crate::config) const RULES: &str = "on, off, error, warn, info, debug or trace";

/// Words of other tools, and what they are here.
const FOREIGN: [(&str, &str); 19] = [
    ("warning", "warn"),
    ("err", "error"),
    ("critical", "error"),
    ("fatal", "error"),
    ("notice", "info"),
    ("information", "info"),
    ("verbose", "debug"),
    ("all", "trace"),
    ("on", "info"),
    ("none", "off"),
    ("no", "off"),
    ("false", "off"),
    ("true", "info"),
    ("0", "off"),
    ("1", "error"),
    ("2", "warn"),
    ("3", "info"),
    ("4", "debug"),
    ("5", "trace"),
];

/// Reads a list; `app` is the program's name, which is a target beyond doubt.
pub(in crate::config) fn parse(text: &str, dialect: Dialect, app: &str) -> (List, Vec<Finding>) {
    let mut reader =
        Reader { text, dialect, app: canonical(app), list: List::default(), findings: Vec::new() };
    for range in tokens(text) {
        reader.token(range);
    }
    let Reader { list, mut findings, .. } = reader;
    if findings.len() > MOST_FINDINGS {
        let rest = findings.split_off(MOST_FINDINGS);
        if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
            let reason = format!("and others: {} more findings", rest.len());
            let range = first.range.start..last.range.end;
            let ignored = rest.iter().any(|f| f.effect == crate::config::Effect::Ignored);
            findings.push(if ignored {
                Finding::fault(range, reason)
            } else {
                Finding::note(range, reason)
            });
        }
    }
    (list, findings)
}

/// The ranges of the trimmed, not empty parts between commas; a comma within `[…]` is not one.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut closes_at = 0;
    for (at, c) in text.char_indices() {
        if at < closes_at {
            continue;
        }
        match c {
            '[' => closes_at = end_of_span(text, at).unwrap_or(at),
            ',' => {
                found.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(start..text.len());
    found.into_iter().map(|range| trimmed(text, range)).filter(|range| !range.is_empty()).collect()
}

/// Where the bracket opened at `open` is closed, quoted text skipped.
fn end_of_span(text: &str, open: usize) -> Option<usize> {
    let mut quoted = false;
    for (at, c) in text.get(open..)?.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(open + at),
            _ => {}
        }
    }
    None
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

struct Reader<'a> {
    text: &'a str,
    dialect: Dialect,
    app: String,
    list: List,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn part(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn token(&mut self, range: Range<usize>) {
        let token = self.part(&range);
        if token.contains('[') {
            self.findings.push(
                Finding::fault(range, "has a span directive, which is not supported")
                    .expected("'target=level'"),
            );
        } else if let Some(equals) = token.find('=') {
            let left = trimmed(self.text, range.start..range.start + equals);
            let right = trimmed(self.text, range.start + equals + 1..range.end);
            self.pair(range, left, right);
        } else if !self.separated(&range, token) {
            self.word(range, token);
        }
    }

    /// Whether the part of the token is several in truth; then that is explained.
    fn separated(&mut self, range: &Range<usize>, part: &str) -> bool {
        let wrong = |c: char| c == ';' || c.is_whitespace();
        if !part.contains(wrong) {
            return false;
        }
        let joined = self.part(range).split('=').map(str::trim).collect::<Vec<_>>().join("=");
        let meant = joined.split(wrong).filter(|part| !part.is_empty()).collect::<Vec<_>>();
        self.findings.push(
            Finding::fault(range.clone(), "holds a space or ';', but ',' separates directives")
                .nearest(Some(meant.join(","))),
        );
        true
    }

    /// `left=right`.
    fn pair(&mut self, range: Range<usize>, left: Range<usize>, right: Range<usize>) {
        let (name, value) = (self.part(&left), self.part(&right));
        if self.separated(&range, name) || self.separated(&range, value) {
            return;
        }
        let ours = self.dialect == Dialect::AuditLog;
        if canonical(name).is_empty() {
            let wanted = Finding::fault(range, "has no target before '='");
            self.findings.push(wanted.expected("'target=level', or a level alone"));
        } else if let Some(category) = Category::parse(name).filter(|_| ours) {
            self.category(range, right, category);
        } else if Threshold::parse(name).is_some() || (ours && Profile::parse(name).is_some()) {
            let kind = if Threshold::parse(name).is_some() { "level" } else { "profile" };
            self.findings.push(
                Finding::fault(range, format!("sets a {kind}, which stands alone"))
                    .expected(format!("'{name}', or '::{name}=level' for a target of that name")),
            );
        } else if !is_target(name) {
            let reason = "is not a target: one holds letters, digits, '_', '-', '.', '/', ':'";
            self.findings.push(Finding::fault(left, reason));
        } else if let Some(threshold) = Threshold::parse(value) {
            self.target(range, &left, threshold);
        } else {
            self.bad_level(range, right, name);
        }
    }

    fn bad_level(&mut self, range: Range<usize>, right: Range<usize>, name: &str) {
        let value = self.part(&right);
        let category = nearest(name, Category::ALL.map(Category::name), 2)
            .filter(|_| self.dialect == Dialect::AuditLog)
            .filter(|_| value.eq_ignore_ascii_case("on"));
        self.findings.push(match category {
            Some(category) => Finding::fault(range, "is not a category")
                .nearest(Some(format!("{category}=on")))
                .expected("system, debug, error, audit or performance"),
            None if value.is_empty() => {
                Finding::fault(range, "has no level behind '='").expected(LEVELS)
            }
            None => {
                Finding::fault(right, "is not a level").nearest(near_level(value)).expected(LEVELS)
            }
        });
    }

    fn category(&mut self, range: Range<usize>, right: Range<usize>, category: Category) {
        let value = self.part(&right);
        match Rule::parse(value) {
            Some(Rule::From(_)) if category == Category::Audit => self.findings.push(
                Finding::fault(range, "would hide audit records by their level")
                    .expected("'audit=on' or 'audit=off'"),
            ),
            Some(rule) => {
                if self.list.categories.insert(category, rule).is_some() {
                    self.again(range, category.name());
                }
            }
            None => {
                let words = Threshold::WORDS.into_iter().chain(["on"]);
                self.findings.push(
                    Finding::fault(right, format!("is nothing the category {category} can be"))
                        .nearest(foreign(value).or_else(|| nearest(value, words, 2)))
                        .expected(if category == Category::Audit { "on or off" } else { RULES }),
                );
            }
        }
    }

    fn target(&mut self, range: Range<usize>, left: &Range<usize>, threshold: Threshold) {
        let name = self.part(left);
        let target = canonical(name);
        if name.contains('-') {
            let reason = format!("matches '{target}': '-' and '_' are the same in a target");
            self.findings.push(Finding::note(left.clone(), reason));
        }
        let doubt = (!name.contains("::") && self.dialect == Dialect::AuditLog)
            .then(|| nearest(name, Category::ALL.map(Category::name), 2))
            .flatten();
        if let Some(category) = doubt {
            let reason = "is read as a target, not as a category";
            let note = Finding::note(left.clone(), reason);
            self.findings.push(note.nearest(Some(category)));
        }
        if self.list.targets.insert(target.clone(), threshold).is_some() {
            self.again(range, &target);
        }
    }

    fn again(&mut self, range: Range<usize>, what: &str) {
        let reason = format!("sets '{what}' again: the last one holds");
        self.findings.push(Finding::note(range, reason));
    }

    /// A word without `=`.
    fn word(&mut self, range: Range<usize>, word: &str) {
        let ours = self.dialect == Dialect::AuditLog;
        if let Some(threshold) = Threshold::parse(word) {
            if self.list.level.replace(threshold).is_some() {
                self.again(range, "default level");
            }
        } else if let Some(profile) = Profile::parse(word) {
            if !ours {
                let reason = "is a profile, and RUST_LOG has none: set AUDIT_LOG instead";
                self.findings.push(Finding::fault(range, reason).expected(self.wanted(word)));
            } else if self.list.profile.replace(profile).is_some() {
                self.again(range, "profile");
            }
        } else if let Some(category) = Category::parse(word).filter(|_| ours) {
            let reason = "is a category without a value";
            let wanted = format!("'{category}=on' or '{category}=off'");
            self.findings.push(Finding::fault(range, reason).expected(wanted));
        } else if let Some(meant) = self.typo(word) {
            let kinds = if ours { "a level or profile" } else { "a level" };
            self.findings.push(
                Finding::fault(range, format!("is not {kinds}"))
                    .nearest(Some(meant))
                    .expected(self.wanted(word)),
            );
        } else if is_target(word) && !word.contains('/') {
            self.bare_target(&range, word);
        } else {
            let wanted = self.wanted("target");
            self.findings.push(Finding::fault(range, "is not a directive").expected(wanted));
        }
    }

    /// As in `RUST_LOG`: all levels of that target, and nothing else. Where the word could have
    /// been meant otherwise, that is said.
    fn bare_target(&mut self, range: &Range<usize>, word: &str) {
        let beyond_doubt = word.contains("::") || word.contains('_') || canonical(word) == self.app;
        if !beyond_doubt {
            let reason = "is read as a target, with all its levels";
            let note = Finding::note(range.clone(), reason);
            self.findings.push(note.expected(format!("'{word}=trace' if that is meant")));
        }
        self.target(range.clone(), range, Level::Trace.into());
    }

    /// The known word that was meant, where the word is at most a slip away from one.
    fn typo(&self, word: &str) -> Option<String> {
        if word.contains("::") || canonical(word) == self.app {
            return None;
        }
        if let Some(meant) = foreign(word) {
            return Some(meant.to_owned());
        }
        let known = Threshold::WORDS.into_iter().chain(Profile::words());
        let ours = self.dialect == Dialect::AuditLog;
        if let Some(meant) = nearest(word, known, 2) {
            let elsewhere = !ours && Threshold::parse(meant).is_none();
            return Some(format!("{}{meant}", if elsewhere { "AUDIT_LOG=" } else { "" }));
        }
        nearest(word, Category::ALL.map(Category::name), 2)
            .filter(|_| ours)
            .map(|category| format!("{category}=on"))
    }

    fn wanted(&self, word: &str) -> String {
        let profiles = match self.dialect {
            Dialect::AuditLog => ", a profile (dev, test, staging, production, container)",
            Dialect::RustLog => "",
        };
        format!("a level ({LEVELS}){profiles} or, for a target, '{word}=trace'")
    }
}

fn foreign(word: &str) -> Option<&'static str> {
    let found = FOREIGN.into_iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(word));
    found.map(|(_, ours)| ours)
}

/// The level that was probably meant.
pub(in crate::config) fn near_level(word: &str) -> Option<&'static str> {
    foreign(word).or_else(|| nearest(word, Threshold::WORDS, 2))
}
