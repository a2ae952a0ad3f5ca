//! How often files are rotated, whose midnight that is, and when a line counts as written.

use std::{fmt, time::Duration};

use super::{
    profile::SOON,
    span::{in_words, span},
};
use crate::record::Lasts;

/// How often a file is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// At each full minute.
    Minute,
    /// At each full hour.
    Hour,
    /// At midnight.
    Day,
    /// At midnight before Monday.
    Week,
    /// After so much time, counted from 1970-01-01T00:00:00Z whatever the zone; at least a second.
    Interval(Duration),
}

impl Every {
    /// Those that have a name.
    pub(super) const NAMED: [(&'static str, Self); 4] =
        [("minute", Self::Minute), ("hour", Self::Hour), ("day", Self::Day), ("week", Self::Week)];

    /// `day`, `15m`. `1d` is `day`, as nobody means anything else by it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let named = Self::NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, every)| *every).or_else(|| span(text).map(Self::of))
    }

    fn of(period: Duration) -> Self {
        let hours = |hours| Duration::from_hours(hours);
        match period {
            _ if period == Duration::from_mins(1) => Self::Minute,
            _ if period == hours(1) => Self::Hour,
            _ if period == hours(24) => Self::Day,
            _ if period == hours(24 * 7) => Self::Week,
            _ => Self::Interval(period),
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::NAMED.iter().find(|(_, every)| every == self);
        match (named, self) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Self::Interval(period)) => f.write_str(&in_words(*period)),
            (None, _) => Ok(()),
        }
    }
}

/// The time zone whose hours, days and weeks count; others than UTC need the feature `local-time`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ZoneName {
    /// Coordinated universal time.
    #[default]
    Utc,
    /// That of the system: `TZ`, or what the machine is set to.
    Local,
    /// That of the time zone database: `Europe/Berlin`.
    Named(String),
}

impl ZoneName {
    pub(super) fn parse(text: &str) -> Self {
        match text {
            _ if text.eq_ignore_ascii_case("utc") => Self::Utc,
            _ if text.eq_ignore_ascii_case("local") => Self::Local,
            _ => Self::Named(text.to_owned()),
        }
    }

    /// Whether it can be looked up without leaving the database.
    pub(super) fn is_name(&self) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/');
        match self {
            Self::Utc | Self::Local => true,
            Self::Named(name) => {
                name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name.len() <= 64
                    && name.chars().all(plain)
            }
        }
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utc => "utc",
            Self::Local => "local",
            Self::Named(name) => name,
        })
    }
}

/// The signal at which a program rotates its files; needs the feature `signals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotateSignal {
    /// `SIGHUP`, which most programs of logs send.
    Hup,
    /// `SIGUSR1`.
    Usr1,
}

impl RotateSignal {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let name = text.get(..3).filter(|start| start.eq_ignore_ascii_case("sig"));
        let rest = name.map_or(text, |_| text.get(3..).unwrap_or_default());
        [("hup", Self::Hup), ("usr1", Self::Usr1)]
            .into_iter()
            .find_map(|(name, signal)| name.eq_ignore_ascii_case(rest).then_some(signal))
    }
}

impl fmt::Display for RotateSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hup => "SIGHUP",
            Self::Usr1 => "SIGUSR1",
        })
    }
}

/// When a line counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When it is in the file: it survives the process.
    #[default]
    Written,
    /// When it is in the file; it is on the disk within that time, without anybody waiting for it.
    Within(Duration),
    /// When it is on the disk: it survives the machine's loss of power.
    Synced,
}

impl Durability {
    /// What becomes of it where a call site asks for something. A disk that a category waits for is
    /// not waited for then, and asked all the same.
    #[must_use]
    pub fn asked(self, lasts: Option<Lasts>) -> Self {
        match (lasts, self) {
            (Some(Lasts::Synced), _) => Self::Synced,
            (Some(Lasts::Spooled | Lasts::Written), Self::Synced) => Self::Within(SOON),
            (None | Some(Lasts::Spooled | Lasts::Written), _) => self,
        }
    }

    pub(super) const NAMED: [(&'static str, Self); 2] =
        [("written", Self::Written), ("synced", Self::Synced)];

    pub(super) fn parse(text: &str) -> Option<Self> {
        let named = Self::NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map(|(_, durability)| *durability).or_else(|| span(text).map(Self::Within))
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written => f.write_str("written"),
            Self::Within(time) => f.write_str(&in_words(*time)),
            Self::Synced => f.write_str("synced"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_back() {
        for text in ["minute", "hour", "day", "week", "15m", "36h", "2d", "90s"] {
            assert_eq!(Every::parse(text).map(|every| every.to_string()).as_deref(), Some(text));
        }
        for (text, every) in [
            ("1m", Every::Minute),
            ("60m", Every::Hour),
            ("1d", Every::Day),
            ("7d", Every::Week),
            ("1w", Every::Week),
        ] {
            assert_eq!(Every::parse(text), Some(every), "{text}");
        }
        for text in ["", "daily", "15", "1.5h"] {
            assert_eq!(Every::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_of_a_zone_stays_in_the_database() {
        for name in ["UTC", "local", "Europe/Berlin", "Etc/GMT+5", "America/Port-au-Prince"] {
            assert!(ZoneName::parse(name).is_name(), "{name}");
        }
        for name in ["", "/etc/passwd", "../x", "Europe Berlin", "é", "a.b"] {
            assert!(!ZoneName::parse(name).is_name(), "{name}");
        }
    }
}
