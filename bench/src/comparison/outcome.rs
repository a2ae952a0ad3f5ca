//! What came of a scenario, and how it is told in one cell.

use std::{fmt, io};

use super::program::Answer;

/// Why a scenario went no further.
#[derive(Debug)]
pub(super) enum Stop {
    /// The peer has no such thing.
    NotApplicable(String),
    /// The machine has no such thing.
    LeftOut(String),
    /// The program ended, hung, panicked or refused; the outcome has it.
    Over,
    /// The driver could not do its part.
    Driver(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Driver(error)
    }
}

/// How good an outcome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// Nothing to say.
    Good,
    /// Something is missing, and the program or its operator is told.
    Told,
    /// Something is missing or broken and nobody is told, or the program suffers.
    Bad,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Lines whose call returned without an error.
    pub(super) written: u64,
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) torn: u64,
    pub(super) shortened: u64,
    pub(super) zeros: u64,
    /// Half archives under a final name.
    pub(super) damaged: u64,
    /// Calls that panicked.
    pub(super) panicked: u64,
    /// Calls that returned an error.
    pub(super) refused_lines: u64,
    /// Failures that the peer counts for the program.
    pub(super) reported: u64,
    /// Something stands on the standard error.
    pub(super) told: bool,
    /// How the program suffered.
    pub(super) suffered: Option<String>,
    /// It did not start, and said so.
    pub(super) refused: Option<String>,
    /// What the scenario looked at besides, and whether it is bad.
    pub(super) findings: Vec<(String, Grade)>,
}

impl Outcome {
    /// An answer as a result; what is no answer is noted.
    pub(super) fn take(&mut self, answer: Answer) -> Result<String, Stop> {
        match answer {
            Answer::Done(rest) => return Ok(rest),
            Answer::Refused(why) => match why.strip_prefix("n/a") {
                Some(reason) => {
                    let reason = reason.trim_start_matches(": ");
                    return Err(Stop::NotApplicable(reason.to_owned()));
                }
                None => self.refused = Some(why),
            },
            Answer::Panicked(what) => self.suffered = Some(format!("panics: {}", short(&what))),
            Answer::Ended(how) => self.suffered = Some(format!("ends: {how}")),
            Answer::Hung => self.suffered = Some("hangs".to_owned()),
        }
        Err(Stop::Over)
    }

    pub(super) fn finding(&mut self, what: impl Into<String>, grade: Grade) {
        self.findings.push((what.into(), grade));
    }

    fn is_told(&self) -> bool {
        self.told || self.reported > 0 || self.refused_lines > 0
    }

    pub(super) fn grade(&self) -> Grade {
        let findings = self.findings.iter().map(|(_, grade)| *grade).max();
        let broken = self.torn + self.doubled + self.zeros + self.damaged + self.panicked > 0;
        let own = if broken
            || self.suffered.is_some()
            || self.lost + self.shortened > 0 && !self.is_told()
        {
            Grade::Bad
        } else if self.lost + self.shortened > 0 || self.refused_lines > 0 || self.refused.is_some()
        {
            Grade::Told
        } else {
            Grade::Good
        };
        own.max(findings.unwrap_or(Grade::Good))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.suffered.clone());
        parts.extend(self.refused.as_ref().map(|why| format!("does not start: {}", short(why))));
        let mut count = |n: u64, what: &str| {
            if n > 0 {
                parts.push(format!("{what} {n}"));
            }
        };
        count(self.panicked, "panicked calls");
        count(self.refused_lines, "refused");
        count(self.doubled, "doubled");
        count(self.torn, "torn");
        count(self.shortened, "shortened");
        count(self.zeros, "zero bytes");
        count(self.damaged, "half archives");
        if self.lost > 0 {
            let told = if self.is_told() { "told" } else { "silent" };
            parts.push(format!("lost {} of {}, {told}", self.lost, self.written));
        }
        parts.extend(self.findings.iter().map(|(what, _)| what.clone()));
        f.write_str(&parts.join("; "))
    }
}

/// The beginning of a message, fit for a cell.
fn short(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if c == '|' || c.is_control() { ' ' } else { c }).collect();
    let end = text.char_indices().nth(60).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_what_makes_a_loss_bad() {
        let lossy = Outcome { written: 10, lost: 3, ..Outcome::default() };
        assert_eq!(
            (lossy.grade(), lossy.to_string()),
            (Grade::Bad, "lost 3 of 10, silent".to_owned())
        );
        let told = Outcome { told: true, ..lossy.clone() };
        assert_eq!(
            (told.grade(), told.to_string()),
            (Grade::Told, "lost 3 of 10, told".to_owned())
        );
        let torn = Outcome { torn: 1, ..told };
        assert_eq!(torn.grade(), Grade::Bad);
        assert_eq!(Outcome::default().grade(), Grade::Good);
        let mut found = Outcome::default();
        found.finding("9 files", Grade::Bad);
        assert_eq!((found.grade(), found.to_string()), (Grade::Bad, "9 files".to_owned()));
    }

    #[test]
    fn an_answer_tells_what_happened_to_the_program() {
        let mut outcome = Outcome::default();
        assert!(matches!(outcome.take(Answer::Done("x".into())), Ok(text) if text == "x"));
        let missing = outcome.take(Answer::Refused("n/a: no filter".into()));
        assert!(matches!(missing, Err(Stop::NotApplicable(why)) if why == "no filter"));
        assert!(matches!(outcome.take(Answer::Hung), Err(Stop::Over)));
        assert_eq!(outcome.to_string(), "hangs");
    }
}
