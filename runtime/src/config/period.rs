//! Periods of time as people write them: `30s`, `5m`.

use std::time::Duration;

use super::nearest::nearest;

/// The units of a period and their seconds, the largest first.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
/// Other words for them.
const ALIASES: [(&str, &str); 8] = [
    ("sec", "s"),
    ("secs", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minutes", "m"),
    ("hours", "h"),
    ("days", "d"),
];

/// `30s`, `5 m`, `1h`: a whole number and a unit, in any case.
pub(super) fn period(text: &str) -> Option<Duration> {
    let (digits, unit) = split(text)?;
    let (_, seconds) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    digits.parse::<u64>().ok()?.checked_mul(*seconds).map(Duration::from_secs)
}

/// What was probably meant: `60` is `60s`, `5min` is `5m`.
pub(super) fn near_period(text: &str) -> Option<String> {
    let (digits, unit) = split(text)?;
    if digits.is_empty() {
        return nearest(text, ["off"], 2).map(Into::into);
    }
    let alias = ALIASES.iter().find(|(word, _)| word.eq_ignore_ascii_case(unit));
    let unit = if unit.is_empty() { "s" } else { alias?.1 };
    Some(format!("{digits}{unit}")).filter(|meant| period(meant).is_some())
}

fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    Some((digits, unit.trim()))
}

/// A period in the largest unit that divides it: `5m`.
pub(super) fn in_units(period: Duration) -> String {
    let seconds = period.as_secs();
    let fits = |unit: &&(&str, u64)| seconds >= unit.1 && seconds.is_multiple_of(unit.1);
    let (unit, of) = UNITS.iter().find(fits).copied().unwrap_or(("s", 1));
    format!("{}{unit}", seconds / of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_written_in_the_largest_unit_and_read_back() {
        let known = [(0, "0s"), (1, "1s"), (60, "1m"), (90, "90s"), (7_200, "2h"), (86_400, "1d")];
        for (seconds, text) in known {
            assert_eq!(in_units(Duration::from_secs(seconds)), text);
            assert_eq!(period(text), Some(Duration::from_secs(seconds)));
        }
        assert_eq!(period("5 M"), Some(Duration::from_mins(5)));
        for text in ["", "s", "-1s", "1.5m", "60", "1w", "99999999999999999d", "1sx", "ä"] {
            assert_eq!(period(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_probably_meant() {
        for (text, meant) in [
            ("60", Some("60s")),
            ("5min", Some("5m")),
            ("2 Hours", Some("2h")),
            ("of", Some("off")),
            ("10xyz", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(near_period(text).as_deref(), meant, "{text}");
        }
    }
}
