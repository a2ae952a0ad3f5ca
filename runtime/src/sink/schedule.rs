//! When a file is rotated by time: pure, the clock comes in as a parameter.
//!
//! Time is cut into periods. A file is due when the present period is a later one than that in
//! which it began, so every boundary passes once: a clock that goes back, a machine that slept
//! over ten boundaries, an hour that comes twice and a restart rotate at most once, and any number
//! of processes come to the same answer.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    config::{Every, ZoneName},
};

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 1970-01-01 was a Thursday; weeks begin on Monday.
const FIRST_MONDAY: i64 = 4 * DAY;

/// Whose midnight it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// Coordinated universal time.
    #[default]
    Utc,
    /// Local time of a time zone.
    #[cfg(feature = "local-time")]
    Local(jiff::tz::TimeZone),
}

/// When a file is rotated by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How often.
    pub every: Every,
    /// In which zone.
    pub zone: Zone,
    /// A rotation may come so much later, so that not all machines rotate at once; at most half a
    /// period.
    pub jitter: Duration,
}

impl Zone {
    /// The zone of that name; `None` where none is known.
    #[must_use]
    pub fn find(name: &ZoneName) -> Option<Self> {
        match name {
            ZoneName::Utc => Some(Self::Utc),
            #[cfg(feature = "local-time")]
            ZoneName::Local => jiff::tz::TimeZone::try_system().ok().map(Self::Local),
            #[cfg(feature = "local-time")]
            ZoneName::Named(name) => jiff::tz::TimeZone::get(name).ok().map(Self::Local),
            #[cfg(not(feature = "local-time"))]
            ZoneName::Local | ZoneName::Named(_) => None,
        }
    }
}

/// How long a period is, in nanoseconds; local days and weeks may be an hour longer or shorter.
fn length(every: Every) -> i64 {
    match every {
        Every::Minute => MINUTE,
        Every::Hour => HOUR,
        Every::Day => DAY,
        Every::Week => 7 * DAY,
        Every::Interval(length) => nanos(length).max(SECOND),
    }
}

impl Schedule {
    /// Without jitter, in UTC.
    #[must_use]
    pub const fn utc(every: Every) -> Self {
        Self { every, zone: Zone::Utc, jitter: Duration::ZERO }
    }

    /// Whether a file that began then is due now. `spread` tells this file's share of the jitter;
    /// it need not be the same for all processes.
    #[must_use]
    pub fn is_due(&self, begun: Timestamp, now: Timestamp, spread: u64) -> bool {
        let period = self.period(now);
        self.period(begun) < period && now.0.saturating_sub(period.0) >= self.delay(spread)
    }

    /// The first moment of the period that this time lies in.
    #[must_use]
    pub fn period(&self, time: Timestamp) -> Timestamp {
        match &self.zone {
            Zone::Utc => floor(time, self.every),
            #[cfg(feature = "local-time")]
            Zone::Local(zone) => {
                local::period(zone, self.every, time).unwrap_or_else(|| floor(time, self.every))
            }
        }
    }

    /// When a file that begins now is due, if it is not before; a moment in the future.
    #[must_use]
    pub fn next(&self, now: Timestamp, spread: u64) -> Timestamp {
        let (start, delay) = (self.period(now), self.delay(spread));
        let put_off = Timestamp(start.0.saturating_add(delay));
        if put_off > now {
            return put_off;
        }
        // Half a period into the next one, however long this one is.
        let length = length(self.every);
        let within = start.0.saturating_add(length).saturating_add(length / 2);
        Timestamp(self.period(Timestamp(within)).0.saturating_add(delay))
    }

    fn delay(&self, spread: u64) -> i64 {
        let longest = nanos(self.jitter).clamp(0, length(self.every) / 2);
        let share = i128::from(longest) * i128::from(spread) / i128::from(u64::MAX);
        i64::try_from(share).unwrap_or(longest)
    }
}

fn floor(time: Timestamp, every: Every) -> Timestamp {
    let origin = if every == Every::Week { FIRST_MONDAY } else { 0 };
    let into = (i128::from(time.0) - i128::from(origin)).rem_euclid(i128::from(length(every)));
    Timestamp(time.0.saturating_sub(i64::try_from(into).unwrap_or(0)))
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(feature = "local-time")]
mod local {
    //! Periods that depend on a time zone. Minutes and intervals do not.

    use jiff::{ToSpan, tz::TimeZone};

    use super::{Every, SECOND, Timestamp, floor};

    /// `None` for a time that the zone does not reach.
    pub(super) fn period(zone: &TimeZone, every: Every, time: Timestamp) -> Option<Timestamp> {
        let instant = jiff::Timestamp::from_nanosecond(i128::from(time.0)).ok()?;
        let back = match every {
            Every::Minute | Every::Interval(_) => return Some(floor(time, every)),
            Every::Hour => {
                // An hour of this offset, so that of two hours of the same name each is one.
                let offset = i64::from(zone.to_offset(instant).seconds()) * SECOND;
                let hour = floor(Timestamp(time.0.checked_add(offset)?), every);
                return Some(Timestamp(hour.0 - offset));
            }
            Every::Day => 0,
            Every::Week => instant.to_zoned(zone.clone()).weekday().to_monday_zero_offset(),
        };
        let date = instant.to_zoned(zone.clone()).date().checked_sub(back.days()).ok()?;
        let midnight = zone.to_zoned(date.at(0, 0, 0, 0)).ok()?;
        i64::try_from(midnight.timestamp().as_nanosecond()).ok().map(Timestamp)
    }
}

#[cfg(test)]
mod tests;
