//! Which level of which target is let through.

use std::{cmp::Ordering, fmt};

use crate::{
    config::{Profile, Threshold},
    record::{Category, Level},
};

/// Thresholds by target, and one for all others.
///
/// A directive holds for its target and all modules below it; the longest one wins. `-` and `_`
/// are the same, as Cargo makes one of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    default: Threshold,
    /// By length, the longest first, then by name: the first match is the right one.
    directives: Vec<Directive>,
    /// The least important level that anything is let through at.
    most: Threshold,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Directive {
    target: String,
    threshold: Threshold,
}

impl Filter {
    /// A filter without directives.
    #[must_use]
    pub fn new(default: impl Into<Threshold>) -> Self {
        let default = default.into();
        Self { default, directives: Vec::new(), most: default }
    }

    /// The least important level of `target` that is let through; `None` when it is off.
    #[must_use]
    pub fn level_for(&self, target: &str) -> Option<Level> {
        let found = self.directives.iter().find(|directive| directive.covers(target));
        found.map_or(self.default, |directive| directive.threshold).0
    }

    /// The same, with the number of the directive that says so.
    #[must_use]
    pub fn decide(&self, target: &str) -> (Option<Level>, Option<usize>) {
        let found = self.directives.iter().position(|directive| directive.covers(target));
        let threshold = found.and_then(|number| self.directives.get(number)).map(|d| d.threshold);
        (threshold.unwrap_or(self.default).0, found)
    }

    /// The targets of the directives, in the order of their numbers.
    pub fn targets(&self) -> impl ExactSizeIterator<Item = &str> {
        self.directives.iter().map(|directive| directive.target.as_str())
    }

    /// The least important level that is let through for any target; `None` when all are off.
    #[must_use]
    pub fn max_level(&self) -> Option<Level> {
        self.most.0
    }

    /// The threshold of targets that no directive names.
    #[must_use]
    pub fn default_level(&self) -> Option<Level> {
        self.default.0
    }

    /// All directives, sorted by target.
    pub fn directives(&self) -> impl Iterator<Item = (&str, Threshold)> {
        let mut sorted: Vec<_> =
            self.directives.iter().map(|d| (d.target.as_str(), d.threshold)).collect();
        sorted.sort_unstable_by_key(|(target, _)| *target);
        sorted.into_iter()
    }

    /// Sets the threshold of targets that no directive names.
    pub fn set_default(&mut self, threshold: impl Into<Threshold>) {
        self.default = threshold.into();
        self.update_most();
    }

    /// Sets the threshold of a target; the last one holds.
    pub fn set(&mut self, target: &str, threshold: impl Into<Threshold>) {
        let directive = Directive { target: canonical(target), threshold: threshold.into() };
        match self.directives.binary_search_by(|known| known.order(&directive)) {
            Ok(place) => {
                if let Some(known) = self.directives.get_mut(place) {
                    *known = directive;
                }
                self.update_most();
            }
            Err(place) => {
                self.most = least(self.most, directive.threshold);
                self.directives.insert(place, directive);
            }
        }
    }

    fn update_most(&mut self) {
        self.most = self.directives.iter().map(|d| d.threshold).fold(self.default, least);
    }
}

/// The threshold that lets more through.
fn least(a: Threshold, b: Threshold) -> Threshold {
    match (a.0, b.0) {
        (Some(x), Some(y)) => x.min(y).into(),
        (one, other) => Threshold(one.or(other)),
    }
}

impl Directive {
    fn order(&self, other: &Self) -> Ordering {
        let longer_first = other.target.len().cmp(&self.target.len());
        longer_first.then_with(|| self.target.cmp(&other.target))
    }

    fn covers(&self, target: &str) -> bool {
        let (own, other) = (self.target.as_bytes(), target.as_bytes());
        let Some((start, rest)) = other.split_at_checked(own.len()) else { return false };
        let same = start.iter().zip(own).all(|(&b, &a)| a == if b == b'-' { b'_' } else { b });
        same && (rest.is_empty() || rest.starts_with(b"::"))
    }
}

/// The canonical list: the default, then the directives by target.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.default)?;
        for (target, threshold) in self.directives() {
            write!(f, ",{}{target}={threshold}", mark(target))?;
        }
        Ok(())
    }
}

/// A target as it is compared: `_` for `-`, no `::` at either end.
pub(in crate::config) fn canonical(target: &str) -> String {
    target.trim_start_matches("::").trim_end_matches("::").replace('-', "_")
}

/// Whether a list can name it so, in the spelling given and in the canonical one.
pub(in crate::config) fn is_target(target: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':');
    let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    target.chars().all(plain) && target.starts_with(begins) && canonical(target).starts_with(begins)
}

/// `::` where the bare target would be read as something else.
pub(super) fn mark(target: &str) -> &'static str {
    let taken = Threshold::parse(target).is_some()
        || Profile::parse(target).is_some()
        || Category::parse(target).is_some();
    if taken { "::" } else { "" }
}
