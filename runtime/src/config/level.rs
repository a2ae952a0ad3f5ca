//! Words for levels in settings: a level or `off`, and the rule of a category.

use std::fmt;

use crate::record::Level;

/// The least important level that is let through; `None` lets nothing through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold(pub Option<Level>);

impl Threshold {
    /// Nothing.
    pub const OFF: Self = Self(None);
    /// All words, from nothing to everything.
    pub const WORDS: [&'static str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

    /// The threshold of that word, in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("off") {
            return Some(Self::OFF);
        }
        Level::parse(word).map(Self::from)
    }

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self.0 {
            None => "off",
            Some(level) => word(level),
        }
    }
}

/// The word of a level in settings: lower case.
pub(super) const fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    }
}

impl From<Level> for Threshold {
    fn from(level: Level) -> Self {
        Self(Some(level))
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a category takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Its records, from its usual level on.
    On,
    /// Nothing.
    Off,
    /// Its records of this level and above.
    From(Level),
}

impl Rule {
    /// The rule of that word: `on`, `off` or a level, in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("on") {
            return Some(Self::On);
        }
        Threshold::parse(word).map(|threshold| threshold.0.map_or(Self::Off, Self::From))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::On => "on",
            Self::Off => "off",
            Self::From(level) => word(*level),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_in_any_case() {
        for text in Threshold::WORDS {
            let threshold = Threshold::parse(&text.to_uppercase()).expect(text);
            assert_eq!(threshold.to_string(), text);
            assert_eq!(Rule::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Rule::parse("On"), Some(Rule::On));
        assert_eq!(Rule::parse("yes"), None);
        assert_eq!(Threshold::parse(""), None);
    }
}
