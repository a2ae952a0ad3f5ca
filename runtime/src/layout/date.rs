//! Dates to day numbers: what archive names and the first line of a file carry.

use crate::clock::Timestamp;

/// The number of days from 1970-01-01 to that date; `None` where there is no such date.
#[must_use]
pub fn day_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=length).contains(&day) || !(0..=9_999).contains(&year) {
        return None;
    }
    // The inverse of `Timestamp::civil`: eras of 400 years that begin on 1 March.
    let year_from_march = if month <= 2 { year - 1 } else { year };
    let era = year_from_march.div_euclid(400);
    let year_of_era = year_from_march.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// The time of a line that begins with it: `{"timestamp":"2026-01-02T03:04:05.678901Z"`, the same
/// under another name, or in plain text.
#[must_use]
pub fn time_of_line(line: &[u8]) -> Option<Timestamp> {
    let rest = match line.strip_prefix(b"{\"") {
        Some(member) => {
            let name = member.strip_prefix(b"@").unwrap_or(member);
            name.strip_prefix(br#"timestamp":""#)?
        }
        None => line,
    };
    let text = std::str::from_utf8(rest.get(..20)?).ok()?;
    let (date, clock) = text.split_once('T')?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = day_of(number(year, 4)?, number(month, 2)?, number(day, 2)?)?;
    let mut parts = clock.get(..8)?.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let second = number(hour, 2)? * 3_600 + number(minute, 2)? * 60 + number(second, 2)?;
    let ends = matches!(clock.as_bytes().get(8), Some(b'.' | b'Z'));
    let seconds = ends.then_some(day * 86_400 + second)?;
    seconds.checked_mul(1_000_000_000).map(Timestamp)
}

/// A number of exactly so many decimal digits.
pub(super) fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_agree_with_the_clock() {
        let mut day = -30_000;
        while day < 60_000 {
            let civil = Timestamp(day * 86_400_000_000_000).civil();
            assert_eq!(day_of(civil.year, civil.month, civil.day), Some(day));
            day += 7;
        }
    }

    #[test]
    fn dates_that_do_not_exist_have_no_day() {
        for (year, month, day) in
            [(2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0)]
        {
            assert_eq!(day_of(year, month, day), None, "{year}-{month}-{day}");
        }
        assert_eq!(day_of(2000, 2, 29), Some(11_016));
    }

    #[test]
    fn the_time_stands_in_the_first_line() {
        let time = Some(Timestamp((2 * 86_400 + 86_399) * 1_000_000_000));
        for line in [
            r#"{"timestamp":"1970-01-03T23:59:59.9Z","level"#,
            r#"{"@timestamp":"1970-01-03T23:59:59Z","level"#,
            "1970-01-03T23:59:59.123456Z  INFO ",
        ] {
            assert_eq!(time_of_line(line.as_bytes()), time, "{line}");
        }
        for line in [
            r#"{"timestamp":"1970-01-03 23:59:59"#,
            r#"{"timestamp":"1970-1-003T23:59:59Z"#,
            r#"{"timestamp":"1970-02-30T23:59:59Z"#,
            r#"{"timestamp":"1970-01-03T23:59:5"#,
            r#"{"timestamp":"1970-01-03T23:59-59Z"#,
            r#"{"timestamp":"1970-01-03T23:59:59+"#,
            r#"{"timestamp":"1970-01"#,
            r#"{"level":"INFO","timestamp":"1970-01-03T23:59:59Z"#,
            "",
        ] {
            assert_eq!(time_of_line(line.as_bytes()), None, "{line}");
        }
    }
}
