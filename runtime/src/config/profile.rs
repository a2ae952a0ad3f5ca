//! Profiles: what each kind of place wants when nobody says otherwise.

use std::{fmt, time::Duration};

use super::{
    failure::OnFailure,
    keep::Keep,
    nearest::nearest,
    place::{Color, Console, ConsoleFormat, ConsoleTarget, Dir},
    rotate::{Durability, Every},
    spool::SpoolMode,
    timing::Timing,
};
use crate::{
    layout::Compression,
    record::{Category, Level},
};

/// A kind of place the program runs in. None is ever guessed from the surroundings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// A developer's machine.
    #[default]
    Dev,
    /// Under a test harness.
    Test,
    /// Like production, watched more closely.
    Staging,
    /// The real thing.
    Production,
    /// Where the standard output is collected.
    Container,
}

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const DAY: Duration = Duration::from_hours(24);
/// How long a line may be in its file alone.
pub(super) const SOON: Duration = Duration::from_secs(1);
/// So many audit archives stay however little space is free.
const AUDIT_FLOOR: u32 = 10;

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 5] =
        [Self::Dev, Self::Test, Self::Staging, Self::Production, Self::Container];

    /// Other words for profiles.
    pub const ALIASES: [(&'static str, Self); 4] = [
        ("development", Self::Dev),
        ("prod", Self::Production),
        ("stage", Self::Staging),
        ("ci", Self::Test),
    ];

    /// The name as it stands in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Container => "container",
        }
    }

    /// The profile of that name or alias, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let named = Self::ALL.into_iter().map(|profile| (profile.name(), profile));
        named
            .chain(Self::ALIASES)
            .find(|(word, _)| word.eq_ignore_ascii_case(name))
            .map(|(_, profile)| profile)
    }

    /// All names and aliases.
    pub(super) fn words() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(Self::name).chain(Self::ALIASES.into_iter().map(|(word, _)| word))
    }

    /// The name or alias that was probably meant.
    pub(super) fn nearest(word: &str) -> Option<&'static str> {
        nearest(word, Self::words(), 2)
    }

    /// The level for targets that no directive names.
    pub(super) const fn level(self) -> Level {
        match self {
            Self::Dev | Self::Test => Level::Debug,
            Self::Staging | Self::Production | Self::Container => Level::Info,
        }
    }

    pub(super) const fn console(self) -> Console {
        // Trace: whatever the filter lets through.
        let (target, level) = match self {
            Self::Dev => (ConsoleTarget::Stderr, Level::Trace),
            Self::Test => (ConsoleTarget::Captured, Level::Trace),
            Self::Staging => (ConsoleTarget::Stderr, Level::Warn),
            Self::Production => (ConsoleTarget::Stderr, Level::Error),
            Self::Container => (ConsoleTarget::Stdout, Level::Trace),
        };
        let (format, color) = match self {
            Self::Container => (ConsoleFormat::Json, Color::Never),
            _ => (ConsoleFormat::Text, Color::Auto),
        };
        Console { target, level, format, color }
    }

    pub(super) fn dir(self) -> Dir {
        match self {
            Self::Dev | Self::Staging | Self::Production => Dir::At("logs".into()),
            Self::Test => Dir::PrivateTemp,
            Self::Container => Dir::Off,
        }
    }

    pub(super) const fn rotate_size(self) -> Option<u64> {
        match self {
            Self::Dev => Some(10 * MIB),
            Self::Test => None,
            // A container writes files only where somebody names a directory; then they must not
            // grow without bounds.
            Self::Staging | Self::Production | Self::Container => Some(100 * MIB),
        }
    }

    pub(super) const fn rotate_every(self) -> Option<Every> {
        match self {
            Self::Test => None,
            _ => Some(Every::Day),
        }
    }

    pub(super) const fn keep(self, category: Category) -> Keep {
        let (files, age, bytes) = match (self, category) {
            (Self::Dev, _) => (Some(5), None, None),
            (Self::Test, _) => (None, None, None),
            (Self::Staging, _) => (Some(10), Some(DAY.saturating_mul(7)), None),
            // What is kept by days must not be cut short by a count, and the audit trail not by
            // its bytes either.
            (Self::Production | Self::Container, Category::Audit) => {
                (None, Some(DAY.saturating_mul(365)), None)
            }
            (Self::Production | Self::Container, Category::Error) => {
                (None, Some(DAY.saturating_mul(30)), Some(2 * GIB))
            }
            (Self::Production | Self::Container, _) => {
                (Some(10), Some(DAY.saturating_mul(14)), Some(2 * GIB))
            }
        };
        let floor = if matches!(category, Category::Audit) { AUDIT_FLOOR } else { 0 };
        Keep { files, age, bytes, min_free: None, floor }
    }

    /// The most bytes of a line.
    pub(super) const fn max_line(self) -> usize {
        match self {
            // What collects the output of containers cuts lines at 16 KiB.
            Self::Container => 16_000,
            _ => 8_000,
        }
    }

    pub(super) const fn on_failure(self, category: Category) -> OnFailure {
        match (self, category) {
            (Self::Test, Category::Audit) => OnFailure::Deny,
            (_, Category::Performance | Category::Debug) => OnFailure::Drop,
            _ => OnFailure::Continue,
        }
    }

    /// What may be needed as proof, or to find out why the machine stopped, is soon on the disk.
    pub(super) const fn durability(self, category: Category) -> Durability {
        match (self, category) {
            (Self::Production | Self::Container, Category::Audit)
            | (Self::Staging | Self::Production | Self::Container, Category::Error) => {
                Durability::Within(SOON)
            }
            _ => Durability::Written,
        }
    }

    /// A developer and a test read files right after a call; a container writes none.
    pub(super) const fn spool(self) -> SpoolMode {
        match self {
            Self::Dev | Self::Test | Self::Container => SpoolMode::Off,
            Self::Staging | Self::Production => SpoolMode::Auto,
        }
    }

    pub(super) const fn timing(self) -> Timing {
        match self {
            Self::Dev | Self::Test => Timing::Each,
            Self::Staging | Self::Production | Self::Container => Timing::Slow,
        }
    }

    pub(super) const fn compress(self) -> Compression {
        match self {
            Self::Dev | Self::Test => Compression::None,
            _ => Compression::Zstd,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases() {
        for profile in Profile::ALL {
            assert_eq!(Profile::parse(&profile.name().to_uppercase()), Some(profile));
        }
        assert_eq!(Profile::parse("ci"), Some(Profile::Test));
        assert_eq!(Profile::parse("stage"), Some(Profile::Staging));
        assert_eq!(Profile::parse("prod"), Some(Profile::Production));
        assert_eq!(Profile::parse("development"), Some(Profile::Dev));
        assert_eq!(Profile::parse("prd"), None);
        assert_eq!(Profile::nearest("prd"), Some("prod"));
        assert_eq!(Profile::default(), Profile::Dev);
    }
}
