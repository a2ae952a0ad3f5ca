//! The names of a category's files, made from the name of its active file.

use super::date::{day_of, number};
use crate::clock::{Civil, Timestamp};

/// How an archive is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compression {
    /// As it was written.
    None,
    /// `.gz`
    Gzip,
    /// `.zst`
    Zstd,
}

impl Compression {
    const ALL: [Self; 3] = [Self::None, Self::Gzip, Self::Zstd];

    /// What it adds to the name of an archive.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

/// What the name of an archive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Archive {
    stamp: Timestamp,
    seq: u64,
    compression: Compression,
}

impl Archive {
    /// The archive rotated at that time, which is cut to milliseconds.
    #[must_use]
    pub const fn new(stamp: Timestamp, seq: u64, compression: Compression) -> Self {
        // Years 1678 to 2261: every time whose milliseconds can be read back.
        const FIRST: i64 = -9_214_646_400_000;
        const LAST: i64 = 9_214_646_399_999;
        let millis = stamp.0.div_euclid(1_000_000);
        let millis = if millis < FIRST {
            FIRST
        } else if millis > LAST {
            LAST
        } else {
            millis
        };
        Self { stamp: Timestamp(millis * 1_000_000), seq, compression }
    }

    /// When it was rotated.
    #[must_use]
    pub const fn stamp(&self) -> Timestamp {
        self.stamp
    }

    /// Its number; a later archive has a higher one, whatever the clock did.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// How it is stored.
    #[must_use]
    pub const fn compression(&self) -> Compression {
        self.compression
    }

    /// The same archive stored otherwise.
    #[must_use]
    pub const fn stored(self, compression: Compression) -> Self {
        Self { compression, ..self }
    }
}

/// The file whose lock all writers of `active` take.
#[must_use]
pub fn lock(active: &str) -> String {
    format!(".{active}.lock")
}

/// The file whose lock the one process takes that compresses archives in a directory.
pub const COMPRESS_LOCK: &str = ".compress.lock";

/// The file that becomes the active one when a rotation succeeds.
#[must_use]
pub fn next(active: &str) -> String {
    format!(".{active}.next")
}

/// The file an archive is compressed into until it is complete and verified; `archive` says how.
#[must_use]
pub fn compressed_temporary(active: &str, archive: &Archive) -> String {
    format!(".{}.tmp", format(active, archive))
}

/// The archive that such a file is made from.
#[must_use]
pub fn parse_temporary(active: &str, candidate: &str) -> Option<Archive> {
    let archive = parse(active, candidate.strip_prefix('.')?.strip_suffix(".tmp")?)?;
    (archive.compression != Compression::None).then(|| archive.stored(Compression::None))
}

/// The name of an archive: `audit.log.20260102T030405.678Z-000042`, then how it is stored.
#[must_use]
pub fn format(active: &str, archive: &Archive) -> String {
    let Civil { year, month, day, hour, minute, second, nanosecond } = archive.stamp.civil();
    let millis = nanosecond / 1_000_000;
    let Archive { seq, compression, .. } = archive;
    let suffix = compression.suffix();
    format!(
        "{active}.{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}.{millis:03}Z-{seq:06}{suffix}"
    )
}

