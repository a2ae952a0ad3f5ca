//! Times as people write them: `5s`.

use std::time::Duration;

use super::nearest::nearest;

/// The units of a time and their milliseconds, the largest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Weeks are read and not written: nobody asks whether `52w` is a year.
const WEEK: (&str, u64) = ("w", 604_800_000);

/// Other words for the units.
const FOREIGN: [(&str, &str); 13] = [
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minutes", "m"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("weeks", "w"),
    ("millis", "ms"),
];

/// `5s`, `5 s`: a whole number and a unit, in any case. A number alone is no time.
pub(super) fn span(text: &str) -> Option<Duration> {
    let (digits, unit) = split(text)?;
    let mut units = UNITS.iter().chain([&WEEK]);
    let (_, millis) = units.find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    Some(Duration::from_millis(digits.parse::<u64>().ok()?.checked_mul(*millis)?))
}

fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    Some((digits, unit.trim()))
}

/// What was probably meant: `5sec` is `5s`, and `5` is as many of the usual unit.
pub(super) fn near_span(text: &str, usual: &str) -> Option<String> {
    let (digits, unit) = split(text)?;
    if digits.is_empty() {
        return nearest(text, ["off"], 2).map(Into::into);
    }
    let meant = FOREIGN.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let unit = if unit.is_empty() { usual } else { meant?.1 };
    let text = format!("{digits}{unit}");
    span(&text).is_some().then_some(text)
}

/// A time in the largest unit that divides it: `5s`.
pub(super) fn in_words(time: Duration) -> String {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let (unit, of) = UNITS
        .into_iter()
        .find(|(_, of)| millis >= *of && millis.is_multiple_of(*of))
        .unwrap_or(("ms", 1));
    format!("{}{unit}", millis / of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_the_largest_unit_and_read_back() {
        for (millis, text) in [
            (0, "0ms"),
            (250, "250ms"),
            (5_000, "5s"),
            (90_000, "90s"),
            (3_600_000, "1h"),
            (172_800_000, "2d"),
        ] {
            assert_eq!(in_words(Duration::from_millis(millis)), text);
            assert_eq!(span(text), Some(Duration::from_millis(millis)));
        }
        assert_eq!(span("5 S"), Some(Duration::from_secs(5)));
        assert_eq!(span("2w"), Some(Duration::from_hours(14 * 24)));
        for text in ["", "5", "s", "-1s", "1.5s", "5x", "99999999999999999999s", "é"] {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_probably_meant() {
        for (text, meant) in [
            ("5", Some("5s")),
            ("5 seconds", Some("5s")),
            ("of", Some("off")),
            ("5x", None),
            ("1.5s", None),
        ] {
            assert_eq!(near_span(text, "s").as_deref(), meant, "{text}");
        }
    }
}
