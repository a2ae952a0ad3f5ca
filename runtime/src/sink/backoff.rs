//! When something that failed is tried again.

use std::time::Duration;

use crate::clock::Timestamp;

/// Holds off what failed: `first` at first, then twice as long each time, up to `longest`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    failed: Option<(Timestamp, Duration)>,
}

impl Backoff {
    pub(super) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failed: None }
    }

    /// Whether it may be tried. A clock that went back does not hold off anything.
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        self.failed.is_none_or(|(at, wait)| now < at || now >= at.after(wait))
    }

    pub(super) fn failed(&mut self, now: Timestamp) {
        let wait = self.failed.map_or(self.first, |(_, wait)| (wait * 2).min(self.longest));
        self.failed = Some((now, wait));
    }

    pub(super) fn succeeded(&mut self) {
        self.failed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let second = 1_000_000_000;
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(3));
        assert!(backoff.is_ready(Timestamp(0)));
        let mut now = 0;
        for wait in [1, 2, 3, 3] {
            backoff.failed(Timestamp(now));
            assert!(!backoff.is_ready(Timestamp(now + wait * second - 1)), "{wait}");
            assert!(backoff.is_ready(Timestamp(now + wait * second)), "{wait}");
            assert!(backoff.is_ready(Timestamp(now - 1)), "the clock went back");
            now += wait * second;
        }
        backoff.succeeded();
        backoff.failed(Timestamp(0));
        assert!(backoff.is_ready(Timestamp(second)));
    }
}
