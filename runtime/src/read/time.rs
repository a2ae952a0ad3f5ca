//! Points in time as log lines and people write them.

use crate::{clock::Timestamp, layout::day_of};

const DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;

/// Reads an RFC 3339 date and time with `Z` or an offset; digits past the nanosecond are dropped, a
/// leap second is the first of the next minute. `None` also outside the years 1678 to 2261.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = parse_fraction(rest)?;
    let clock = hour * 3_600 + minute * 60 + second - parse_zone(zone)?;
    let seconds = parse_date(date)? * DAY + clock;
    Some(Timestamp(seconds.checked_mul(NANOS)?.checked_add(nanos)?))
}

/// Reads a date such as `2026-11-22` as its first moment in UTC.
pub fn parse_day(text: &str) -> Option<Timestamp> {
    Some(Timestamp(parse_date(text)?.checked_mul(DAY * NANOS)?))
}

fn parse_date(text: &str) -> Option<i64> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    day_of(year, month, day)
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

/// The nanoseconds of an optional `.fraction`, and what follows it.
fn parse_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let (fraction, zone) = rest.split_at_checked(digits)?;
    let nanos = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((nanos, zone))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_instants() {
        const KNOWN: i64 = 1_795_326_887_123_456_000;
        for (text, nanos) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-22T05:54:47.123456Z", KNOWN),
            ("2026-11-22T06:54:47.123456+01:00", KNOWN),
            ("2026-11-21 23:54:47.1234560019-06:00", KNOWN + 1),
            ("2000-02-29T23:59:60Z", 951_868_800_000_000_000),
            ("1969-12-31t23:59:59.5z", -500_000_000),
        ] {
            assert_eq!(parse_time(text), Some(Timestamp(nanos)), "{text}");
        }
        assert_eq!(parse_day("1970-01-02"), Some(Timestamp(DAY * NANOS)));
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
            "1600-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "+026-11-22T05:54:47Z",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(micros in i64::MIN / 1_000..i64::MAX / 1_000) {
            let time = Timestamp(micros * 1_000);
            prop_assert_eq!(parse_time(&time.to_string()), Some(time));
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,40}") {
            let _nothing_to_compare = parse_time(&text);
        }
    }
}
