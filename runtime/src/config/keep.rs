//! Which archives are kept.

use std::{fmt, time::Duration};

use super::size::{in_bytes, size};
use crate::fs::Space;

/// What a category keeps. What is `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// So many archives.
    pub files: Option<u32>,
    /// Archives rotated at most so long ago.
    pub age: Option<Duration>,
    /// Archives of so many bytes altogether, as they are stored; the active file does not count.
    pub bytes: Option<u64>,
    /// Delete archives of it until so much space is free.
    pub min_free: Option<MinFree>,
    /// So many of the newest archives that neither free space nor the limit of the directory
    /// touches; the newest one never is.
    pub floor: u32,
}

/// How much space is to be free on the file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MinFree {
    /// So many bytes.
    Bytes(u64),
    /// So much of a hundred.
    Percent(u8),
}

impl MinFree {
    /// `5%`, `1GiB`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.trim_end().parse().ok().filter(|percent| *percent <= 100)?;
                Some(Self::Percent(percent))
            }
            None => size(text).map(Self::Bytes),
        }
    }

    /// In bytes of that file system.
    #[must_use]
    pub fn of(self, space: Space) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Percent(percent) => {
                let bytes = u128::from(space.total) * u128::from(percent.min(100)) / 100;
                u64::try_from(bytes).unwrap_or(u64::MAX)
            }
        }
    }

    /// Whether a file system with anything on it can have so much free.
    pub(super) const fn is_sensible(self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes > 0,
            Self::Percent(percent) => matches!(percent, 1..=90),
        }
    }
}

impl fmt::Display for MinFree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => f.write_str(&in_bytes(*bytes)),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}
