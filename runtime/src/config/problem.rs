//! What was wrong with a setting: where, what was expected, and the nearest match.

use std::{borrow::Cow, fmt, ops::Range};

/// What became of the text a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is ignored; the layer below holds. Strict programs refuse to start.
    Ignored,
    /// It holds, but may not mean what its author thought.
    Applied,
}

/// A setting that cannot be used, or that may mean something else than its author thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable, or the setting and the place in code that set it.
    pub variable: String,
    /// The whole value; `None` where it may be a secret.
    pub value: Option<String>,
    /// The bytes of the value that it is about.
    pub range: Range<usize>,
    /// What is wrong with them; fits behind the text in question.
    pub reason: String,
    /// What is accepted there; may be empty.
    pub expected: Cow<'static, str>,
    /// The accepted word that was probably meant.
    pub nearest: Option<String>,
    /// What became of it.
    pub effect: Effect,
}

impl Problem {
    /// Whether the text was ignored.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        self.effect == Effect::Ignored
    }

    /// The same in several lines, with the value and a caret under what it is about.
    #[must_use]
    pub fn caret(&self) -> String {
        let advice = self.advice();
        let advice = advice.trim_start_matches("; ");
        let (name, reason) = (clipped(&self.variable, MOST), clipped(&self.reason, MOST));
        let Some(value) = &self.value else {
            return format!("{name}: the value (not shown) {reason}\n  = {advice}");
        };
        let View { before, token, after } = View::of(value, &self.range);
        let indent = " ".repeat(name.chars().count() + 1 + before.chars().count());
        let carets = "^".repeat(token.chars().count().max(1));
        let mut text = format!("{name}={before}{token}{after}\n{indent}{carets} {reason}");
        if !advice.is_empty() {
            text.push_str("\n  = ");
            text.push_str(advice);
        }
        text
    }

    /// Nearest match, what is accepted, and the effect; each with its separator before it.
    fn advice(&self) -> String {
        let mut text = String::new();
        if let Some(nearest) = &self.nearest {
            text = format!("; did you mean '{}'?", clipped(nearest, LONGEST));
        }
        if !self.expected.is_empty() {
            text.push_str(if text.is_empty() { "; " } else { " " });
            text.push_str("expected ");
            text.push_str(&clipped(&self.expected, MOST));
        }
        if self.is_fault() {
            text.push_str("; it is ignored");
        }
        text
    }
}

/// `AUDIT_LOG="inof": 'inof' at 1 is not a level or profile; did you mean 'info'? expected …`
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = clipped(&self.variable, MOST);
        if let Some(value) = &self.value {
            let View { before, token, after } = View::of(value, &self.range);
            let place = value.get(..self.range.start).unwrap_or_default().chars().count() + 1;
            write!(f, "{name}=\"{before}{token}{after}\": '{token}' at {place} ")?;
        } else {
            write!(f, "{name}: the value (not shown) ")?;
        }
        write!(f, "{}{}", clipped(&self.reason, MOST), self.advice())
    }
}

/// A finding within one value, before it is known which variable's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) range: Range<usize>,
    pub(super) reason: String,
    pub(super) expected: Cow<'static, str>,
    pub(super) nearest: Option<String>,
    pub(super) effect: Effect,
}

impl Finding {
    /// The text is ignored for this reason.
    pub(super) fn fault(range: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            range,
            reason: reason.into(),
            expected: Cow::Borrowed(""),
            nearest: None,
            effect: Effect::Ignored,
        }
    }

    /// The text holds, and this is to be known about it.
    pub(super) fn note(range: Range<usize>, reason: impl Into<String>) -> Self {
        Self { effect: Effect::Applied, ..Self::fault(range, reason) }
    }

    /// This would have been accepted.
    pub(super) fn expected(mut self, expected: impl Into<Cow<'static, str>>) -> Self {
        self.expected = expected.into();
        self
    }

    /// This was probably meant.
    pub(super) fn nearest(mut self, nearest: Option<impl Into<String>>) -> Self {
        self.nearest = nearest.map(Into::into);
        self
    }

    /// The problem of a variable; `value` is `None` where it may be a secret.
    pub(super) fn of(self, variable: &str, value: Option<&str>) -> Problem {
        let Self { range, reason, expected, nearest, effect } = self;
        let (variable, value) = (variable.to_owned(), value.map(ToOwned::to_owned));
        Problem { variable, value, range, reason, expected, nearest, effect }
    }
}

