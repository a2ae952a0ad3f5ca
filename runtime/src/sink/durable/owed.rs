//! Lines that are to be on the disk within a time, and are not yet.

use std::time::{Duration, Instant};

/// How many such lines there are, and since when the oldest of them is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    /// How many.
    pub lines: u64,
    /// None where there are none.
    pub since: Option<Instant>,
}

impl Owed {
    /// So many lines that were written then.
    pub(in crate::sink) fn new(lines: u64, since: Instant) -> Self {
        Self { lines, since: (lines > 0).then_some(since) }
    }

    /// Those and others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let since = self.since.into_iter().chain(other.since).min();
        Self { lines: self.lines.saturating_add(other.lines), since }
    }

    /// For how long the oldest has waited.
    #[must_use]
    pub fn age(self, now: Instant) -> Duration {
        self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_counts() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let all = Owed::new(2, now + second).and(Owed::new(3, now)).and(Owed::default());
        assert_eq!((all.lines, all.age(now + second)), (5, second));
        let none = Owed::new(0, now);
        assert_eq!((none, none.age(now + second)), (Owed::default(), Duration::ZERO));
        // Another thread has looked at the clock since.
        let later = Owed::new(1, now + second);
        assert_eq!(later.age(now), Duration::ZERO);
    }
}
