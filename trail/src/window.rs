//! The time a report covers.

use std::time::Duration;

use audit_runtime::Timestamp;
use audit_runtime::read::{parse_day, parse_time as parse_rfc3339};

/// From `since` on, up to but not including `until`; an open side has no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// The first moment inside.
    pub since: Option<Timestamp>,
    /// The first moment outside again.
    pub until: Option<Timestamp>,
}

impl Window {
    /// Everything.
    pub const ALL: Self = Self { since: None, until: None };

    /// True for a moment inside.
    pub fn contains(&self, time: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// Reads one side of a window: an RFC 3339 time, a date (its first moment in UTC), or a length of
/// time such as `90s`, `15m`, `2h30m`, `7d` or `1w`, counted back from `now`.
pub fn parse_time(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Some(time) = parse_rfc3339(text).or_else(|| parse_day(text)) {
        return Ok(time);
    }
    let ago = parse_length(text).and_then(|ago| i64::try_from(ago.as_nanos()).ok());
    ago.map(|ago| Timestamp(now.0.saturating_sub(ago))).ok_or_else(|| {
        "expected a time such as 2026-11-22T05:54:47Z, a date such as 2026-11-22, or how long \
         ago, such as 90s, 15m, 2h30m, 7d or 1w"
            .to_owned()
    })
}

/// A length of time such as `90s`, `2h30m` or `1w`.
pub(crate) fn parse_length(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at_checked(digits)?;
        let unit = match tail.chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = tail.get(1..)?;
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        parse_rfc3339(text).unwrap()
    }

    #[test]
    fn times_dates_and_lengths_are_read() {
        let now = at("2026-11-22T12:00:00Z");
        for (text, time) in [
            ("2026-11-22T13:00:00+02:00", "2026-11-22T11:00:00Z"),
            ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("90s", "2026-11-22T11:58:30Z"),
            ("2h30m", "2026-11-22T09:30:00Z"),
            ("1w1d", "2026-11-14T12:00:00Z"),
            ("0s", "2026-11-22T12:00:00Z"),
        ] {
            assert_eq!(parse_time(text, now), Ok(at(time)), "{text}");
        }
    }

    #[test]
    fn anything_else_says_what_is_accepted() {
        let now = Timestamp(0);
        for text in
            ["", "5", "h", "5x", "-3h", "5m ", "99999999999999999999d", "9999999999999999w", "5é"]
        {
            assert!(parse_time(text, now).unwrap_err().contains("15m"), "{text}");
        }
    }

    #[test]
    fn the_end_is_outside() {
        let window = Window {
            since: Some(at("2026-01-01T00:00:00Z")),
            until: Some(at("2026-01-02T00:00:00Z")),
        };
        assert!(window.contains(at("2026-01-01T00:00:00Z")));
        assert!(window.contains(at("2026-01-01T23:59:59.999999Z")));
        assert!(!window.contains(at("2026-01-02T00:00:00Z")));
        assert!(!window.contains(at("2025-12-31T23:59:59.999999Z")));
        assert!(Window::ALL.contains(Timestamp(i64::MIN)));
    }
}