/// The archive of `active` that has that name; `None` for every other name.
#[must_use]
pub fn parse(active: &str, candidate: &str) -> Option<Archive> {
    if active.is_empty() {
        return None;
    }
    let rest = candidate.strip_prefix(active)?.strip_prefix('.')?;
    let (stem, compression) = Compression::ALL
        .into_iter()
        .rev()
        .find_map(|compression| Some((rest.strip_suffix(compression.suffix())?, compression)))?;
    let (time, seq) = stem.split_once("Z-")?;
    let (seconds, millis) = time.split_once('.')?;
    let (date, clock) = seconds.split_once('T')?;
    let (date, clock) = (number(date, 8)?, number(clock, 6)?);
    let day = day_of(date / 10_000, date / 100 % 100, date % 100)?;
    let second = clock / 10_000 * 3_600 + clock / 100 % 100 * 60 + clock % 100;
    let millis = (day * 86_400 + second) * 1_000 + number(millis, 3)?;
    let stamp = Timestamp(millis.checked_mul(1_000_000)?);
    let archive = Archive::new(stamp, seq.parse().ok()?, compression);
    // Whatever was read too generously (61 minutes, `+7`, a seventh digit) does not come back.
    (format(active, &archive) == candidate).then_some(archive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAME: &str = "audit.log.20260102T030405.678Z-000042";

    #[test]
    fn names_are_as_documented() {
        let archive = Archive::new(Timestamp(1_767_323_045_678_999_999), 42, Compression::None);
        assert_eq!(format("audit.log", &archive), NAME);
        assert_eq!(parse("audit.log", NAME), Some(archive));
        let gzip = archive.stored(Compression::Gzip);
        assert_eq!(format("audit.log", &gzip), format!("{NAME}.gz"));
        assert_eq!(parse("audit.log", &format!("{NAME}.gz")), Some(gzip));
        let zstd = archive.stored(Compression::Zstd);
        assert_eq!(parse("audit.log", &format!("{NAME}.zst")), Some(zstd));
        assert_eq!(compressed_temporary("audit.log", &gzip), format!(".{NAME}.gz.tmp"));
        assert_eq!(parse_temporary("audit.log", &format!(".{NAME}.gz.tmp")), Some(archive));
        assert_eq!(parse_temporary("audit.log", &format!(".{NAME}.zst.tmp")), Some(archive));
        assert_eq!(parse_temporary("audit.log", &format!(".{NAME}.tmp")), None);
        assert_eq!(lock("audit.log"), ".audit.log.lock");
        assert_eq!(next("audit.log"), ".audit.log.next");
    }

    #[test]
    fn neighbours_are_refused() {
        for name in [
            "audit.log",
            "audit.log.",
            "audit.log.bak",
            "audit.log2",
            "audit.log.1",
            "audit.log.gz",
            ".audit.log.lock",
            ".audit.log.next",
            "app.audit.log.20260102T030405.678Z-000042",
            "audit.log.2.20260102T030405.678Z-000042",
            "system.log.20260102T030405.678Z-000042",
            "AUDIT.LOG.20260102T030405.678Z-000042",
            "audit.log.20260102t030405.678Z-000042",
            "audit.log.20260102T030405.678z-000042",
            "audit.log.20260102T030405.678Z-000042.GZ",
            "audit.log.20260102T030405.678Z-000042.gz.gz",
            "audit.log.20260102T030405.678Z-000042.gz.tmp",
            "audit.log.20260102T030405.678Z-000042.bz2",
            "audit.log.20260102T030405.678Z-000042~",
            "audit.log.20260102T030405.678Z-000042 ",
            "audit.log.20260102T030405.678Z-00042",
            "audit.log.20260102T030405.678Z-0000042",
            "audit.log.20260102T030405.678Z-+00042",
            "audit.log.20260102T030405.678Z--00042",
            "audit.log.20260102T030405.678Z-",
            "audit.log.20260102T030405.678Z",
            "audit.log.20260102T030405.67Z-000042",
            "audit.log.20260102T030405Z-000042",
            "audit.log.20260230T030405.678Z-000042",
            "audit.log.20261302T030405.678Z-000042",
            "audit.log.20260102T240405.678Z-000042",
            "audit.log.20260102T036005.678Z-000042",
            "audit.log.20260102T030460.678Z-000042",
            "audit.log.99990102T030405.678Z-000042",
            "audit.log.+0260102T030405.678Z-000042",
            "audit.log.20260102T030405.678Z-99999999999999999999",
        ] {
            assert_eq!(parse("audit.log", name), None, "{name}");
        }
        assert_eq!(parse("", ".20260102T030405.678Z-000042"), None);
        assert_eq!(parse_temporary("audit.log", &format!(".{NAME}.gz.gz.tmp")), None);
        assert_eq!(parse_temporary("audit.log", ".audit.log.gz.tmp"), None);
    }

    proptest! {
        #[test]
        fn what_is_formatted_is_parsed(nanos: i64, seq: u64, kind in 0usize..3) {
            let archive = Archive::new(Timestamp(nanos), seq, Compression::ALL[kind]);
            prop_assert_eq!(parse("a.log", &format("a.log", &archive)), Some(archive));
        }

        #[test]
        fn what_is_parsed_is_formatted(
            name in r"a\.log\.[0-2][0-9]{3}[01][0-9][0-3][0-9][Tt][0-2][0-9]{5}\.[0-9]{3,4}Z-[0-9]{5,7}(\.gz|\.zst|\.tmp)?"
        ) {
            if let Some(archive) = parse("a.log", &name) {
                prop_assert_eq!(format("a.log", &archive), name);
            }
        }

        #[test]
        fn a_changed_name_is_another_or_none(place in 0usize..37, byte in 0x20u8..0x7f) {
            let mut bytes = NAME.as_bytes().to_vec();
            let same = bytes[place] == byte;
            bytes[place] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            let parsed = parse("audit.log", &changed);
            prop_assert_eq!(parsed == parse("audit.log", NAME), same);
            prop_assert!(parsed.is_none_or(|archive| format("audit.log", &archive) == changed));
        }
    }
}
