//! When something that failed is tried again.

use std::time::Duration;

use crate::clock::Timestamp;

/// Holds off what failed: `first` at first, then twice as long each time, up to `longest`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    /// When it was begun to be tried, how long that took, and how long it is left alone since.
    failed: Option<(Timestamp, Duration, Duration)>,
}

impl Backoff {
    pub(super) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failed: None }
    }

    /// Whether it may be tried. A clock that went back holds off nothing for longer; whoever began
    /// a moment before what failed does not try it once more.
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        self.failed.is_none_or(|(at, spent, wait)| {
            let wait = spent + wait;
            now >= at.after(wait) || at >= now.after(wait)
        })
    }

    /// Whether what failed last was waited for in vain.
    pub(super) fn was_waited_for(&self) -> bool {
        self.failed.is_some_and(|(_, spent, _)| !spent.is_zero())
    }

    pub(super) fn failed(&mut self, now: Timestamp) {
        self.failed_after(now, Duration::ZERO);
    }

    /// The same where the attempt took so long from `now` on: it is held off from its end.
    pub(super) fn failed_after(&mut self, now: Timestamp, spent: Duration) {
        let wait = self.failed.map_or(self.first, |(.., wait)| (wait * 2).min(self.longest));
        self.failed = Some((now, spent, wait));
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
        let mut now = 9 * second;
        for wait in [1, 2, 3, 3] {
            backoff.failed(Timestamp(now));
            assert!(!backoff.is_ready(Timestamp(now + wait * second - 1)), "{wait}");
            assert!(backoff.is_ready(Timestamp(now + wait * second)), "{wait}");
            assert!(!backoff.is_ready(Timestamp(now - 1)), "another thread, a moment earlier");
            assert!(backoff.is_ready(Timestamp(now - wait * second)), "the clock went back");
            now += wait * second;
        }
        backoff.succeeded();
        backoff.failed(Timestamp(0));
        assert!(backoff.is_ready(Timestamp(second)));
    }

    #[test]
    fn what_was_waited_for_in_vain_is_left_alone_from_then_on() {
        let second = 1_000_000_000;
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
        backoff.failed_after(Timestamp(0), Duration::from_secs(2));
        assert!(!backoff.is_ready(Timestamp(3 * second - 1)));
        assert!(backoff.is_ready(Timestamp(3 * second)));
        backoff.failed_after(Timestamp(3 * second), Duration::from_secs(2));
        assert!(!backoff.is_ready(Timestamp(7 * second - 1)), "twice as long, without the wait");
        assert!(backoff.is_ready(Timestamp(7 * second)));
    }
}
