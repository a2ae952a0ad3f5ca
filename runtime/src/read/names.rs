//! The names of archives, as far as reading needs them.
//!
//! PLACEHOLDER for `crate::layout`: `Archive`, `Compression` and `parse` have the same shape there.

/// How an archive is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compression {
    /// As it was written.
    None,
    /// gzip, one or more members.
    Gzip,
}

/// What the name of an archive says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Archive {
    /// When it was rotated, such as `20260102T030405.678Z`; sorts as text.
    pub(super) stamp: String,
    /// Number of the rotation.
    pub(super) seq: u64,
    /// How it is stored.
    pub(super) compression: Compression,
}

/// Reads `candidate` as the name of an archive of `active_name`.
pub(super) fn parse(active_name: &str, candidate: &str) -> Option<Archive> {
    let rest = candidate.strip_prefix(active_name)?.strip_prefix('.')?;
    let (rest, compression) = match rest.strip_suffix(".gz") {
        Some(rest) => (rest, Compression::Gzip),
        None => (rest, Compression::None),
    };
    let (stamp, seq) = rest.split_once('-')?;
    let shaped = stamp.len() == 20
        && stamp.bytes().zip(b"00000000T000000.000Z").all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *shape,
        });
    if !shaped || seq.len() < 6 || !seq.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Archive { stamp: stamp.to_owned(), seq: seq.parse().ok()?, compression })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archive_names_are_read_whole() {
        let plain = parse("audit.log", "audit.log.20260102T030405.678Z-000042").unwrap();
        assert_eq!((plain.stamp.as_str(), plain.seq), ("20260102T030405.678Z", 42));
        assert_eq!(plain.compression, Compression::None);
        let gz = parse("audit.log", "audit.log.20260102T030405.678Z-000042.gz").unwrap();
        assert_eq!(gz.compression, Compression::Gzip);
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "audit.log",
            "audit.log.1",
            "audit.log.20260102T030405.678Z",
            "audit.log.20260102T030405.678Z-42",
            "audit.log.20260102T030405.678Z-00004x",
            "audit.log.2026010ZT030405.678Z-000042",
            "audit.log.20260102T030405.678Z-000042.gz.tmp",
            "audit.log.20260102T030405.678Z-99999999999999999999999",
            "audit_app.log.20260102T030405.678Z-000042",
        ] {
            assert_eq!(parse("audit.log", name), None, "{name}");
        }
    }
}
