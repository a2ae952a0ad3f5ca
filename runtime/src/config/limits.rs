//! What values are accepted, whoever gives them.

use std::{ops::RangeInclusive, time::Duration};

use super::{change::Refusal, size::in_bytes, span::in_words};

/// A file smaller than this would be rotated at nearly every line, and fewer bytes of archives
/// than this are none.
pub(super) const LEAST_SIZE: u64 = 1 << 10;
/// In which bounds a period of rotation may be.
pub(super) const ROTATE_EVERY: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_hours(24 * 366);
/// In which bounds the jitter of a rotation may be.
pub(super) const ROTATE_JITTER: RangeInclusive<Duration> =
    Duration::ZERO..=Duration::from_hours(12);
/// In which bounds the age of the oldest archive may be.
pub(super) const KEEP_AGE: RangeInclusive<Duration> =
    Duration::from_mins(1)..=Duration::from_hours(24 * 36_525);
/// In which bounds the age of an archive may be when it is compressed.
pub(super) const COMPRESS_DELAY: RangeInclusive<Duration> =
    Duration::ZERO..=Duration::from_hours(24 * 366);
/// In which bounds the time may be until a line is on the disk.
pub(super) const SYNC_WITHIN: RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_hours(1);
/// What the durability of a file can be.
pub(super) const DURABILITY: &str = "written, synced, or a time such as 1s";
/// In which bounds the longest line may be.
pub(super) const MAX_LINE: RangeInclusive<usize> = 512..=1 << 20;
/// How often a file may be looked at.
pub(super) const WATCH: RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_hours(24);
/// In which bounds the time between summaries may be.
pub(super) const SUMMARY_EVERY: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_hours(24);
/// How long the end of a program may wait.
pub(super) const EXIT_WAIT: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(1);
/// How many bytes may wait for a stream.
pub(super) const QUEUE: RangeInclusive<u64> = 1 << 16..=1 << 30;
/// What the number of archives can be.
pub(super) const KEEP: &str = "a number of files from 1 on, or off to keep all";
/// What can be free.
pub(super) const MIN_FREE: &str = "1% to 90%, or a size such as 1GiB, or off";
/// What the mode of a file can be.
pub(super) const FILE_MODE: &str = "0600, 0640, 0660, 0644 or 0664";
/// What the mode of a directory can be.
pub(super) const DIR_MODE: &str = "0700, 0750, 0770, 0755 or 0775, or one of them with 2 in front";
/// What a time zone can be called.
pub(super) const ZONE: &str = "utc, local or a name such as Europe/Berlin";
/// A shorter key of the pseudonyms could be found out by trying.
pub(super) const LEAST_HASH_KEY: usize = 16;

/// Whether a time lies in its bounds; `more` ends what is told about `off`.
pub(super) fn within(
    time: Duration,
    bounds: &RangeInclusive<Duration>,
    more: &str,
) -> Result<(), Refusal> {
    if bounds.contains(&time) {
        return Ok(());
    }
    let (least, most) = (in_words(*bounds.start()), in_words(*bounds.end()));
    let least = if bounds.start().is_zero() { "at most".to_owned() } else { format!("{least} to") };
    let expected = format!("{least} {most}, or off{more}");
    Err(Refusal { reason: "is out of range".to_owned(), expected })
}

/// The least size, in words.
pub(super) fn least_size() -> String {
    format!("at least {}, or off", in_bytes(LEAST_SIZE))
}

/// A mode that lets its owner write, its group only if it may read, and nobody else.
pub(super) fn is_file_mode(mode: u32) -> bool {
    matches!(mode, 0o600 | 0o640 | 0o660 | 0o644 | 0o664)
}

/// The same for a directory; files of it may take its group over.
pub(super) fn is_dir_mode(mode: u32) -> bool {
    matches!(mode & !0o2000, 0o700 | 0o750 | 0o770 | 0o755 | 0o775)
}

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
