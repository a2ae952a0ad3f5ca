//! Points in time as log lines write them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// From the system's clock.
    pub fn from_system(time: SystemTime) -> Self {
        let clamp = |micros: u128| i64::try_from(micros).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => clamp(after.as_micros()),
            Err(before) => -clamp(before.duration().as_micros()),
        })
    }

    /// Hour of the day in UTC, 0 to 23.
    pub fn hour_of_day(self) -> usize {
        usize::try_from(self.0.div_euclid(3_600 * MICROS).rem_euclid(24)).unwrap_or_default()
    }

    /// The start of its hour in UTC.
    #[must_use]
    pub fn start_of_hour(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(3_600 * MICROS)))
    }

    /// Reads an RFC 3339 date and time with `Z` or an offset; digits past the microsecond are
    /// dropped, a leap second is the first of the next minute.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let (clock, rest) = rest.split_at_checked(8)?;
        let days = parse_date(date)?;
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (micros, zone) = parse_fraction(rest)?;
        let offset = parse_zone(zone)?;
        let seconds = days * DAY + hour * 3_600 + minute * 60 + second - offset;
        Some(Self(seconds * MICROS + micros))
    }

    /// Reads a date such as `2026-11-22` as its first moment in UTC.
    pub fn parse_day(text: &str) -> Option<Self> {
        Some(Self(parse_date(text)? * DAY * MICROS))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(MICROS);
        let (year, month, day) = civil(seconds.div_euclid(DAY));
        let clock = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
        let micros = self.0.rem_euclid(MICROS);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

/// Exactly `widths` digits each, with `separator` between them.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut found = [0; N];
    for (slot, width) in found.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn parse_date(text: &str) -> Option<i64> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=last).contains(&day).then(|| days_from_civil(year, month, day))
}

/// The microseconds of an optional `.fraction`, and what follows it.
fn parse_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let (fraction, zone) = rest.split_at_checked(digits)?;
    let micros = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(6)
        .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((micros, zone))
}

/// Seconds east of UTC.
fn parse_zone(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let [hours, minutes] = numbers(rest, ':', [2, 2])?;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so that the
/// leap day is the last of its year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_instants() {
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-22T05:54:47.123456Z", 1_795_326_887_123_456),
            ("2026-11-22T06:54:47.123456+01:00", 1_795_326_887_123_456),
            ("2026-11-21 23:54:47.1234569-06:00", 1_795_326_887_123_456),
            ("2000-02-29T23:59:60Z", 951_868_800_000_000),
            ("1969-12-31t23:59:59.5z", -500_000),
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(micros)), "{text}");
        }
        assert_eq!(Timestamp(-500_000).to_string(), "1969-12-31T23:59:59.500000Z");
        assert_eq!(Timestamp(-500_000).hour_of_day(), 23);
        assert_eq!(Timestamp::parse_day("1970-01-02"), Some(Timestamp(DAY * MICROS)));
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T05:54:47",
            "2026-11-22T05:54:47.Z",
            "2026-11-31T05:54:47Z",
            "2025-02-29T05:54:47Z",
            "2026-13-01T05:54:47Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T05:54:47Zx",
            "2026-11-22T05:54:47+24:00",
            "2026-11-2éT05:54:47Z",
            "+026-11-22T05:54:47Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let time = Timestamp(micros);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,40}") {
            let _nothing_to_compare = Timestamp::parse(&text);
        }
    }
}