/// A long list is shown with so many characters on either side.
const MARGIN: usize = 32;
/// A long word is shown with so many of its characters.
const LONGEST: usize = 48;
/// A name or an explanation that quotes something long is shown with so many characters.
const MOST: usize = 256;

/// The part of a value that is worth showing, safe for a terminal.
struct View {
    before: String,
    token: String,
    after: String,
}

impl View {
    fn of(value: &str, range: &Range<usize>) -> Self {
        let before = value.get(..range.start).unwrap_or_default();
        let token = value.get(range.clone()).unwrap_or_default();
        let after = value.get(range.end..).unwrap_or_default();
        let cut = before.char_indices().rev().nth(MARGIN - 1).map_or(0, |(at, _)| at);
        let mut shown = String::from(if cut > 0 { "…" } else { "" });
        shown.push_str(&visible(before.get(cut..).unwrap_or_default()));
        Self { before: shown, token: clipped(token, LONGEST), after: clipped(after, MARGIN) }
    }
}

/// The first characters, and an ellipsis where there are more.
pub(super) fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => visible(text),
        Some((end, _)) => visible(text.get(..end).unwrap_or_default()) + "…",
    }
}

/// Control and invisible characters as escapes: a value must not write to the terminal.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\'' | '\\') { shown.push(c) } else { shown.extend(c.escape_debug()) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typo(value: &str, range: Range<usize>) -> Problem {
        Finding::fault(range, "is not a level or profile")
            .expected("a level")
            .nearest(Some("info"))
            .of("AUDIT_LOG", Some(value))
    }

    #[test]
    fn one_line_and_caret_form() {
        let problem = typo("dev,inof,x=warn", 4..8);
        assert_eq!(
            problem.to_string(),
            "AUDIT_LOG=\"dev,inof,x=warn\": 'inof' at 5 is not a level or profile; \
             did you mean 'info'? expected a level; it is ignored"
        );
        assert_eq!(
            problem.caret(),
            "AUDIT_LOG=dev,inof,x=warn\n              ^^^^ is not a level or profile\n  \
             = did you mean 'info'? expected a level; it is ignored"
        );
    }

    #[test]
    fn a_note_without_advice_is_two_lines() {
        let note = Finding::note(0..1, "is odd").of("AUDIT_LOG", Some("x"));
        assert_eq!(note.caret(), "AUDIT_LOG=x\n          ^ is odd");
        assert_eq!(note.to_string(), "AUDIT_LOG=\"x\": 'x' at 1 is odd");
    }

    #[test]
    fn a_value_cannot_write_to_the_terminal_and_long_ones_are_cut() {
        let value = format!("{}\u{1b}[31m\u{202e}x{}", "a".repeat(500), "b".repeat(500));
        let problem = typo(&value, 500..509);
        for text in [problem.to_string(), problem.caret()] {
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
            assert!(text.contains(r"\u{1b}[31m\u{202e}x"), "{text}");
            assert!(text.len() < 600, "{text}");
        }
        let line = problem.caret();
        let (value, caret) = line.split_once('\n').expect("two lines");
        let column = value.find("\\u{1b}").map(|at| value[..at].chars().count());
        assert_eq!(column, caret.find('^'));
    }

    #[test]
    fn a_hidden_value_stays_hidden() {
        let problem = Finding::fault(0..6, "is too short").of("AUDIT_LOG_HASH_KEY", None);
        assert_eq!(
            problem.to_string(),
            "AUDIT_LOG_HASH_KEY: the value (not shown) is too short; it is ignored"
        );
    }

    #[test]
    fn a_range_outside_the_value_is_harmless() {
        assert!(typo("ä", 1..9).caret().starts_with("AUDIT_LOG="));
        assert!(typo("ä", 1..9).to_string().contains("''"));
    }
}
