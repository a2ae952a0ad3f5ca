//! What values are accepted, whoever gives them.

use std::{ops::RangeInclusive, time::Duration};

/// A file smaller than this would be rotated at nearly every line.
pub(super) const LEAST_ROTATE_SIZE: u64 = 1 << 10;
/// In which bounds the longest line may be.
pub(super) const MAX_LINE: RangeInclusive<usize> = 512..=1 << 20;
/// How often a file may be looked at.
pub(super) const WATCH: RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_hours(24);
/// In which bounds the time between summaries may be.
pub(super) const SUMMARY_EVERY: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_hours(24);
/// What the number of archives can be.
pub(super) const KEEP: &str = "a number of files from 1 on, or off to keep all";
/// A shorter key of the pseudonyms could be found out by trying.
pub(super) const LEAST_HASH_KEY: usize = 16;

/// A name that a log file can have: archives never end in `.log`, hidden files are not found.
pub(super) fn is_file_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.len() <= 128
        && name.chars().all(plain)
        && name.strip_suffix(".log").is_some_and(|stem| !stem.is_empty())
        && !name.starts_with('.')
}

/// A key that does not match nearly everything.
pub(super) fn is_redact_key(key: &str) -> bool {
    key.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// A name that can stand in a line.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 256 && !name.chars().any(char::is_control)
}
