//! Wall-clock time as the log files need it, nanoseconds since the Unix epoch and RFC 3339 in UTC;
//! and the counter that callers read (`counter`).

mod counter;

pub use counter::{Anchor, Start, nanos};

use std::{
    cell::Cell,
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::decimal::{ZEROS, eight};

/// A point of wall-clock time, in nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The present time of the system clock.
    #[must_use]
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// The calendar fields of this time in UTC.
    #[must_use]
    pub fn civil(self) -> Civil {
        let seconds = self.0.div_euclid(1_000_000_000);
        let nanosecond = self.0.rem_euclid(1_000_000_000);
        let days = seconds.div_euclid(86_400);
        let second_of_day = seconds.rem_euclid(86_400);
        // Days to civil date in the proleptic Gregorian calendar, counted in eras of 400 years
        // that begin on 1 March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Civil {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: second_of_day / 3_600,
            minute: second_of_day % 3_600 / 60,
            second: second_of_day % 60,
            nanosecond,
        }
    }

    /// The number of whole days since the epoch, in UTC.
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(86_400_000_000_000)
    }

    /// Adds what [`Display`](fmt::Display) shows to a text.
    pub fn show(self, text: &mut String) {
        text.push_str(str::from_utf8(&self.shown()).unwrap_or_default());
    }

    /// What [`Display`](fmt::Display) shows, as ASCII.
    #[inline]
    pub(crate) fn shown(self) -> [u8; 27] {
        /// Up to the point, as most times of a thread are within one second.
        type Known = (i64, [u8; 20]);
        thread_local! {
            static KNOWN: Cell<Known> = const { Cell::new((i64::MAX, [b'0'; 20])) };
        }
        let second = self.0.div_euclid(1_000_000_000);
        let mut known = KNOWN.try_with(Cell::get).unwrap_or((i64::MAX, [b'0'; 20]));
        if known.0 != second {
            known = (second, Self(second.saturating_mul(1_000_000_000)).to_the_point());
            // A thread that is ending looks it up each time.
            let _ = KNOWN.try_with(|kept| kept.set(known));
        }
        let micros = self.0.rem_euclid(1_000_000_000).unsigned_abs() / 1_000;
        let [_, _, digits @ ..] = (eight(micros) | ZEROS).to_le_bytes();
        let mut shown = [b'Z'; 27];
        let (front, behind) = shown.split_at_mut(20);
        front.copy_from_slice(&known.1);
        if let Some(place) = behind.first_chunk_mut() {
            *place = digits;
        }
        shown
    }

    #[cold]
    fn to_the_point(self) -> [u8; 20] {
        self.to_string().as_bytes().first_chunk().copied().unwrap_or([b'0'; 20])
    }

    /// The time `duration` earlier; saturates at the end of the representable range.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// The time `duration` later; saturates at the end of the representable range.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let nanos = |d: Duration| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(since) => Self(nanos(since)),
            Err(before) => Self(-nanos(before.duration())),
        }
    }
}

/// RFC 3339 in UTC with microseconds: `2026-01-02T03:04:05.678901Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second, nanosecond } = self.civil();
        let micros = nanosecond / 1_000;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

/// A time in calendar fields, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Astronomical year.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// 0 to 999,999,999.
    pub nanosecond: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_of_known_times() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
            (-1, "1969-12-31T23:59:59.000000Z"),
        ] {
            assert_eq!(Timestamp(seconds * 1_000_000_000).to_string(), expected);
        }
        for nanos in [0, 999, 1_999, -1, -1_000, 999_999_999, 1_000_000_000, i64::MIN, i64::MAX] {
            let mut shown = String::new();
            Timestamp(nanos).show(&mut shown);
            assert_eq!(shown, Timestamp(nanos).to_string(), "{nanos}");
        }
        assert_eq!(Timestamp(1_999).to_string(), "1970-01-01T00:00:00.000001Z");
        assert_eq!(Timestamp(999_999_999).to_string(), "1970-01-01T00:00:00.999999Z");
    }

    #[test]
    fn a_day_begins_at_midnight_utc() {
        assert_eq!(Timestamp(86_400_000_000_000 - 1).day(), 0);
        assert_eq!(Timestamp(86_400_000_000_000).day(), 1);
        assert_eq!(Timestamp(-1).day(), -1);
    }
}
