//! Due dates and time stamps in the spellings that task files carry.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A due date: its text as the file has it, and the moment after which it has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    text: String,
    end: Timestamp,
}

impl Due {
    /// Reads any spelling found in files: a date, RFC 3339, or a time without offset (taken as UTC).
    pub fn from_file(text: &str) -> Result<Self, String> {
        Self::read(text, true)
    }

    /// Reads what a person may type: a date or RFC 3339.
    pub fn from_option(text: &str) -> Result<Self, String> {
        Self::read(text, false)
    }

    fn read(text: &str, naive: bool) -> Result<Self, String> {
        let end = match date_of(text)? {
            day if text.len() == 10 => {
                day.tomorrow().ok().and_then(|next| at_utc(next.at(0, 0, 0, 0)))
            }
            _ if naive => moment(text),
            _ => text.parse().ok(),
        };
        let end = end.ok_or("not a date")?;
        Ok(Self { text: text.to_owned(), end })
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the date has passed at `now`. A day passes when it ends in UTC.
    pub fn passed(&self, now: Timestamp) -> bool {
        now >= self.end
    }

    /// The moment after which it has passed, to sort by.
    pub fn end(&self) -> Timestamp {
        self.end
    }
}

/// The calendar day that `text` begins with; the error names the part that is wrong.
fn date_of(text: &str) -> Result<Date, String> {
    let number = |range: std::ops::Range<usize>| -> Option<i16> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let dashes = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let (Some(year), Some(month), Some(day), true) =
        (number(0..4), number(5..7), number(8..10), dashes)
    else {
        return Err("not a date".to_owned());
    };
    if !(1..=12).contains(&month) {
        return Err(format!("month {month}"));
    }
    let (month, day) = (i8::try_from(month).unwrap_or(0), i8::try_from(day).unwrap_or(0));
    Date::new(year, month, day).map_err(|_| format!("day {day} of {year:04}-{month:02}"))
}

/// The moment a time stamp of a file means; one without offset is taken as UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| at_utc(text.parse::<DateTime>().ok()?))
}

fn at_utc(civil: DateTime) -> Option<Timestamp> {
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A time stamp as task files carry it: RFC 3339, microseconds, `+00:00`.
pub fn stamp(time: Timestamp) -> String {
    let civil = TimeZone::UTC.to_datetime(time);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
        civil.subsec_nanosecond() / 1000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_files_are_read() {
        for (text, end) in [
            ("2025-07-24", "2025-07-25T00:00:00Z"),
            ("2025-07-24T03:47:43.828126", "2025-07-24T03:47:43.828126Z"),
            ("2025-07-25T03:47:43.819979+02:00", "2025-07-25T01:47:43.819979Z"),
            ("2025-07-25T00:00:00Z", "2025-07-25T00:00:00Z"),
        ] {
            assert_eq!(Due::from_file(text).unwrap().end(), end.parse().unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_date_is_named() {
        assert_eq!(Due::from_option("2025-13-01").unwrap_err(), "month 13");
        assert_eq!(Due::from_option("2025-02-30").unwrap_err(), "day 30 of 2025-02");
        assert_eq!(Due::from_option("tomorrow").unwrap_err(), "not a date");
        assert_eq!(Due::from_option("2025-07-24T03:47:43").unwrap_err(), "not a date");
        assert_eq!(Due::from_file("2025-07-24x").unwrap_err(), "not a date");
        assert_eq!(Due::from_option("2025-07-é").unwrap_err(), "not a date");
    }

    #[test]
    fn a_day_passes_when_it_ends() {
        let due = Due::from_option("2025-07-24").unwrap();
        assert!(!due.passed("2025-07-24T23:59:59Z".parse().unwrap()));
        assert!(due.passed("2025-07-25T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn stamps_carry_microseconds_and_offset() {
        let time = "2026-01-02T03:04:05.000006789Z".parse().unwrap();
        assert_eq!(stamp(time), "2026-01-02T03:04:05.000006+00:00");
    }
}
